using Banyan.Hosting.Settings;

namespace Banyan.Api;

/// <summary>Settings of the module <c>api</c>.</summary>
public sealed class ApiOptions
{
    /// <summary>How many audit records are kept. Default 10,000.</summary>
    public int AuditKeep { get; init; } = 10_000;

    /// <summary>How many objects a list answers when the caller names no limit. Default 500.</summary>
    public int PageSize { get; init; } = 500;

    internal static void Validate(ApiOptions options, OptionFaults faults)
    {
        if (options.AuditKeep < 100)
        {
            faults.Add("auditKeep", "must be at least 100");
        }

        if (options.PageSize is < 1 or > ApiQuery.MaxLimit)
        {
            faults.Add("pageSize", $"must be 1 to {ApiQuery.MaxLimit}");
        }
    }
}
