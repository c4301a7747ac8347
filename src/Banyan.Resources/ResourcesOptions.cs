namespace Banyan.Resources;

/// <summary>Limits of the resource model.</summary>
public sealed record ResourcesOptions
{
    /// <summary>How many audit records are kept; older ones are deleted. Default 10,000.</summary>
    public int AuditRecordsKept { get; init; } = 10_000;

    /// <summary>Largest object in bytes of JSON. Default 256 KiB: an object and its audit record must fit the store.</summary>
    public int MaxObjectBytes { get; init; } = 256 * 1024;
}
