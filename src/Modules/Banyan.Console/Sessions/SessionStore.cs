using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Banyan.Contracts;
using Banyan.Http.Authentication;
using Banyan.Resources;
using Banyan.Store;

namespace Banyan.Console.Sessions;

/// <summary>
/// Signed-in browsers, in memory: a restart signs everybody out. A session is known by the hash of a random id that only the browser has. It ends with its time,
/// and soon after its credential is deleted, rotated or given another role.
/// </summary>
internal sealed class SessionStore(ICredentials credentials, ConsoleOptions options, TimeProvider clock)
{
    /// <summary>How soon a session notices that its credential is gone.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(10);

    private const int Most = 1_000;

    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <summary>Starts a session for a credential that has just been verified; null when it is no longer there.</summary>
    public async Task<string?> StartAsync(Actor actor, CancellationToken ct)
    {
        if ((await credentials.ListAsync(ct)).FirstOrDefault(c => c.Name == actor.Name && c.Role == actor.Role) is not { } credential)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        MakeRoom(now);
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _sessions[KeyOf(id)] = new Session(actor.Name, actor.Role, credential.RotatedAt, now);
        return id;
    }

    /// <summary>The session of an id; null when there is none, or it is over.</summary>
    public async ValueTask<Session?> FindAsync(string? id, bool use, CancellationToken ct)
    {
        if (id is not { Length: > 0 and < 100 } || !_sessions.TryGetValue(KeyOf(id), out var session))
        {
            return null;
        }

        var now = clock.GetUtcNow();
        if (session.IsOver(now, options) || (session.CheckIsDue(now, CheckInterval) && !await StillGoodAsync(session, ct)))
        {
            End(id);
            return null;
        }

        if (use)
        {
            session.Use(now);
        }

        return session;
    }

    public void End(string? id)
    {
        if (id is { Length: > 0 and < 100 })
        {
            _sessions.TryRemove(KeyOf(id), out _);
        }
    }

    private static string KeyOf(string id) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(id)));

    private async Task<bool> StillGoodAsync(Session session, CancellationToken ct)
    {
        try
        {
            return (await credentials.ListAsync(ct)).Any(c => c.Name == session.Credential && c.Role == session.Role && c.RotatedAt == session.RotatedAt);
        }
        catch (Exception e) when (e is BanyanException or StoreException)
        {
            // The store is away: who was good ten seconds ago may go on looking at what the console last knew.
            return true;
        }
    }

    private void MakeRoom(DateTimeOffset now)
    {
        foreach (var (key, session) in _sessions)
        {
            if (session.IsOver(now, options))
            {
                _sessions.TryRemove(key, out _);
            }
        }

        while (_sessions.Count >= Most && _sessions.MinBy(s => s.Value.Started) is { Key: { } oldest })
        {
            _sessions.TryRemove(oldest, out _);
        }
    }
}
