using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;

namespace Banyan.Wire.WebSockets;

/// <summary>The opening handshake of WebSocket (RFC 6455 section 4).</summary>
public static class WebSocketHandshake
{
    /// <summary>Bytes of a key as text.</summary>
    public const int KeyLength = 24;

    /// <summary>Bytes of an accept value as text.</summary>
    public const int AcceptLength = 28;

    private const int NonceLength = 16;

    private static ReadOnlySpan<byte> Salt => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>True when the request asks to switch to WebSocket: whether in a form a service may take is <see cref="IsValid"/>.</summary>
    public static bool IsAsked(ReadOnlySpan<byte> bytes, RequestHead request) => Ascii.EqualsIgnoreCase(request.Upgrade.Of(bytes), "websocket"u8);

    /// <summary>True when a request that asks for WebSocket is GET, has one key of 16 bytes and version 13. Anything else gets 400, with another version 426.</summary>
    public static bool IsValid(ReadOnlySpan<byte> bytes, RequestHead request) =>
        request.Method == KnownMethod.Get
        && !request.Fields.IsRepeated(FieldId.SecWebSocketKey)
        && IsKey(request.Fields.Value(bytes, FieldId.SecWebSocketKey))
        && !request.Fields.IsRepeated(FieldId.SecWebSocketVersion)
        && request.Fields.Value(bytes, FieldId.SecWebSocketVersion).SequenceEqual("13"u8);

    /// <summary>True when an answer takes the switch this key's request asked for (RFC 6455 section 4.1).</summary>
    public static bool IsAccepted(ReadOnlySpan<byte> bytes, ResponseHead answer, ReadOnlySpan<byte> key)
    {
        Span<byte> accept = stackalloc byte[AcceptLength];
        WriteAccept(key, accept);
        return answer.Status == 101
            && Ascii.EqualsIgnoreCase(answer.Fields.Value(bytes, FieldId.Upgrade), "websocket"u8)
            && FieldLists.Contains(answer.Fields.Value(bytes, FieldId.Connection), "upgrade"u8)
            && answer.Fields.Value(bytes, FieldId.SecWebSocketAccept).SequenceEqual(accept);
    }

    /// <summary>True for 16 bytes in base64.</summary>
    public static bool IsKey(ReadOnlySpan<byte> key)
    {
        Span<byte> nonce = stackalloc byte[NonceLength + 2];
        return key.Length == KeyLength && Base64.DecodeFromUtf8(key, nonce, out _, out var length) == System.Buffers.OperationStatus.Done && length == NonceLength;
    }

    /// <summary>Writes the accept value that answers a key.</summary>
    /// <param name="key">The key as it came.</param>
    /// <param name="destination">At least <see cref="AcceptLength"/> bytes.</param>
    public static void WriteAccept(ReadOnlySpan<byte> key, Span<byte> destination)
    {
        if (key.Length > KeyLength)
        {
            throw new ArgumentException("A key has 24 bytes. Check it by IsKey first.", nameof(key));
        }

        Span<byte> salted = stackalloc byte[KeyLength + Salt.Length];
        key.CopyTo(salted);
        Salt.CopyTo(salted[key.Length..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(salted[..(key.Length + Salt.Length)], hash);
        Base64.EncodeToUtf8(hash, destination, out _, out _);
    }

    /// <summary>Writes a key for a request of our own.</summary>
    /// <param name="nonce">16 bytes of chance.</param>
    /// <param name="destination">At least <see cref="KeyLength"/> bytes.</param>
    public static void WriteKey(ReadOnlySpan<byte> nonce, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, NonceLength);
        Base64.EncodeToUtf8(nonce, destination, out _, out _);
    }
}
