namespace Banyan.Loops;

/// <summary>The outcome of one receive or send, in one word of memory.</summary>
public readonly record struct IoResult
{
    // > 0 bytes moved; 0 the end; Blocked; otherwise the error, negated.
    private const int Blocked = int.MinValue;

    private readonly int _value;

    private IoResult(int value) => _value = value;

    /// <summary>Nothing can be moved now.</summary>
    public static IoResult WouldBlock => new(Blocked);

    /// <summary>The other side has ended.</summary>
    public static IoResult End => new(0);

    /// <summary>How it went.</summary>
    public IoStatus Status => _value switch
    {
        > 0 => IoStatus.Done,
        0 => IoStatus.End,
        Blocked => IoStatus.WouldBlock,
        _ => IoStatus.Failed,
    };

    /// <summary>Bytes moved; 0 unless <see cref="IoStatus.Done"/>.</summary>
    public int Count => _value > 0 ? _value : 0;

    /// <summary>The error number (<see cref="Errno"/>); 0 unless <see cref="IoStatus.Failed"/>.</summary>
    public int Error => _value is < 0 and not Blocked ? -_value : 0;

    /// <summary>Bytes were moved.</summary>
    public static IoResult Done(int count) => new(count);

    /// <summary>The stream is broken.</summary>
    public static IoResult Failed(int error) => new(-error);

    /// <inheritdoc/>
    public override string ToString() => Status switch
    {
        IoStatus.Done => $"{Count} bytes",
        IoStatus.Failed => Errno.Describe(Error),
        var status => status.ToString(),
    };
}
