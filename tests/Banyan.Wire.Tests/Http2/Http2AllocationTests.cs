using Banyan.Testing;
using Banyan.Wire.Fields;
using Banyan.Wire.Http2;

namespace Banyan.Wire.Tests.Http2;

public sealed class Http2AllocationTests
{
    [Fact]
    public void Requests_inSteadyState_allocateNothing()
    {
        var handler = new Answerer();
        var server = new Http2ServerSession(Http2Limits.Default, handler, new Http2Workspace());
        handler.Session = server;
        server.Receive(Http2ServerSession.Preface, 0);
        server.Receive(FrameScript.Frames("SETTINGS 4=1000000"), 0);
        var frames = Enumerable.Range(0, 4000).Select(i => FrameScript.Frames($"POST {1 + (2 * i)}; DATA {1 + (2 * i)} 50 ES")).ToArray();
        var window = FrameScript.Frames("WINDOW 0 100000");
        var next = 0;

        Assert.Equal(0, Allocations.InSteadyState(() =>
        {
            for (var i = 0; i < 200; i++, next++)
            {
                server.Receive(frames[next], 0);
                if (next % 100 == 0)
                {
                    server.Receive(window, 0);
                }

                server.Output.Sent(server.Output.Length);
                server.Flush();
            }
        }));
        Assert.Equal(next, handler.Answered);
    }

    private sealed class Answerer : IHttp2Handler
    {
        public Http2ServerSession Session { get; set; } = null!;

        public int Answered { get; private set; }

        public void OnHead(Http2Stream stream, Http2Head head)
        {
        }

        public void OnData(Http2Stream stream, ReadOnlySpan<byte> data) => Session.Consumed(stream, data.Length);

        public void OnEnd(Http2Stream stream, Http2Head? trailers)
        {
            Answered++;
            Session.BeginHead(stream, 200);
            Session.Field("Content-Type"u8, "application/grpc"u8, FieldId.ContentType);
            Session.Field("X-Trace"u8, "0123456789"u8, FieldId.Unknown);
            Session.EndHead(endStream: false);
            Session.SendData(stream, "hello, world"u8, endStream: true);
        }

        public void OnDrained(Http2Stream stream)
        {
        }

        public void OnReset(Http2Stream stream, Http2ErrorCode code, bool unprocessed)
        {
        }

        public void OnStreamClosed(Http2Stream stream)
        {
        }
    }
}
