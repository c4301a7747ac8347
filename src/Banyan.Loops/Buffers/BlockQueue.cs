namespace Banyan.Loops.Buffers;

/// <summary>Bytes in order that wait to be sent, in as many blocks as they need; none while there are none. A field of its owner, never copied.</summary>
public struct BlockQueue
{
    private Block? _first;
    private Block? _last;

    /// <summary>True when nothing waits.</summary>
    public readonly bool IsEmpty => _first is null;

    /// <summary>Bytes that wait.</summary>
    public int Length { get; private set; }

    /// <summary>The first bytes that wait, as far as they lie together.</summary>
    public readonly ReadOnlySpan<byte> First => _first is null ? default : _first.Kept;

    /// <summary>The bytes after <see cref="First"/>, as far as they lie together.</summary>
    public readonly ReadOnlySpan<byte> Second => _first?.Next is { } next ? next.Kept : default;

    /// <summary>Adds bytes; false when the budget is used up, and then some may have been added.</summary>
    public bool TryAdd(ReadOnlySpan<byte> bytes, BlockPool pool)
    {
        while (!bytes.IsEmpty)
        {
            if (_last is null || _last.Free.IsEmpty)
            {
                if (pool.TryRent() is not { } block)
                {
                    return false;
                }

                if (_last is null)
                {
                    _first = block;
                }
                else
                {
                    _last.Next = block;
                }

                _last = block;
            }

            var count = _last.Append(bytes);
            Length += count;
            bytes = bytes[count..];
        }

        return true;
    }

    /// <summary>Forgets the first bytes and gives emptied blocks back.</summary>
    public void Consume(int count, BlockPool pool)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Length, nameof(count));
        Length -= count;
        while (count > 0)
        {
            var block = _first!;
            var part = Math.Min(count, block.Kept.Length);
            block.Consume(part);
            count -= part;
            if (block.IsEmpty)
            {
                _first = block.Next;
                _last = _first is null ? null : _last;
                pool.Return(block);
            }
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear(BlockPool pool) => Consume(Length, pool);
}
