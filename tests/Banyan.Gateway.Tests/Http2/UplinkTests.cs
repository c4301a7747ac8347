using System.Net;
using Banyan.Gateway.Kinds;
using Banyan.Gateway.Mirrors;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;
using Banyan.Wire.Http2;

namespace Banyan.Gateway.Tests.Http2;

/// <summary>The connections of HTTP/2 to instances: shared, as few as needed, and what they did not do is done again.</summary>
public abstract class UplinkTests(GatewayTransport transport)
{
    [Fact]
    public async Task Requests_inTurn_shareOneConnection()
    {
        await using var instance = RawHttp2Server.Run((connection, stream) => connection.Answer(stream, "hello"));
        await using var gateway = await ToAsync(instance);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal((HttpStatusCode.OK, "hello"), await CallAsync(gateway, HttpMethod.Get));
        }

        Assert.Equal(1, instance.Connections);
        Assert.Equal(20, instance.Requests);
    }

    // The instance takes two at once on a connection: the third waits for another one.
    [Fact]
    public async Task Requests_beyondAConnectionsLimit_getAnotherConnection()
    {
        var waiting = new List<(RawHttp2Server.Connection, Http2Stream)>();
        await using var instance = RawHttp2Server.Run(
            (connection, stream) =>
            {
                lock (waiting)
                {
                    waiting.Add((connection, stream));
                }
            },
            new Http2Limits { MaxStreams = 2 });
        await using var gateway = await ToAsync(instance);
        using var given = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 5).Select(_ => CallAsync(gateway, HttpMethod.Get, given.Token)).ToArray();
        await Eventually.True(() => instance.Requests == 5, "five requests to be at the instance");
        Assert.InRange(instance.Connections, 3, 5);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(calls));
    }

    // The loser of a hedge is one stream; the connection, which others use too, stays.
    [Fact]
    public async Task Second_asking_endsAStreamAndNotItsConnection()
    {
        await using var silent = RawHttp2Server.Run((_, _) => { });
        await using var instance = RawHttp2Server.Run((connection, stream) => connection.Answer(stream, "second"));
        await using var gateway = await RunningGateway.ToAsync([silent.Port, instance.Port], Options, scheme: "grpc");
        var cluster = gateway.Clusters.Get(new("default", "app"));
        cluster.BeginHedging(TimeProvider.System, TimeSpan.FromMilliseconds(1));
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal((HttpStatusCode.OK, "second"), await CallAsync(gateway, HttpMethod.Get));
        }

        Assert.True(cluster.HedgesWon >= 3, $"{cluster.HedgesWon} were won.");
        Assert.Equal((1, 1), (silent.Connections, instance.Connections));
        Assert.All(cluster.Members, member => Assert.Equal((0, 0), (member.Endpoint.Active, member.Endpoint.Health.Streak)));
    }

    [Fact]
    public async Task Copies_goToInstancesOfHttp2()
    {
        await using var app = RawHttp2Server.Run((connection, stream) => connection.Answer(stream, "app"));
        await using var copy = RawHttp2Server.Run((connection, stream) => connection.Answer(stream, "copy"));
        await using var gateway = await ToAsync(app);
        gateway.Routes.Replace([Entries.Route("app", s => s with { Mirror = new RouteMirror { Service = new RouteService { Name = "copy" } } })]);
        gateway.Instances(Entries.Instance("app", "app-1", app.Port, scheme: "grpc"), Entries.Instance("copy", "copy-1", copy.Port, scheme: "grpc"));
        var counters = gateway.Routes.Current!.Routes.Single().Counters.Mirrors;
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal((HttpStatusCode.OK, "app"), await CallAsync(gateway, HttpMethod.Post));
            var expected = i + 1;
            await Eventually.True(() => counters.Of(MirrorOutcome.Sent) == expected, "the copy");
        }

        Assert.Equal((5, 1), (copy.Requests, copy.Connections));
    }

    // RFC 9113 section 8.7: a refused stream was not looked at, so even a POST may go again.
    [Fact]
    public async Task Request_thatWasRefused_isSentAgain()
    {
        await using var instance = RawHttp2Server.Run((connection, stream) =>
        {
            if (connection.Request == 1)
            {
                connection.Session.Reset(stream, Http2ErrorCode.RefusedStream);
            }
            else
            {
                connection.Answer(stream, "second time");
            }
        });
        await using var gateway = await ToAsync(instance);
        Assert.Equal((HttpStatusCode.OK, "second time"), await CallAsync(gateway, HttpMethod.Post));
        Assert.Equal(2, instance.Requests);
    }

    [Fact]
    public async Task Request_thatWasReset_isNotSentAgainUnlessItIsSafe()
    {
        await using var instance = RawHttp2Server.Run((connection, stream) => connection.Session.Reset(stream, Http2ErrorCode.InternalError));
        await using var gateway = await ToAsync(instance);
        var (status, _) = await CallAsync(gateway, HttpMethod.Post);
        Assert.Equal(HttpStatusCode.BadGateway, status);
        Assert.Equal(1, instance.Requests);
    }

    [Fact]
    public async Task Connection_thatDrains_isLeftAndAnotherTaken()
    {
        await using var instance = RawHttp2Server.Run((connection, stream) =>
        {
            connection.Answer(stream, $"{connection.Number}");
            connection.Session.BeginDrain();
            connection.Session.EndDrain();
        });
        await using var gateway = await ToAsync(instance);
        Assert.Equal((HttpStatusCode.OK, "1"), await CallAsync(gateway, HttpMethod.Get));
        Assert.Equal((HttpStatusCode.OK, "2"), await CallAsync(gateway, HttpMethod.Get));
        Assert.Equal((HttpStatusCode.OK, "3"), await CallAsync(gateway, HttpMethod.Post));
        Assert.Equal(3, instance.Requests);
    }

    [Fact]
    public async Task Instance_thatSpeaksSomethingElse_isABadGateway()
    {
        await using var instance = ScriptedUpstream.Answering("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        await using var gateway = await RunningGateway.ToAsync([instance.Port], Options, scheme: "grpc");
        var (status, body) = await CallAsync(gateway, HttpMethod.Get);
        Assert.Equal(HttpStatusCode.BadGateway, status);
        Assert.Contains("gateway/upstream-connect-failed", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instance_thatIsNotThere_isABadGateway()
    {
        await using var gateway = await RunningGateway.ToAsync([FreePort.Next()], Options, scheme: "grpc");
        var (status, body) = await CallAsync(gateway, HttpMethod.Get);
        Assert.Equal(HttpStatusCode.BadGateway, status);
        Assert.Contains("gateway/upstream-connect-refused", body, StringComparison.Ordinal);
    }

    private Task<RunningGateway> ToAsync(RawHttp2Server instance) => RunningGateway.ToAsync([instance.Port], Options, scheme: "grpc");

    private void Options(GatewayOptions options)
    {
        options.Transport = transport;
        options.Loops = 1;
    }

    // Over HTTP/1.1: what is behind a stream does not depend on what is before it.
    private static async Task<(HttpStatusCode Status, string Body)> CallAsync(RunningGateway gateway, HttpMethod method, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(method, new Uri(gateway.Http, "/")) { Headers = { Host = "app.test" } };
        using var response = await gateway.SendAsync(request, cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellation));
    }

    public sealed class OnLoops() : UplinkTests(GatewayTransport.Loops);

    public sealed class OnFramework() : UplinkTests(GatewayTransport.Framework);
}
