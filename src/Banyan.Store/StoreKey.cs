using System.Text;

namespace Banyan.Store;

/// <summary>A key: 1 to 1,024 bytes, ordered by unsigned byte value. Text keys are UTF-8.</summary>
public readonly struct StoreKey : IEquatable<StoreKey>, IComparable<StoreKey>
{
    /// <summary>Longest key in bytes.</summary>
    public const int MaxLength = 1024;

    private readonly byte[]? _bytes;

    /// <summary>Wraps bytes without copying; the caller gives them away.</summary>
    public StoreKey(byte[] bytes) => _bytes = bytes;

    /// <summary>The key's bytes.</summary>
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>The key's bytes.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes;

    /// <summary>Length in bytes.</summary>
    public int Length => _bytes?.Length ?? 0;

    /// <summary>A key from text, as UTF-8.</summary>
    public static implicit operator StoreKey(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>True when both are the same bytes.</summary>
    public static bool operator ==(StoreKey left, StoreKey right) => left.Equals(right);

    /// <summary>True when the bytes differ.</summary>
    public static bool operator !=(StoreKey left, StoreKey right) => !left.Equals(right);

    /// <summary>True when the left key sorts before the right one.</summary>
    public static bool operator <(StoreKey left, StoreKey right) => left.CompareTo(right) < 0;

    /// <summary>True when the left key sorts after the right one.</summary>
    public static bool operator >(StoreKey left, StoreKey right) => left.CompareTo(right) > 0;

    /// <summary>True when the left key sorts before the right one or is the same.</summary>
    public static bool operator <=(StoreKey left, StoreKey right) => left.CompareTo(right) <= 0;

    /// <summary>True when the left key sorts after the right one or is the same.</summary>
    public static bool operator >=(StoreKey left, StoreKey right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public bool Equals(StoreKey other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is StoreKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public int CompareTo(StoreKey other) => Span.SequenceCompareTo(other.Span);

    /// <summary>The key as text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Span);
}
