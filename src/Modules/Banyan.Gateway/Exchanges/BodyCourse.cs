namespace Banyan.Gateway.Exchanges;

/// <summary>How far the body of one message is. <c>default</c> = there is none.</summary>
internal struct BodyCourse
{
    private const long UntilCloseLength = long.MaxValue;

    /// <summary>True: the length is said in chunks.</summary>
    public bool Chunked { get; private set; }

    /// <summary>Bytes that are still to come, when they are counted.</summary>
    public long Left { get; private set; }

    /// <summary>True while a part of the body is still to come.</summary>
    public readonly bool IsOpen => Chunked || Left > 0;

    /// <summary>True: the end of the connection is the end of the body.</summary>
    public readonly bool UntilClose => !Chunked && Left == UntilCloseLength;

    public static BodyCourse OfLength(long length) => new() { Left = length };

    public static BodyCourse OfChunks() => new() { Chunked = true };

    public static BodyCourse ToTheEnd() => new() { Left = UntilCloseLength };

    /// <summary>Takes as many of these bytes as belong to the body; returns how many.</summary>
    public int Take(int available)
    {
        if (UntilClose)
        {
            return available;
        }

        var taken = (int)Math.Min(available, Left);
        Left -= taken;
        return taken;
    }

    /// <summary>Says that the body has ended.</summary>
    public void End() => this = default;
}
