using Banyan.Contracts;
using Banyan.Contracts.Registry.V1;
using Banyan.Resources;

namespace Banyan.Registry.Watch;

/// <summary>What a subscriber wants to know of. Equal selections share one feed and its bytes.</summary>
/// <param name="Domain">The domain; empty = all.</param>
/// <param name="Services">Sorted, without doubles; empty = all of the domain.</param>
internal sealed record WatchSelection(string Domain, IReadOnlyList<string> Services)
{
    public const int MaxServices = 1000;

    public string FeedName { get; } = $"{Domain}|{string.Join(',', Services)}";

    /// <summary>Reads a request; throws with every fault at once.</summary>
    public static WatchSelection Of(WatchRequest request)
    {
        var faults = new List<Fault>();
        if (request.Domain.Length > 0 && ResourceNames.Problem(request.Domain, "Domain name") is { } badDomain)
        {
            faults.Add(new Fault("/domain", badDomain, "bad-name"));
        }

        if (request.Domain.Length == 0 && request.Services.Count > 0)
        {
            faults.Add(new Fault("/domain", "Name the domain whose services are meant.", "required"));
        }

        if (request.Services.Count > MaxServices)
        {
            faults.Add(new Fault("/services", $"At most {MaxServices} services; watch the whole domain instead.", "out-of-range"));
        }

        for (var i = 0; i < request.Services.Count && faults.Count < 100; i++)
        {
            if (ResourceNames.Problem(request.Services[i], "Service name") is { } badService)
            {
                faults.Add(new Fault($"/services/{i}", badService, "bad-name"));
            }
        }

        return faults.Count == 0
            ? new WatchSelection(request.Domain, [.. request.Services.Distinct().Order(StringComparer.Ordinal)])
            : throw RegistryErrors.Faulty(RegistryErrors.InvalidRequest, "The watch cannot begin", faults);
    }
}
