using System.Net;
using System.Text;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.AccessLog;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Exchanges;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;

namespace Banyan.Gateway.Tests.Exchanges;

/// <summary>One exchange, with instances app-1 and app-2 behind a route for everything, driven by hand.</summary>
internal sealed class ExchangeRig
{
    // Meters are known to the whole process: thousands of them would be every listener's burden.
    private static readonly GatewayMetrics Metrics = new();

    private readonly AccessLogQueue _log;
    private byte[] _clientRest = [];
    private byte[] _upstreamRest = [];
    private byte[] _hedgeRest = [];
    private int _opened;

    public ExchangeRig(Action<GatewayOptions>? change = null, int instances = 2, bool hasUnused = false, int seed = 1, bool secure = false)
    {
        Options = new GatewayOptions { AccessLog = AccessLogMode.All };
        change?.Invoke(Options);
        Clusters = new ClusterTable(GivenClusters.Context(Clock));
        Routes = new RouteTable(Clusters);
        Routes.Replace([Entries.Route("app")]);
        Clusters.Apply(new WatchResponse { Reset = true, Changed = { Enumerable.Range(1, instances).Select(i => Entries.Instance("app", $"app-{i}", 1000 + i)) } });
        Identity = new GatewayIdentity(Options);
        _log = new AccessLogQueue(Options, Metrics);
        Services = new ExchangeServices(Options, Routes, Clusters, Identity, new ExchangeJournal(Metrics, _log, Clock, 0), Clock, new Random(seed));
        Transport = new RecordingTransport { HasUnused = hasUnused };
        Exchange = new Exchange(Services, Transport);
        Exchange.Start(new ClientPeer(IPAddress.Parse("192.0.2.7"), Identity, secure));
    }

    public ManualClock Clock { get; } = new();

    public GatewayOptions Options { get; }

    public ClusterTable Clusters { get; }

    public RouteTable Routes { get; }

    public GatewayIdentity Identity { get; }

    public ExchangeServices Services { get; }

    public RecordingTransport Transport { get; }

    public Exchange Exchange { get; }

    /// <summary>The records of the requests that have ended.</summary>
    public List<RequestRecord> Records { get; } = [];

    /// <summary>What was written to the instance last opened, with the gateway's changing parts replaced by words.</summary>
    public string Sent => Steady(Transport.ToUpstream[^1]);

    /// <summary>The client sends; what the exchange does not take yet is kept, as transports keep it.</summary>
    public ExchangeRig Client(string bytes)
    {
        _clientRest = [.. _clientRest, .. Encoding.Latin1.GetBytes(bytes)];
        return Settle();
    }

    /// <summary>The instance sends.</summary>
    public ExchangeRig Upstream(string bytes)
    {
        Follow();
        _upstreamRest = [.. _upstreamRest, .. Encoding.Latin1.GetBytes(bytes)];
        if (Exchange.WantsUpstream)
        {
            var opened = Transport.Opened;
            var taken = Exchange.OnUpstreamBytes(_upstreamRest);
            if (Transport.Opened == opened)
            {
                _upstreamRest = Transport.HasUpstream ? _upstreamRest[taken..] : [];
            }
        }

        return Settle();
    }

    /// <summary>The second instance sends; what is left when it has taken the first one's place is the instance's.</summary>
    public ExchangeRig Hedge(string bytes)
    {
        var opened = Transport.Opened;
        _hedgeRest = [.. _hedgeRest, .. Encoding.Latin1.GetBytes(bytes)];
        _hedgeRest = _hedgeRest[Exchange.OnHedgeBytes(_hedgeRest)..];
        return Transport.Opened > opened ? Upstream(string.Empty) : Settle();
    }

    /// <summary>The connection asked for is there.</summary>
    public ExchangeRig Opened()
    {
        Exchange.OnUpstreamOpened();
        return Settle();
    }

    /// <summary>The connection asked for was refused.</summary>
    public ExchangeRig Refused()
    {
        Transport.LoseUpstream();
        Exchange.OnUpstreamFailed(new Failure(FailureReason.UpstreamConnectRefused));
        return Settle();
    }

    /// <summary>The instance's connection ends.</summary>
    public ExchangeRig UpstreamEnds(bool broken = false)
    {
        _upstreamRest = [];
        Exchange.OnUpstreamEnd(broken);
        return Settle();
    }

    /// <summary>The time of the present deadline passes.</summary>
    public ExchangeRig TimePasses()
    {
        Clock.Advance(Transport.Deadline);
        Services.Now = Clock.GetTimestamp();
        Exchange.OnDeadline();
        return Settle();
    }

    /// <summary>Takes up what was left over, and the records.</summary>
    public ExchangeRig Settle()
    {
        Follow();
        while (_clientRest.Length > 0 && Exchange.WantsClient)
        {
            var taken = Exchange.OnClientBytes(_clientRest);
            _clientRest = _clientRest[taken..];
            if (taken == 0)
            {
                break;
            }
        }

        while (_log.Lines.TryRead(out var record))
        {
            Records.Add(record);
        }

        return this;
    }

    // What is left over is a connection's, and goes with it.
    private void Follow()
    {
        if (Transport.Opened != _opened)
        {
            _opened = Transport.Opened;
            _upstreamRest = Transport.IsHedge ? _hedgeRest : [];
        }

        if (!Transport.HasUpstream)
        {
            _upstreamRest = [];
        }

        if (Transport.ToHedge is null)
        {
            _hedgeRest = [];
        }
    }

    /// <summary>Text without what differs from run to run.</summary>
    public string Steady(string text)
    {
        text = text.Replace(Identity.Pseudonym, "GATEWAY", StringComparison.Ordinal);
        var trace = text.IndexOf("traceparent: ", StringComparison.Ordinal);
        return trace < 0 ? text : text.Remove(trace + 13, 55).Insert(trace + 13, "TRACE");
    }
}
