namespace Banyan.Wire.Http1;

/// <summary>What <see cref="ChunkedDecoder.Read"/> found.</summary>
public enum ChunkStep : byte
{
    /// <summary>No data at hand; more bytes are needed. What was not consumed must be given again.</summary>
    NeedMore,

    /// <summary>A piece of data, at least one byte.</summary>
    Data,

    /// <summary>The body ended; the trailers are read.</summary>
    End,

    /// <summary>The body is broken; the fault says how. It stays so.</summary>
    Refused,
}
