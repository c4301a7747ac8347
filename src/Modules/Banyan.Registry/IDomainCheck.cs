using System.Collections.Concurrent;
using Banyan.Resources;

namespace Banyan.Registry;

/// <summary>Whether a domain exists.</summary>
internal interface IDomainCheck
{
    ValueTask<bool> ExistsAsync(string domain, CancellationToken cancellation);
}

/// <summary>Asks the resource <c>Domain</c>. What was seen to exist is believed for a few seconds: a rollout registers thousands in one domain.</summary>
internal sealed class DomainCheck(IResources resources, TimeProvider clock) : IDomainCheck
{
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, long> _seen = new();

    public async ValueTask<bool> ExistsAsync(string domain, CancellationToken cancellation)
    {
        if (_seen.TryGetValue(domain, out var at) && clock.GetElapsedTime(at) < Believed)
        {
            return true;
        }

        if (await resources.GetAsync("domains", new ResourceName(null, domain), cancellation) is null)
        {
            _seen.TryRemove(domain, out _);
            return false;
        }

        _seen[domain] = clock.GetTimestamp();
        return true;
    }
}
