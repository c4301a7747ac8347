namespace Banyan.Loops.Tls;

/// <summary>Working memory of a loop for TLS: what one call on a stream writes comes together here and goes out in one system call.</summary>
internal sealed class TlsScratch
{
    /// <summary>Most plain bytes in a record (RFC 8446 section 5.1).</summary>
    public const int Record = 16 * 1024;

    /// <summary>Plain bytes encrypted before they are sent: two records.</summary>
    public const int Burst = 2 * Record;

    // A record grows by at most 256 bytes and its head of 5 (RFC 8446 section 5.2; 2048 with TLS 1.2's older ciphers, which are not used).
    private readonly byte[] _sealed = GC.AllocateUninitializedArray<byte>(Burst + 1024, pinned: true);

    /// <summary>Room to bring two pieces together in one record.</summary>
    public byte[] Plain { get; } = GC.AllocateUninitializedArray<byte>(Record, pinned: true);

    /// <summary>Bytes to be sent.</summary>
    public ReadOnlySpan<byte> Sealed => _sealed.AsSpan(0, Length);

    public int Length { get; private set; }

    public bool TryAdd(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.TryCopyTo(_sealed.AsSpan(Length)))
        {
            return false;
        }

        Length += bytes.Length;
        return true;
    }

    public void Clear() => Length = 0;
}
