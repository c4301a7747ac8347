namespace Banyan.Resources;

/// <summary>Names one object of a kind.</summary>
/// <param name="Domain">The domain it belongs to; null for kinds of cluster scope.</param>
/// <param name="Name">Its name, unique within kind and domain; an RFC 1123 label of up to 63 characters.</param>
public readonly record struct ResourceName(string? Domain, string Name)
{
    /// <summary><c>domain/name</c>, or only the name when there is no domain.</summary>
    public override string ToString() => Domain is null ? Name : $"{Domain}/{Name}";
}
