namespace Banyan.Gateway.Exchanges;

/// <summary>
/// Where the heads of requests under way are kept, so that they can be sent once more and told in the log. Owned by one loop; last in, first out, so that what
/// is taken is likely in the processor's cache.
/// </summary>
internal sealed class HeadBlocks(int most)
{
    /// <summary>What nearly every head fits into, in bytes.</summary>
    public const int Usual = 2 * 1024;

    private readonly Stack<byte[]> _free = new();

    /// <summary>A block of <see cref="Usual"/> bytes.</summary>
    public byte[] Take() => _free.TryPop(out var block) ? block : GC.AllocateUninitializedArray<byte>(Usual);

    /// <summary>Gives a block back. Larger ones, made for one request, are left to the collector.</summary>
    public void Return(byte[] block)
    {
        if (block.Length == Usual && _free.Count < most)
        {
            _free.Push(block);
        }
    }
}
