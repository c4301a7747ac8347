namespace Banyan.Loops;

/// <summary>How a receive or a send went.</summary>
public enum IoStatus
{
    /// <summary>At least one byte was moved.</summary>
    Done,

    /// <summary>Nothing can be moved now; the owner is called when it can.</summary>
    WouldBlock,

    /// <summary>The other side has ended its direction in order; only a receive says so.</summary>
    End,

    /// <summary>The stream is broken; <see cref="IoResult.Error"/> says why.</summary>
    Failed,
}
