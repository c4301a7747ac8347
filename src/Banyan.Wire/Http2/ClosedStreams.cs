namespace Banyan.Wire.Http2;

/// <summary>
/// The streams that ended last, and how: a peer may not know yet that a stream was reset, and must know that it ended. Forgets older ones, one for each of its
/// places.
/// </summary>
internal sealed class ClosedStreams
{
    // A power of two. Ids of one side are apart by two.
    private const int Places = 128;

    private int[] _ids = [];

    /// <summary>How a stream ended; Forgotten also when it never was.</summary>
    public StreamEnd Find(int id)
    {
        var entry = _ids.Length == 0 ? 0 : _ids[(id >> 1) & (Places - 1)];
        return (entry & ~3) == id << 2 && entry != 0 ? (StreamEnd)(entry & 3) : StreamEnd.Forgotten;
    }

    public void Add(int id, StreamEnd how)
    {
        if (_ids.Length == 0)
        {
            _ids = new int[Places];
        }

        // The two highest bits of an id get lost: streams a quarter of all ids apart are taken for the same, and have long been replaced.
        _ids[(id >> 1) & (Places - 1)] = (id << 2) | (int)how;
    }
}
