using System.Text.Json;
using Banyan.Contracts;
using Banyan.Resources;
using Banyan.Resources.Audit;
using Banyan.Resources.Watching;
using Banyan.Store;
using Microsoft.Extensions.Logging;

namespace Banyan.Http.Authentication;

/// <summary>Credentials in the store, with a copy in memory for verification. Begins to follow the store at its first use.</summary>
public sealed class StoreCredentials : ICredentials, IAsyncDisposable
{
    private const string Prefix = "/credentials/";

    private static readonly TimeSpan SyncDeadline = TimeSpan.FromSeconds(10);

    private readonly IStore _store;
    private readonly AuditLog _audit;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Own changes that the watch has not told yet. What it tells meanwhile is older, and must not undo them.
    private readonly List<(string Name, StoredCredential? After, long Revision)> _ahead = [];
    private volatile CredentialTable _table = CredentialTable.Empty;
    private long _followedTo;
    private Task? _following;
    private int _disposed;

    /// <summary>Constructed without effects.</summary>
    public StoreCredentials(IStore store, AuditLog audit, TimeProvider clock, ILogger<StoreCredentials> log)
    {
        _store = store;
        _audit = audit;
        _clock = clock;
        _log = log;
    }

    /// <inheritdoc/>
    public async ValueTask<Actor?> VerifyAsync(string token, string address, CancellationToken ct)
    {
        await SyncAsync(ct);
        return CredentialToken.LooksRight(token) && _table.Find(token, _clock.GetUtcNow()) is { } found
            ? new Actor(found.Name, found.Role, found.Domain, found.Service, address)
            : null;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Credential>> ListAsync(CancellationToken ct)
    {
        var found = await _store.RangeAsync(new RangeQuery(KeyRange.Prefix(Prefix)), ct);
        return [.. found.Entries.Select(Read).OfType<StoredCredential>().Select(c => c.ToCredential())];
    }

    /// <inheritdoc/>
    public Task<IssuedCredential> CreateAsync(string name, ActorRole role, string? domain, string? service, Actor by, CancellationToken ct)
    {
        var faults = new List<Fault>();
        Check(ResourceNames.Problem(name, "Credential name"), "/name");
        Check(role == ActorRole.System ? "The role 'system' is for the platform itself. Use administrator, reader or service." : null, "/role");
        Check(role == ActorRole.Service ? ResourceNames.Problem(domain, "Domain name") : Not(domain, "domain"), "/domain");
        Check(role == ActorRole.Service ? ResourceNames.Problem(service, "Service name") : Not(service, "service"), "/service");
        return faults.Count == 0
            ? CreateAsync(name, role, domain, service, CredentialToken.Create(role), by, ct)
            : throw new BanyanException(HttpErrors.CredentialInvalid, faults[0].Message) { Faults = faults };

        static string? Not(string? value, string what) => value is null ? null : $"Only a service credential is bound to a {what}. Leave it out.";

        void Check(string? problem, string pointer)
        {
            if (problem is not null)
            {
                faults.Add(new Fault(pointer, problem, "out-of-range"));
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IssuedCredential> RotateAsync(string name, TimeSpan overlap, Actor by, CancellationToken ct)
    {
        while (true)
        {
            var (old, entry, read) = await LoadAsync(name, ct);
            var now = _clock.GetUtcNow();
            var token = CredentialToken.Create(old.Role);
            var next = old with
            {
                Hash = CredentialToken.Hash(token),
                PreviousHash = overlap > TimeSpan.Zero ? old.Hash : null,
                PreviousUntil = overlap > TimeSpan.Zero ? now + overlap : null,
                RotatedAt = now,
            };
            if (await CommitAsync("rotate", by, old, next, entry.ModRevision, read, [], ct))
            {
                return new IssuedCredential(next.ToCredential(), token);
            }
        }
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string name, Actor by, CancellationToken ct)
    {
        while (true)
        {
            var (old, entry, read) = await LoadAsync(name, ct);
            var guards = new List<StoreCompare>();
            if (old.Role == ActorRole.Administrator)
            {
                // Another administrator must stay; and it must still be there when this is committed.
                var all = await _store.RangeAsync(new RangeQuery(KeyRange.Prefix(Prefix)), ct);
                var other = all.Entries.FirstOrDefault(e => Read(e) is { Role: ActorRole.Administrator } c && c.Name != name);
                if (other.ModRevision == 0)
                {
                    throw new BanyanException(HttpErrors.LastAdministrator, $"'{name}' is the last administrator. Create another one first.");
                }

                guards.Add(StoreCompare.Unchanged(other.Key, other.ModRevision));
            }

            if (await CommitAsync("delete", by, old, null, entry.ModRevision, read, guards, ct))
            {
                return;
            }
        }
    }

    /// <summary>Stops following. The container holds this object under more than one type and disposes it once for each.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        if (_following is { } following)
        {
            await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stopping.Dispose();
    }

    /// <summary>Creates a credential with a token that is known already: one that stands in a token file.</summary>
    internal async Task<IssuedCredential> CreateAsync(string name, ActorRole role, string? domain, string? service, string token, Actor by, CancellationToken ct)
    {
        var found = await FindEntryAsync(name, ct);
        var credential = new StoredCredential
        {
            Name = name,
            Role = role,
            Domain = domain,
            Service = service,
            Hash = CredentialToken.Hash(token),
            CreatedAt = _clock.GetUtcNow(),
        };
        return found.Entries.Count == 0 && await CommitAsync("create", by, null, credential, 0, found.Revision, [], ct)
            ? new IssuedCredential(credential.ToCredential(), token)
            : throw new BanyanException(HttpErrors.CredentialExists, $"There is a credential '{name}' already. Rotate it, or choose another name.");
    }

    /// <summary>The stored form, or null.</summary>
    internal async Task<StoredCredential?> FindAsync(string name, CancellationToken ct) =>
        (await FindEntryAsync(name, ct)).Entries is [var entry] ? Read(entry) : null;

    private async Task SyncAsync(CancellationToken ct)
    {
        if (_synced.Task.IsCompletedSuccessfully)
        {
            return;
        }

        lock (_lock)
        {
            _following ??= new PrefixFollower(_store, Prefix, "credentials", _clock, _log, Reset, Apply).RunAsync(_stopping.Token);
        }

        try
        {
            await _synced.Task.WaitAsync(SyncDeadline, _clock, ct);
        }
        catch (TimeoutException e)
        {
            throw new BanyanException(HttpErrors.StoreUnavailable, "Credentials cannot be checked: the store does not answer. Try again, and see '/readyz'.", e);
        }
    }

    private async Task<(StoredCredential Credential, StoreEntry Entry, long ReadRevision)> LoadAsync(string name, CancellationToken ct)
    {
        var found = await FindEntryAsync(name, ct);
        return found.Entries is [var entry] && Read(entry) is { } credential
            ? (credential, entry, found.Revision)
            : throw new BanyanException(HttpErrors.CredentialNotFound, $"There is no credential '{name}'. GET /api/v1/credentials lists all.");
    }

    private ValueTask<RangeResult> FindEntryAsync(string name, CancellationToken ct) => _store.RangeAsync(new RangeQuery(KeyRange.Single(Prefix + name)), ct);

    private async Task<bool> CommitAsync(
        string verb,
        Actor by,
        StoredCredential? before,
        StoredCredential? after,
        long modRevision,
        long readRevision,
        IReadOnlyList<StoreCompare> guards,
        CancellationToken ct)
    {
        var subject = (after ?? before)!;
        StoreKey key = Prefix + subject.Name;
        StoreOperation change = after is null
            ? new StoreOperation.Delete(KeyRange.Single(key))
            : new StoreOperation.Put(key, JsonSerializer.SerializeToUtf8Bytes(after, CredentialJson.Default.StoredCredential));
        var record = _audit.Record(new AuditEntry(by, verb, "Credential", new ResourceName(null, subject.Name), null, Audited(before), Audited(after)), readRevision);
        var result = await _store.CommitAsync(new StoreTransaction([StoreCompare.Unchanged(key, modRevision), .. guards], [change, record]), ct);
        if (!result.Succeeded)
        {
            return false;
        }

        // Do not wait for the watch: whoever changed a credential expects the change to hold when the call returns.
        lock (_lock)
        {
            // Before anything is followed there is nothing to be ahead of: the first list has it.
            if (_following is not null && result.Revision > _followedTo)
            {
                _ahead.Add((subject.Name, after, result.Revision));
                _table = Changed(_table, subject.Name, after, result.Revision);
            }
        }

        HttpLog.CredentialChanged(_log, subject.Name, subject.Role.ToString(), verb == "rotate" ? "rotated" : verb + "d", by.Name);
        return true;
    }

    private void Reset(IReadOnlyList<StoreEntry> entries, long revision)
    {
        var next = CredentialTable.Empty;
        foreach (var entry in entries)
        {
            next = Read(entry) is { } credential ? next.With(credential, entry.ModRevision) : next;
        }

        lock (_lock)
        {
            _table = WithAhead(next, revision);
        }

        _synced.TrySetResult();
    }

    private void Apply(WatchBatch batch)
    {
        lock (_lock)
        {
            var next = _table;
            foreach (var change in batch.Events)
            {
                next = change.Kind == WatchEventKind.Delete
                    ? next.Without(change.Entry.Key.ToString()[Prefix.Length..], change.Entry.ModRevision)
                    : Read(change.Entry) is { } credential ? next.With(credential, change.Entry.ModRevision) : next;
            }

            _table = WithAhead(next, batch.Revision);
        }
    }

    // Under the lock.
    private CredentialTable WithAhead(CredentialTable told, long revision)
    {
        _followedTo = revision;
        _ahead.RemoveAll(change => change.Revision <= revision);
        return _ahead.OrderBy(change => change.Revision).Aggregate(told, (table, change) => Changed(table, change.Name, change.After, change.Revision));
    }

    private static CredentialTable Changed(CredentialTable table, string name, StoredCredential? after, long revision) =>
        after is null ? table.Without(name, revision) : table.With(after, revision);

    private StoredCredential? Read(StoreEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Value.Span, CredentialJson.Default.StoredCredential);
        }
        catch (JsonException e)
        {
            HttpLog.CredentialUnreadable(_log, entry.Key.ToString(), e);
            return null;
        }
    }

    private static byte[] Audited(StoredCredential? credential) => credential is null ? [] : JsonSerializer.SerializeToUtf8Bytes(
        new AuditedCredential(credential.Name, credential.Role, credential.Domain, credential.Service, credential.RotatedAt), CredentialJson.Default.AuditedCredential);
}
