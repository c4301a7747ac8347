using System.Buffers;
using System.Collections;

namespace Banyan.Grpc;

/// <summary>Keys with values that go along with a call, before its messages (headers) or after them (trailers). Keys may repeat; order is kept.</summary>
public sealed class GrpcMetadata : IReadOnlyCollection<GrpcMetadataEntry>
{
    internal const string BinarySuffix = "-bin";

    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz_-.");
    private static readonly SearchValues<char> NotText = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '\x7f']);

    private List<GrpcMetadataEntry>? _entries;

    /// <inheritdoc/>
    public int Count => _entries?.Count ?? 0;

    /// <summary>Adds text.</summary>
    /// <param name="key">Letters, digits, '_', '-' and '.'; made lower case; not starting with <c>grpc-</c>, not ending with <c>-bin</c>.</param>
    /// <param name="value">Printable ASCII.</param>
    public void Add(string key, string value)
    {
        key = CheckKey(key, binary: false);
        if (!System.Text.Ascii.IsValid(value) || value.AsSpan().ContainsAny(NotText))
        {
            throw new ArgumentException($"Metadata '{key}' has a value with other than printable ASCII characters. Use a key that ends in '-bin' and bytes.", nameof(value));
        }

        AddUnchecked(key, value);
    }

    /// <summary>Adds bytes.</summary>
    /// <param name="key">As for text, but ending with <c>-bin</c>.</param>
    /// <param name="value">Any bytes.</param>
    public void Add(string key, byte[] value) => AddUnchecked(CheckKey(key, binary: true), value);

    /// <summary>The last text of a key, or null.</summary>
    public string? GetValue(string key) => Last(key)?.Value;

    /// <summary>The last bytes of a key, or null.</summary>
    public byte[]? GetBytes(string key) => Last(key)?.Bytes;

    /// <summary>All texts of a key, in order.</summary>
    public IEnumerable<string> GetValues(string key) => this.Where(e => Same(e, key)).Select(e => e.Value);

    /// <inheritdoc/>
    public IEnumerator<GrpcMetadataEntry> GetEnumerator() => (_entries ?? Enumerable.Empty<GrpcMetadataEntry>()).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void AddUnchecked(string key, object value) => (_entries ??= []).Add(new GrpcMetadataEntry(key, value));

    private static bool Same(GrpcMetadataEntry entry, string key) => entry.Key.Equals(key, StringComparison.OrdinalIgnoreCase);

    private static string CheckKey(string key, bool binary)
    {
        key = key.ToLowerInvariant();
        if (key.Length == 0 || key.AsSpan().ContainsAnyExcept(KeyCharacters))
        {
            throw new ArgumentException($"'{key}' is no metadata key. Use letters, digits, '_', '-' and '.'.", nameof(key));
        }

        if (key.StartsWith("grpc-", StringComparison.Ordinal) || Protocol.MetadataCoding.IsProtocolHeader(key))
        {
            throw new ArgumentException($"Metadata key '{key}' belongs to the protocol. Use another name.", nameof(key));
        }

        return key.EndsWith(BinarySuffix, StringComparison.Ordinal) == binary
            ? key
            : throw new ArgumentException(
                binary ? $"Metadata key '{key}' does not end in '-bin', so its value must be text." : $"Metadata key '{key}' ends in '-bin', so its value must be bytes.",
                nameof(key));
    }

    private GrpcMetadataEntry? Last(string key)
    {
        for (var i = Count - 1; i >= 0; i--)
        {
            if (Same(_entries![i], key))
            {
                return _entries[i];
            }
        }

        return null;
    }
}
