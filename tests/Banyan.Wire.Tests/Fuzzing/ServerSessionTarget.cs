using Banyan.Wire.Http1;
using Banyan.Wire.Http2;
using Banyan.Wire.Tests.Http2;

namespace Banyan.Wire.Tests.Fuzzing;

/// <summary>What a client of HTTP/2 sends once the connection stands, beginning with the cases of the server's session. Requests are written as HTTP/1.1, read again and answered.</summary>
internal sealed class ServerSessionTarget : IFuzzTarget
{
    // Small enough to be reached by short inputs.
    private static readonly Http2Limits Limits = new() { MaxStreams = 4, MaxHeadBytes = 400 };

    public static FuzzInput[] Seeds { get; } =
    [
        .. SessionReading.Scripts("Http2ServerCases.txt"),
        // RFC 7541 appendix C.3 and C.4: blocks that depend on one another, without and with Huffman's code.
        SessionReading.Script(
            "tables",
            "HEADERS 1 ES hpack:828684410f7777772e6578616d706c652e636f6d; HEADERS 3 ES hpack:828684be58086e6f2d6361636865; HEADERS 5 ES hpack:828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565"),
        SessionReading.Script(
            "codes",
            "HEADERS 1 ES hpack:828684418cf1e3c2e5f23a6ba0ab90f4ff; HEADERS 3 ES hpack:828684be5886a8eb10649cbf; HEADERS 5 ES hpack:828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"),
    ];

    public static FuzzInput Mutate(Random random, FuzzInput origin, IReadOnlyList<FuzzInput> pool) => SessionReading.Mutate(random, origin, pool);

    public static string Read(FuzzInput input, params ReadOnlySpan<int> cuts)
    {
        var server = new ServerScript(Limits, connectProtocol: true);
        var requests = new List<string>();
        server.Log.OnHeadOf = head => requests.Add(AsHttp1(head));
        SessionReading.Feed(server.Session, input.Bytes, cuts);
        foreach (var stream in server.Log.Streams.Values.OrderBy(stream => stream.Id).ToArray())
        {
            server.Session.BeginHead(stream, 200);
            server.Session.EndHead(endStream: false);
            server.Session.SendData(stream, new byte[60], endStream: true);
        }

        return SessionReading.End(server.Session, server.Log, requests);
    }

    public static string KindOf(string outcome) => SessionReading.KindOf(outcome);

    // The one head that was meant, whatever stands in its fields: more or less than it would be smuggling.
    private static string AsHttp1(Http2Head head)
    {
        var text = new ByteQueue();
        if (!Http1Text.WriteRequest(text, head, ended: false))
        {
            return "no text";
        }

        var read = new RequestHead();
        var status = RequestParser.Parse(text.Bytes, read, HeadLimits.Default);
        Assert.NotEqual(ParseStatus.Incomplete, status);
        Assert.True(status == ParseStatus.Refused || read.Length == text.Length, $"the request is {text.Length} bytes, its head {read.Length}");
        return status == ParseStatus.Refused ? $"{read.Fault}" : $"{read.Fields.Count} fields, {read.Framing}";
    }
}
