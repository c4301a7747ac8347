using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Banyan.Gateway.Tests.Support;

/// <summary>A client that writes frames of HTTP/2 by hand (RFC 9113 section 4.1), also those no honest client would.</summary>
internal sealed class Http2Frames(Socket socket) : IAsyncDisposable
{
    public const byte Headers = 1;
    public const byte ResetStream = 3;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte Continuation = 9;
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;

    // GET http / with :authority x (RFC 7541 appendix A: 2, 6, 4; 1 with a literal of one character).
    public static readonly byte[] Get = [0x82, 0x86, 0x84, 0x41, 0x01, (byte)'x'];

    // A literal field without indexing: name "a", value of 1000 bytes (7 bits prefix: 127, then 873 in two bytes; RFC 7541 section 5.1).
    public static readonly byte[] Kibibyte = [0x00, 0x01, (byte)'a', 0x7f, 0xe9, 0x06, .. Enumerable.Repeat((byte)'v', 1000)];

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);

    public static async Task<Http2Frames> OpenAsync(Uri gateway)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, gateway.Port);
        var client = new Http2Frames(socket);
        await client._stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await client.SendAsync(Settings, 0, 0, default);
        return client;
    }

    public async Task SendAsync(byte type, byte flags, int stream, ReadOnlyMemory<byte> payload) => await _stream.WriteAsync(Frame(type, flags, stream, payload.Span));

    public Task RequestAsync(int stream) => SendAsync(Headers, EndStream | EndHeaders, stream, Get);

    /// <summary>Sends until the other side ends the connection, or the count is reached, reading all the while.</summary>
    /// <returns>The code of its GOAWAY; -1 when it ended without one, null when it did not end.</returns>
    public async Task<int?> FloodAsync(int count, Func<int, byte[]> bytes)
    {
        using var deadline = new CancellationTokenSource(Testing.Eventually.Deadline);
        var ending = EndAsync(deadline.Token);
        try
        {
            for (var i = 0; i < count && !ending.IsCompleted; i++)
            {
                await _stream.WriteAsync(bytes(i), deadline.Token);
            }

            // It answers this when it has read everything before; a connection that lives is then known to live.
            await _stream.WriteAsync(Frame(Ping, 0, 0, "the last"u8), deadline.Token);
        }
        catch (IOException)
        {
            // Ended by the other side, which is the point.
        }

        return await ending;
    }

    public static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[9 + payload.Length];
        frame[0] = (byte)(payload.Length >> 16);
        frame[1] = (byte)(payload.Length >> 8);
        frame[2] = (byte)payload.Length;
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(9));
        return frame;
    }

    public static byte[] RequestAndReset(int stream) => [.. Frame(Headers, EndStream | EndHeaders, stream, Get), .. Frame(ResetStream, 0, stream, [0, 0, 0, 8])];

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<int?> EndAsync(CancellationToken cancellation)
    {
        var head = new byte[9];
        int? code = -1;
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(head, cancellation);
                var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
                await _stream.ReadExactlyAsync(payload, cancellation);
                if (head[3] == GoAway)
                {
                    code = BinaryPrimitives.ReadInt32BigEndian(payload.AsSpan(4));
                }
                else if (head[3] == Ping && payload.AsSpan().SequenceEqual("the last"u8))
                {
                    return code == -1 ? null : code;
                }
            }
        }
        catch (Exception e) when (e is IOException or EndOfStreamException)
        {
            return code;
        }
    }
}
