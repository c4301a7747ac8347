namespace Banyan.Wire.Http1;

/// <summary>Which part of a head is read next.</summary>
internal enum HeadStage : byte
{
    /// <summary>Nothing yet: an empty line may come.</summary>
    Start,

    /// <summary>The request or status line.</summary>
    StartLine,

    /// <summary>The fields.</summary>
    Fields,

    /// <summary>Nothing: the head is complete or refused.</summary>
    Ended,
}
