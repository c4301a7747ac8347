namespace Banyan.Grpc;

/// <summary>One key with its value. A key that ends in <c>-bin</c> has bytes, any other has text.</summary>
public readonly struct GrpcMetadataEntry
{
    private readonly object _value;

    internal GrpcMetadataEntry(string key, object value)
    {
        Key = key;
        _value = value;
    }

    /// <summary>The key, in lower case.</summary>
    public string Key { get; }

    /// <summary>True when the value is bytes.</summary>
    public bool IsBinary => _value is byte[];

    /// <summary>The text; for a binary value its base64 form without padding.</summary>
    public string Value => _value as string ?? Convert.ToBase64String((byte[])_value).TrimEnd('=');

    /// <summary>The bytes of a binary value.</summary>
    /// <exception cref="InvalidOperationException">The value is text.</exception>
    public byte[] Bytes => _value as byte[] ?? throw new InvalidOperationException($"Metadata '{Key}' has text; only keys that end in '-bin' have bytes.");

    /// <inheritdoc/>
    public override string ToString() => $"{Key}: {Value}";
}
