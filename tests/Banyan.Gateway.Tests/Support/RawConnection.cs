using System.Net.Sockets;
using System.Text;

namespace Banyan.Gateway.Tests.Support;

/// <summary>Bytes on a socket, for both ends of a test.</summary>
internal sealed class RawConnection(Socket socket) : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly StringBuilder _read = new();

    public Socket Socket { get; } = socket;

    /// <summary>Everything read so far that <see cref="ReadUntilAsync"/> has not given out.</summary>
    public string Rest => _read.ToString();

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes)..];
        }
    }

    /// <summary>Sends as much of it as the other side takes: it may end before it has read all, which reading tells.</summary>
    public async Task OfferAsync(string text)
    {
        try
        {
            await SendAsync(text);
        }
        catch (SocketException)
        {
            // Ended by the other side.
        }
    }

    /// <summary>Reads up to and including a mark and returns it all; throws with what came when the other side ends first.</summary>
    public async Task<string> ReadUntilAsync(string mark)
    {
        using var deadline = new CancellationTokenSource(Testing.Eventually.Deadline);
        while (true)
        {
            var text = _read.ToString();
            var at = text.IndexOf(mark, StringComparison.Ordinal);
            if (at >= 0)
            {
                _read.Remove(0, at + mark.Length);
                return text[..(at + mark.Length)];
            }

            var count = await Socket.ReceiveAsync(_buffer, deadline.Token);
            if (count == 0)
            {
                throw new EndOfStreamException($"The other side ended before '{mark}'; it sent: {text}");
            }

            _read.Append(Encoding.Latin1.GetString(_buffer, 0, count));
        }
    }

    public Task<string> ReadHeadAsync() => ReadUntilAsync("\r\n\r\n");

    /// <summary>Reads until the other side ends, by FIN or reset, and returns everything.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var deadline = new CancellationTokenSource(Testing.Eventually.Deadline);
        try
        {
            for (int count; (count = await Socket.ReceiveAsync(_buffer, deadline.Token)) > 0;)
            {
                _read.Append(Encoding.Latin1.GetString(_buffer, 0, count));
            }
        }
        catch (SocketException)
        {
            // A reset ends it as well.
        }

        var text = _read.ToString();
        _read.Clear();
        return text;
    }

    /// <summary>Ends with a reset.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
