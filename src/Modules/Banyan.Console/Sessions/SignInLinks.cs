using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Banyan.Resources;

namespace Banyan.Console.Sessions;

/// <summary>Links that sign in once: a random code stands for a credential that asked for it. In memory; only hashes of codes are kept.</summary>
internal sealed class SignInLinks(ConsoleOptions options, TimeProvider clock)
{
    private const int Most = 100;

    private readonly ConcurrentDictionary<string, (Actor Actor, DateTimeOffset Until)> _links = new(StringComparer.Ordinal);

    public (string Code, DateTimeOffset Until) Create(Actor actor)
    {
        var now = clock.GetUtcNow();
        foreach (var (key, link) in _links)
        {
            if (link.Until <= now)
            {
                _links.TryRemove(key, out _);
            }
        }

        while (_links.Count >= Most && _links.MinBy(l => l.Value.Until) is { Key: { } oldest })
        {
            _links.TryRemove(oldest, out _);
        }

        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        var until = now + options.LinkLife;
        _links[KeyOf(code)] = (actor, until);
        return (code, until);
    }

    /// <summary>Who a code stands for; the second use gives null.</summary>
    public Actor? Use(string code) =>
        code.Length < 100 && _links.TryRemove(KeyOf(code), out var link) && link.Until > clock.GetUtcNow() ? link.Actor : null;

    private static string KeyOf(string code) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(code)));
}
