using System.Security.Cryptography;

namespace Banyan.Loops.Tls;

/// <summary>
/// The keys session tickets are sealed with (RFC 5077, RFC 8446 section 4.6.1), shared by the contexts of a service. New tickets get the newest key; those sealed with
/// the two before are still opened, and replaced. Rotates by itself. Safe for concurrent use.
/// </summary>
public sealed class TicketKeys
{
    private const int Kept = 3;

    private readonly TimeProvider _clock;
    private readonly TimeSpan _rotateAfter;
    private readonly Lock _lock = new();
    private volatile TicketKey[] _keys;

    /// <summary>Fresh keys.</summary>
    /// <param name="clock">Where time comes from.</param>
    /// <param name="rotateAfter">Age at which a key seals no more; default 8 hours. A ticket can be used for at most 4 hours, and its key is kept for twice this time more.</param>
    public TicketKeys(TimeProvider clock, TimeSpan? rotateAfter = null)
    {
        _clock = clock;
        _rotateAfter = rotateAfter ?? TimeSpan.FromHours(8);
        _keys = [TicketKey.Fresh(clock.GetTimestamp())];
    }

    /// <summary>Begins a new key now.</summary>
    public void Rotate() => Rotate(_keys[0]);

    /// <summary>The key that seals.</summary>
    internal TicketKey Newest()
    {
        var newest = _keys[0];
        if (_clock.GetElapsedTime(newest.Born) < _rotateAfter)
        {
            return newest;
        }

        Rotate(newest);
        return _keys[0];
    }

    /// <summary>The key of a ticket; null when it has gone, or never was ours.</summary>
    internal TicketKey? Find(ReadOnlySpan<byte> name, out bool newest)
    {
        // Rotates when it is time, so that a key of a service with resumed sessions only still ages.
        var current = Newest();
        newest = current.Name.AsSpan().SequenceEqual(name);
        if (newest)
        {
            return current;
        }

        foreach (var key in _keys)
        {
            if (key.Name.AsSpan().SequenceEqual(name))
            {
                return key;
            }
        }

        return null;
    }

    private void Rotate(TicketKey from)
    {
        lock (_lock)
        {
            var keys = _keys;
            if (keys[0] == from)
            {
                _keys = [TicketKey.Fresh(_clock.GetTimestamp()), .. keys.AsSpan(0, Math.Min(keys.Length, Kept - 1))];
            }
        }
    }

    /// <summary>One key: its name is in the ticket, the others are not.</summary>
    internal sealed record TicketKey(byte[] Name, byte[] Cipher, byte[] Mac, long Born)
    {
        public static TicketKey Fresh(long now) =>
            new(RandomNumberGenerator.GetBytes(16), RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32), now);
    }
}
