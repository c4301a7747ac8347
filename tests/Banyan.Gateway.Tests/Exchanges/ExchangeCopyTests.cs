using System.Text;
using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Kinds;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Tests.Support;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Tests.Exchanges;

/// <summary>When a copy of a request begins and how it ends, call by call.</summary>
public sealed class ExchangeCopyTests
{
    [Fact]
    public void Copy_gets_the_body_as_the_instance_does_and_leaves_when_it_is_whole()
    {
        var (rig, copies) = Mirrored();
        rig.Client("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\n\r\n").Client("he");
        Assert.Equal(["begin 5", "add he"], copies.Calls);
        rig.Client("llo");
        Assert.Equal(["begin 5", "add he", "add llo", "send"], copies.Calls);
        rig.Upstream("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal("send", copies.Calls[^1]);
    }

    [Fact]
    public void Copy_of_chunks_is_framed_as_the_instance_gets_them()
    {
        var (rig, copies) = Mirrored();
        rig.Client("POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n02;x=y\r\nhe\r\n0\r\n\r\n");

        Assert.Equal("begin -1", copies.Calls[0]);
        Assert.Equal("2\r\nhe\r\n0\r\n\r\n", string.Concat(copies.Calls.Where(c => c.StartsWith("add ", StringComparison.Ordinal)).Select(c => c[4..])));
        Assert.Equal("send", copies.Calls[^1]);
    }

    [Fact]
    public void Request_that_is_sent_again_is_copied_once()
    {
        var (rig, copies) = Mirrored();
        rig.Client("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n").UpstreamEnds(broken: true).Opened().Upstream("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(2, rig.Transport.ToUpstream.Count);
        Assert.Equal(["begin 0", "send"], copies.Calls);

        rig.Client("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");
        Assert.Equal(["begin 0", "send", "begin 0", "send"], copies.Calls);
    }

    [Fact]
    public void Copy_is_dropped_when_its_request_ends_before_it_is_whole()
    {
        var (rig, copies) = Mirrored();
        rig.Client("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\n\r\nhe").Upstream("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(["begin 5", "add he", "drop"], copies.Calls);
    }

    [Fact]
    public void Request_that_no_instance_gets_and_one_without_mirror_are_not_copied()
    {
        var (nobody, copies) = Mirrored(instances: 0);
        nobody.Client("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");
        Assert.Equal(FailureReason.NoInstances, Assert.Single(nobody.Records).Reason);
        Assert.Empty(copies.Calls);

        var plain = new ExchangeRig(hasUnused: true);
        plain.Services.Copies = copies;
        plain.Client("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");
        Assert.Single(plain.Transport.ToUpstream);
        Assert.Empty(copies.Calls);
    }

    private static (ExchangeRig Rig, NotedCopies Copies) Mirrored(int instances = 2)
    {
        var copies = new NotedCopies();
        var rig = new ExchangeRig(instances: instances, hasUnused: true);
        rig.Routes.Replace([Entries.Route("app", s => s with { Mirror = new RouteMirror { Service = new RouteService { Name = "copy" } } })]);
        rig.Services.Copies = copies;
        return (rig, copies);
    }

    private sealed class NotedCopies : IRequestCopies
    {
        public List<string> Calls { get; } = [];

        public RequestCopy Begin(Route route, KnownMethod method, ReadOnlySpan<byte> head, long bodyLength)
        {
            Calls.Add($"begin {bodyLength}");
            return new NotedCopy(Calls);
        }
    }

    private sealed class NotedCopy(List<string> calls) : RequestCopy
    {
        public override void Add(ReadOnlySpan<byte> bytes) => calls.Add("add " + Encoding.Latin1.GetString(bytes));

        public override void Send() => calls.Add("send");

        public override void Drop() => calls.Add("drop");
    }
}
