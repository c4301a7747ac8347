namespace Banyan.Wire.Http2;

/// <summary>How a stream ended.</summary>
internal enum StreamEnd
{
    /// <summary>Not known any more, or never begun.</summary>
    Forgotten,

    /// <summary>Both sides said their all.</summary>
    Done,

    /// <summary>The peer reset it.</summary>
    ResetByPeer,

    /// <summary>This side reset it; the peer may still send for it.</summary>
    ResetHere,
}
