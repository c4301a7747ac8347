using System.Net;
using System.Net.Sockets;
using System.Text;
using Banyan.Testing;
using Banyan.Wire.Fields;
using Banyan.Wire.Http2;

namespace Banyan.Gateway.Tests.Http2;

/// <summary>A client's end of HTTP/2 over a socket whose every frame the test decides; what happens is a list of short lines.</summary>
internal sealed class RawHttp2Client : IHttp2Handler, IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly List<string> _lines = [];

    private RawHttp2Client(Http2Limits limits) => Session = new Http2ClientSession(limits, this, new Http2Workspace());

    public Http2ClientSession Session { get; }

    /// <summary>True: what arrives is given back to the peer's windows.</summary>
    public bool Takes { get; set; } = true;

    /// <summary>What happened so far.</summary>
    public string Log => string.Join("; ", _lines);

    public static async Task<RawHttp2Client> ConnectAsync(int port, Http2Limits? limits = null)
    {
        var client = new RawHttp2Client(limits ?? Http2Limits.Default);
        await client._socket.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    /// <summary>Opens a stream with a head.</summary>
    public Http2Stream Open(string method, string path, bool end, params (string Name, string Value)[] fields)
    {
        var stream = Session.Open();
        Session.BeginHead(stream, Encoding.ASCII.GetBytes(method), secure: false, "app.test"u8, Encoding.ASCII.GetBytes(path));
        foreach (var (name, value) in fields)
        {
            var bytes = Encoding.ASCII.GetBytes(name);
            Session.Field(bytes, Encoding.ASCII.GetBytes(value), FieldNames.Identify(bytes));
        }

        Session.EndHead(end);
        return stream;
    }

    /// <summary>Sends what was written, and these bytes behind; should the other side have ended meanwhile, reading tells.</summary>
    public async Task SendAsync(params byte[] more)
    {
        byte[] bytes = [.. Session.Output.Bytes, .. more];
        Session.Output.Clear();
        try
        {
            for (var sent = 0; sent < bytes.Length;)
            {
                sent += await _socket.SendAsync(bytes.AsMemory(sent));
            }
        }
        catch (SocketException)
        {
            // What it said before it ended is still to be read.
        }
    }

    /// <summary>Reads and answers until a line with this text is in the log; fails with the log when the other side ends first.</summary>
    public async Task UntilAsync(string line)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        while (!_lines.Exists(l => l.Contains(line, StringComparison.Ordinal)))
        {
            await SendAsync();
            var count = await ReceiveAsync(deadline.Token);
            if (count == 0)
            {
                _lines.Add("over");
                Assert.True(line == "over", $"the connection ended before '{line}': {Log}");
                return;
            }

            Session.Receive(_buffer.AsSpan(0, count), 0);
            if (Session.IsLeaving && !_lines.Contains("goaway"))
            {
                _lines.Add("goaway");
            }
        }

        await SendAsync();
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public void OnHead(Http2Stream stream, Http2Head head)
    {
        var bytes = head.Bytes.ToArray();
        var fields = Enumerable.Range(0, head.Fields.Count).Select(i => head.Fields[i])
            .Where(field => field.Id is not (FieldId.Date or FieldId.Server))
            .Select(field => $" {Encoding.ASCII.GetString(field.Name.Of(bytes))}={Encoding.ASCII.GetString(field.Value.Of(bytes))}");
        _lines.Add($"head {stream.Id} {head.Status}{string.Concat(fields)}");
    }

    public void OnData(Http2Stream stream, ReadOnlySpan<byte> data)
    {
        _lines.Add($"data {stream.Id} {(data.Length < 100 ? Encoding.ASCII.GetString(data) : $"{data.Length} bytes")}");
        if (Takes)
        {
            Session.Consumed(stream, data.Length);
        }
    }

    public void OnEnd(Http2Stream stream, Http2Head? trailers)
    {
        var names = trailers is null ? [] : Enumerable.Range(0, trailers.Fields.Count).Select(i => Encoding.ASCII.GetString(trailers.Fields[i].Name.Of(trailers.Bytes)));
        _lines.Add(string.Join(' ', [$"end {stream.Id}", .. names]));
    }

    public void OnDrained(Http2Stream stream)
    {
    }

    public void OnReset(Http2Stream stream, Http2ErrorCode code, bool unprocessed) => _lines.Add($"reset {stream.Id} {code}");

    public void OnStreamClosed(Http2Stream stream)
    {
    }

    private async Task<int> ReceiveAsync(CancellationToken cancellation)
    {
        try
        {
            return await _socket.ReceiveAsync(_buffer, cancellation);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
