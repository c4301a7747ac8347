namespace Banyan.Gateway.Mirrors;

/// <summary>How far the answer to a copy has been read.</summary>
internal enum MirrorReading
{
    /// <summary>More is to come.</summary>
    More,

    /// <summary>It is whole.</summary>
    Whole,

    /// <summary>More is to come than anybody wants to throw away.</summary>
    Enough,

    /// <summary>It is not HTTP.</summary>
    Broken,
}
