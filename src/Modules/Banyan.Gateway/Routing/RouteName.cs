namespace Banyan.Gateway.Routing;

/// <summary>A route's name within the installation.</summary>
internal readonly record struct RouteName(string Domain, string Name)
{
    public override string ToString() => $"{Domain}/{Name}";
}
