using Banyan.Gateway.Clusters;
using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Retries;
using Banyan.Gateway.Tests.Support;

namespace Banyan.Gateway.Tests.Exchanges;

/// <summary>A second instance asked beside the first: who is used, who is ended, and that there is one answer whatever happens to either.</summary>
public sealed class ExchangeHedgeTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: app.test\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public void Second_instance_is_asked_when_the_usual_time_is_over_and_the_first_answer_is_used()
    {
        var rig = Slow(Get).Upstream(Ok);

        Assert.Equal(["open app-1 Any", "hedge app-2", "hedge ended", "upstream Keep"], rig.Transport.Calls);
        Assert.Equal(Ok, rig.Transport.ToClient);
        var record = Assert.Single(rig.Records);
        Assert.Equal(("app-1", HedgeOutcome.First, FailureReason.None, 0), (record.Endpoint!.Id, record.Hedge, record.Reason, record.Retries));
        AssertAllEnded(rig, hedges: 1, won: 0);
    }

    [Fact]
    public void Second_instance_gets_the_same_request_and_wins_with_its_head()
    {
        var rig = Slow(Get);
        Assert.Equal(rig.Transport.ToUpstream[0], rig.Transport.ToHedge);
        rig.Hedge("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nDate: D\r\nConte").Hedge("nt-Length: 2\r\n\r\no");
        Assert.Equal(["open app-1 Any", "hedge app-2", "upstream Reset", "hedge taken"], rig.Transport.Calls);
        rig.Upstream("k");

        Assert.Equal(Ok, rig.Transport.ToClient);
        Assert.Equal("upstream Keep", rig.Transport.Calls[^1]);
        var record = Assert.Single(rig.Records);
        Assert.Equal(("app-2", HedgeOutcome.Second, FailureReason.None), (record.Endpoint!.Id, record.Hedge, record.Reason));
        AssertAllEnded(rig, hedges: 1, won: 1);

        // The next request is one of its own.
        rig.Client(Get).Upstream(Ok);
        Assert.Equal((2, HedgeOutcome.None), (rig.Records.Count, rig.Records[1].Hedge));
    }

    [Fact]
    public void Loser_is_known_to_be_slow_and_not_to_fail()
    {
        var rig = Slow(Get);
        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        rig.Services.Now = rig.Clock.GetTimestamp();
        var (first, second) = (Endpoint(rig, 0), Endpoint(rig, 1));
        var now = rig.Services.NowTicks;
        var before = first.LatencyTicks(now);
        rig.Hedge(Ok);

        Assert.True(before < TimeSpan.FromSeconds(1).Ticks);
        Assert.True(first.LatencyTicks(now) >= TimeSpan.FromSeconds(2).Ticks);
        Assert.Equal((0, 0L), (first.Health.Streak, first.Health.Failed));
        Assert.Equal(100_001, second.Health.Answered);
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(true, "HTTP/1.1 2")]
    public void First_that_fails_leaves_the_second(bool broken, string part)
    {
        var rig = Slow(Get).Upstream(part).UpstreamEnds(broken);
        Assert.Equal(["open app-1 Any", "hedge app-2", "upstream Close", "hedge taken"], rig.Transport.Calls);
        rig.Upstream(Ok);

        Assert.Equal(Ok, rig.Transport.ToClient);
        Assert.Equal(("app-2", HedgeOutcome.Second), (Assert.Single(rig.Records).Endpoint!.Id, rig.Records[0].Hedge));
        AssertAllEnded(rig, hedges: 1, won: 1);
    }

    [Fact]
    public void First_that_talks_nonsense_leaves_the_second()
    {
        var rig = Slow(Get).Upstream("SSH-2.0-OpenSSH_9.9\r\n").Upstream(Ok);

        Assert.Equal(Ok, rig.Transport.ToClient);
        Assert.Equal(1, Endpoint(rig, 0).Health.Streak);
        AssertAllEnded(rig, hedges: 1, won: 1);
    }

    [Fact]
    public void First_that_fails_before_the_second_is_connected_leaves_it_to_be_waited_for()
    {
        var rig = Slow(Get, unused: false).UpstreamEnds();
        Assert.Equal(["open app-1 Any", "hedge app-2", "upstream Close", "hedge taken"], rig.Transport.Calls);
        Assert.Empty(rig.Transport.ToUpstream[1]);
        rig.Opened().Upstream(Ok);

        Assert.Equal(rig.Transport.ToUpstream[0], rig.Transport.ToUpstream[1]);
        Assert.Equal(Ok, rig.Transport.ToClient);
        AssertAllEnded(rig, hedges: 1, won: 1);
    }

    [Fact]
    public void Second_that_cannot_be_reached_is_forgotten()
    {
        var rig = Slow(Get, unused: false);
        rig.Transport.LoseHedge();
        rig.Exchange.OnHedgeFailed(new Failure(FailureReason.UpstreamConnectRefused));
        rig.Upstream(Ok);

        Assert.Equal(Ok, rig.Transport.ToClient);
        Assert.Equal((1L, HedgeOutcome.First), (Endpoint(rig, 1).ConnectFailures, rig.Records[0].Hedge));
        AssertAllEnded(rig, hedges: 1, won: 0);
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")]
    [InlineData("what?\r\n")]
    public void Second_that_fails_does_not_win(string answer)
    {
        var rig = Slow(Get).Hedge(answer);
        Assert.Equal(["open app-1 Any", "hedge app-2", "hedge ended"], rig.Transport.Calls);
        Assert.Empty(rig.Transport.ToClient);
        Assert.Equal(1, Endpoint(rig, 1).Health.Streak);
        rig.Upstream(Ok);

        Assert.Equal(Ok, rig.Transport.ToClient);
        AssertAllEnded(rig, hedges: 1, won: 0);
    }

    [Fact]
    public void Both_fail_and_there_is_one_answer()
    {
        var rig = Slow(Get);
        rig.Exchange.OnHedgeEnd();
        rig.UpstreamEnds(broken: true).Opened().UpstreamEnds(broken: true);
        Assert.StartsWith("HTTP/1.1 502", rig.Transport.ToClient, StringComparison.Ordinal);
        Assert.Equal(FailureReason.UpstreamClosedBeforeHead, Assert.Single(rig.Records).Reason);
        AssertAllEnded(rig, hedges: 1, won: 0);

        rig = Slow(Get).UpstreamEnds(broken: true).UpstreamEnds(broken: true).Opened().UpstreamEnds(broken: true);
        Assert.StartsWith("HTTP/1.1 502", rig.Transport.ToClient, StringComparison.Ordinal);
        Assert.Single(rig.Records);
        AssertAllEnded(rig, hedges: 1, won: 1);
    }

    [Fact]
    public void Neither_answers_and_the_time_of_the_request_is_the_time_of_one()
    {
        var rig = Slow(Get);
        Assert.Equal(rig.Options.ResponseHeaderTimeout, rig.Clock.GetElapsedTime(Begun) + rig.Transport.Deadline);
        rig.TimePasses();

        Assert.Equal(FailureReason.UpstreamHeadTimedOut, Assert.Single(rig.Records).Reason);
        Assert.StartsWith("HTTP/1.1 504", rig.Transport.ToClient, StringComparison.Ordinal);
        Assert.Equal((1, 0), (Endpoint(rig, 0).Health.Streak, Endpoint(rig, 1).Health.Streak));
        AssertAllEnded(rig, hedges: 1, won: 0);
    }

    [Fact]
    public void Client_that_leaves_ends_both()
    {
        var rig = Slow(Get);
        rig.Exchange.OnClientGone();
        rig.Settle();

        Assert.Equal(["open app-1 Any", "hedge app-2", "upstream Reset", "hedge ended", "client Reset"], rig.Transport.Calls);
        Assert.Equal((FailureReason.ClientGone, HedgeOutcome.First), (Assert.Single(rig.Records).Reason, rig.Records[0].Hedge));
        AssertAllEnded(rig, hedges: 1, won: 0);
    }

    [Fact]
    public void Cut_ends_both()
    {
        var rig = Slow(Get);
        rig.Exchange.OnCut();
        rig.Settle();

        Assert.Equal(["open app-1 Any", "hedge app-2", "upstream Reset", "hedge ended", "client Reset"], rig.Transport.Calls);
        AssertAllEnded(rig, hedges: 1, won: 0);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("PUT / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("DELETE / HTTP/1.1\r\nHost: app.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 2\r\n\r\nhe")]
    [InlineData("GET / HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: mine\r\n\r\n")]
    public void What_must_not_run_twice_is_asked_once(string request)
    {
        var rig = Hedging().Client(request);
        Assert.Equal(rig.Options.ResponseHeaderTimeout, rig.Transport.Deadline);
        Assert.Single(rig.Transport.Calls);
    }

    [Theory]
    [InlineData(1, 2, 10)]
    [InlineData(2, 1, 10)]
    [InlineData(2, 2, 0)]
    public void Second_instance_needs_an_attempt_somebody_else_and_budget(int attempts, int instances, int minPerSecond)
    {
        var rig = Hedging(instances: instances, with: s => s with { Attempts = attempts, MinPerSecond = minPerSecond }).Client(Get).TimePasses();
        Assert.Equal(["open app-1 Any"], rig.Transport.Calls);
        Assert.Equal(rig.Options.ResponseHeaderTimeout, rig.Clock.GetElapsedTime(Begun) + rig.Transport.Deadline);
        rig.Upstream(Ok);

        Assert.Equal(Ok, rig.Transport.ToClient);
        Assert.Equal(HedgeOutcome.None, Assert.Single(rig.Records).Hedge);
        AssertAllEnded(rig, hedges: 0, won: 0);
    }

    [Fact]
    public void Instance_that_says_it_works_on_it_is_waited_for()
    {
        var rig = Hedging().Client(Get).Upstream("HTTP/1.1 102 Processing\r\n\r\n");
        Assert.Equal(rig.Options.ResponseHeaderTimeout, rig.Transport.Deadline);
        rig.Upstream(Ok);
        Assert.DoesNotContain("hedge app-2", rig.Transport.Calls);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Whatever_happens_to_either_each_request_has_one_answer_and_one_end(int seed)
    {
        string[] answers = [Ok, "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + Ok, "HTTP/1.1 200 OK\r\nDate: D\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nABC\r\n0\r\n\r\n", "HTTP/1.1 503 No\r\nDate: D\r\nContent-Length: 0\r\n\r\n", "nonsense\r\n"];
        var hedges = 0L;
        for (var run = 0; run < 1000; run++)
        {
            var random = new Random((seed * 10_000) + run);
            var rig = new ExchangeRig(instances: 3);
            var cluster = rig.Clusters.Get(new("default", "app"));
            cluster.BeginHedging(rig.Clock, TimeSpan.FromMilliseconds(10), s => s with { Attempts = 3, MinPerSecond = 1000 }, samples: 200);
            var (first, second) = (string.Empty, string.Empty);
            for (var step = 0; step < 200 && !rig.Transport.IsClosed; step++)
            {
                rig.Transport.HasUnused = random.Next(2) == 0;
                var opened = rig.Transport.Calls.Count;
                switch (random.Next(10))
                {
                    case < 2 when rig.Exchange.Phase == ExchangePhase.Idle:
                        rig.Client(Get);
                        break;
                    case < 4 when rig.Exchange.Phase == ExchangePhase.Opening:
                        _ = random.Next(4) > 0 ? rig.Opened() : rig.Refused();
                        break;
                    case < 3 when rig.Exchange.WantsUpstream:
                        first = first.Length > 0 ? first : answers[random.Next(answers.Length)];
                        var piece = random.Next(1, first.Length + 1);
                        rig.Upstream(first[..piece]);
                        first = rig.Transport.HasUpstream ? first[piece..] : string.Empty;
                        break;
                    case < 5 when rig.Transport.ToHedge is { Length: > 0 }:
                        second = second.Length > 0 ? second : answers[random.Next(answers.Length)];
                        piece = random.Next(1, second.Length + 1);
                        rig.Hedge(second[..piece]);
                        second = second[piece..];
                        break;
                    case < 6 when rig.Transport.ToHedge is { Length: 0 }:
                        if (random.Next(3) > 0)
                        {
                            rig.Exchange.OnHedgeOpened();
                        }
                        else
                        {
                            rig.Transport.LoseHedge();
                            rig.Exchange.OnHedgeFailed(new Failure(FailureReason.UpstreamConnectRefused));
                        }

                        break;
                    case 6 when rig.Transport.ToHedge is not null && random.Next(3) == 0:
                        rig.Exchange.OnHedgeEnd();
                        break;
                    case 7 when rig.Exchange.WantsUpstream && random.Next(3) == 0:
                        rig.UpstreamEnds(broken: random.Next(2) == 0);
                        break;
                    case 8 when rig.Exchange.Phase is not ExchangePhase.Idle and not ExchangePhase.Closed && random.Next(2) == 0:
                        rig.TimePasses();
                        break;
                    case 9 when random.Next(60) == 0:
                        rig.Exchange.OnClientGone();
                        break;
                }

                // What was left of an answer was its connection's: with another one comes another answer.
                var changed = rig.Transport.Calls.Skip(opened).ToArray();
                if (changed.Contains("hedge taken"))
                {
                    first = second;
                }
                else if (changed.Any(call => call.StartsWith("open ", StringComparison.Ordinal) || call.StartsWith("upstream ", StringComparison.Ordinal)))
                {
                    first = string.Empty;
                }

                second = rig.Transport.ToHedge is null ? string.Empty : second;
            }

            rig.Exchange.OnCut();
            rig.Settle();
            hedges += cluster.Hedges;
            var context = $"seed {seed}, run {run}: {string.Join(", ", rig.Transport.Calls)}";
            Assert.False(rig.Transport.HasUpstream, context);
            Assert.True(rig.Transport.ToHedge is null, context);
            Assert.All(cluster.Members, member => Assert.Equal(0, member.Endpoint.Active));
            Assert.Equal((0, 0), (cluster.Active, cluster.Policy.Retries.Retrying));

            // As many final heads as requests that were answered, and none twice.
            var heads = rig.Transport.ToClient.Split("HTTP/1.1 ").Skip(1).Count(head => head[0] is >= '2' and <= '5');
            Assert.True(heads <= rig.Records.Count && heads >= rig.Records.Count(r => r.Reason == FailureReason.None), $"{context}: {heads} heads for {rig.Records.Count} records");
        }

        Assert.True(hedges > 300, $"Only {hedges} second askings in all runs.");
    }

    private static readonly long Begun = new Testing.ManualClock().GetTimestamp();

    private static ExchangeRig Hedging(int instances = 2, bool unused = true, Func<RetrySettings, RetrySettings>? with = null)
    {
        var rig = new ExchangeRig(instances: instances, hasUnused: unused);
        rig.Clusters.Get(new("default", "app")).BeginHedging(rig.Clock, TimeSpan.FromMilliseconds(10), with);
        return rig;
    }

    // Both instances have the request.
    private static ExchangeRig Slow(string request, bool unused = true)
    {
        var rig = Hedging(unused: unused).Client(request);
        if (!unused)
        {
            rig.Opened();
        }

        Assert.InRange(rig.Transport.Deadline, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(12));
        rig.TimePasses();
        Assert.NotNull(rig.Transport.ToHedge);
        return rig;
    }

    private static Endpoint Endpoint(ExchangeRig rig, int index) => rig.Clusters.Get(new("default", "app")).Members[index].Endpoint;

    // Whatever was begun was ended, once, and the budget is whole again.
    private static void AssertAllEnded(ExchangeRig rig, int hedges, int won)
    {
        var cluster = rig.Clusters.Get(new("default", "app"));
        Assert.All(cluster.Members, member => Assert.Equal(0, member.Endpoint.Active));
        Assert.Equal((0, 0), (cluster.Active, cluster.Policy.Retries.Retrying));
        Assert.Equal((hedges, won), (cluster.Hedges, cluster.HedgesWon));
        Assert.Null(rig.Transport.ToHedge);
        Assert.False(rig.Transport.HasUpstream);
    }
}
