namespace Banyan.Gateway.Clusters;

/// <summary>A service's name within the installation.</summary>
internal readonly record struct ServiceName(string Domain, string Service)
{
    public override string ToString() => $"{Domain}/{Service}";
}
