using Banyan.Contracts;
using Banyan.Resources.Storage;
using Banyan.Resources.Watching;
using Banyan.Store;

namespace Banyan.Resources;

/// <summary>Collects the faults of one document, and what must still hold when it is committed.</summary>
public sealed class ResourceValidation
{
    private readonly IStore _store;
    private readonly KindSet _kinds;
    private readonly InformerSet _informers;
    private readonly List<Fault> _faults = [];
    private readonly List<StoreCompare> _guards = [];

    internal ResourceValidation(IStore store, KindSet kinds, InformerSet informers, Actor actor, string? domain)
    {
        _store = store;
        _kinds = kinds;
        _informers = informers;
        Actor = actor;
        Domain = domain;
    }

    /// <summary>Who writes.</summary>
    public Actor Actor { get; }

    /// <summary>The domain of the object that is written; null for cluster scope.</summary>
    public string? Domain { get; }

    /// <summary>The faults so far.</summary>
    public IReadOnlyList<Fault> Faults => _faults;

    internal IReadOnlyList<StoreCompare> Guards => _guards;

    /// <summary>Adds a fault.</summary>
    /// <param name="pointer">Where (RFC 6901): <c>/spec/path</c>.</param>
    /// <param name="message">What is wrong and what would be right.</param>
    /// <param name="code">A stable word for machines, see <see cref="Fault.Code"/>.</param>
    public void Add(string pointer, string message, string code = "invalid") => _faults.Add(new Fault(pointer, message, code));

    /// <summary>
    /// Requires another object to exist, now and at the moment of the commit. Adds a fault and returns false when it does not.
    /// </summary>
    /// <param name="kindName">The kind's name in documents: <c>Service</c>.</param>
    /// <param name="name">Which object; without a domain the one of the object that is written.</param>
    /// <param name="pointer">Which field refers to it.</param>
    /// <param name="cancellation">Gives up.</param>
    public async ValueTask<bool> RequireExistsAsync(string kindName, ResourceName name, string pointer, CancellationToken cancellation = default)
    {
        var kind = _kinds.FindByName(kindName) ?? throw new InvalidOperationException($"There is no kind '{kindName}' in this process.");
        var full = kind.Scope == KindScope.Cluster ? new ResourceName(null, name.Name) : name with { Domain = name.Domain ?? Domain };
        if (ResourceNames.IsLabel(full.Name) && (full.Domain is null || ResourceNames.IsLabel(full.Domain)))
        {
            var key = ResourceKeys.Object(kind, full);
            var found = await _store.RangeAsync(new RangeQuery(KeyRange.Single(key)) { KeysOnly = true }, cancellation);
            if (found.Entries.Count == 1)
            {
                // The creating revision, not the last one: a status write to the other object must not disturb this one.
                Guard(new StoreCompare(key, CompareTarget.CreateRevision, CompareRelation.Equal, found.Entries[0].CreateRevision));
                return true;
            }
        }

        Add(pointer, $"{kindName} '{full}' does not exist. Create it first, or correct the name.", "not-found");
        return false;
    }

    /// <summary>Finds out whether any object of any kind lives in a domain, and makes sure at the commit that none was born since.</summary>
    /// <returns>For each kind that has objects there, their number.</returns>
    public async ValueTask<IReadOnlyList<(ResourceKind Kind, long Count)>> CountObjectsInDomainAsync(string domain, CancellationToken cancellation = default)
    {
        var births = ResourceKeys.Births(domain);
        var before = await _store.RangeAsync(new RangeQuery(KeyRange.Single(births)), cancellation);
        Guard(StoreCompare.Unchanged(births, before.Entries.Count == 0 ? 0 : before.Entries[0].ModRevision));
        var result = new List<(ResourceKind, long)>();
        foreach (var kind in _kinds.All.Where(k => k.Scope == KindScope.Domain))
        {
            var count = await _store.RangeAsync(new RangeQuery(KeyRange.Prefix(ResourceKeys.Prefix(kind, domain))) { CountOnly = true }, cancellation);
            if (count.Count > 0)
            {
                result.Add((kind, count.Count));
            }
        }

        return result;
    }

    /// <summary>
    /// The other objects of a kind, in every domain, that share a claim with one (<see cref="ResourceKind{TSpec, TStatus}.ClaimsOf"/>) and are not about to be
    /// deleted, for rules between objects. What this process wrote before is among them; what another process writes at about the same moment may not be, so
    /// whoever uses the objects must still be able to decide between them. An object that did not change is the same one each time.
    /// </summary>
    public async ValueTask<IReadOnlyList<Resource<TSpec, TStatus>>> SharingAsync<TSpec, TStatus>(
        ResourceKind<TSpec, TStatus> kind, Resource<TSpec, TStatus> resource, CancellationToken cancellation = default)
        where TSpec : class
        where TStatus : class
    {
        var claims = kind.ClaimsOf(resource.Metadata.Domain, resource.Spec).ToHashSet();
        if (claims.Count == 0)
        {
            return [];
        }

        IEnumerable<Resource<TSpec, TStatus>> sharing;
        if (await _informers.CurrentAsync(kind, cancellation) is { } current)
        {
            sharing = current.Claiming(claims);
        }
        else
        {
            var found = await _store.RangeAsync(new RangeQuery(KeyRange.Prefix(ResourceKeys.Prefix(kind, null))), cancellation);
            sharing = found.Entries.Select(entry => DocumentCodec.Read(kind, entry.Value.Span, entry.ModRevision)).Where(o => claims.Overlaps(kind.ClaimsOf(o.Metadata.Domain, o.Spec)));
        }

        return [.. sharing.Where(o => o.Name != resource.Name && o.Metadata.DeletedAt is null)];
    }

    internal void Guard(StoreCompare compare)
    {
        if (!_guards.Any(g => g.Key == compare.Key && g.Target == compare.Target))
        {
            _guards.Add(compare);
        }
    }
}
