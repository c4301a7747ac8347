namespace Banyan.Gateway.Listening;

/// <summary>Where the pieces written during one event come together. One for each direction on a loop; whoever is called owns it until it returns.</summary>
internal sealed class GatherBuffer
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);

    /// <summary>Bytes gathered.</summary>
    public int Length { get; private set; }

    /// <summary>What was gathered.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Adds a piece; false when there is no room.</summary>
    public bool TryAdd(ReadOnlySpan<byte> piece)
    {
        if (!piece.TryCopyTo(_bytes.AsSpan(Length)))
        {
            return false;
        }

        Length += piece.Length;
        return true;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => Length = 0;
}
