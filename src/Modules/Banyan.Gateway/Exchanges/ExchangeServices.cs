using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Routing;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Exchanges;

/// <summary>What the exchanges of one loop share: the tables everybody reads, and tools that only this loop's thread uses.</summary>
internal sealed class ExchangeServices
{
    private readonly RequestHead _requestHead = new();
    private readonly ResponseHead _responseHead = new();
    private Exchange? _requestOf;
    private Exchange? _responseOf;

    public ExchangeServices(EngineOptions options, RouteTable routes, ClusterTable clusters, GatewayIdentity identity, ExchangeJournal journal, TimeProvider clock, Random random)
    {
        Traces = new TraceIds(random);
        Routes = new RouteFinder(routes, options, identity, Traces);
        Options = options;
        Clusters = clusters;
        Journal = journal;
        Clock = clock;
        Limits = new HeadLimits { MaxStartLineBytes = options.MaxRequestLine, MaxHeadBytes = options.MaxHead, MaxFields = options.MaxFields };
        Date = new DateField(clock);
        Requests = new RequestWriter(options, identity, Traces);
        Answers = new AnswerWriter(Date);
        Admission = new Admission(identity);
        Now = clock.GetTimestamp();
    }

    public EngineOptions Options { get; }

    public ClusterTable Clusters { get; }

    public ExchangeJournal Journal { get; }

    public TimeProvider Clock { get; }

    /// <summary>A timestamp of the clock, taken once a turn of the loop.</summary>
    public long Now { get; set; }

    /// <summary><see cref="Now"/> in the unit of balancing and limits.</summary>
    public long NowTicks => Clock.FromTimestamp(Now);

    public HeadLimits Limits { get; }

    public ChunkLimits ChunkLimits { get; } = ChunkLimits.Default;

    public HeadBlocks Blocks { get; } = new(most: 1024);

    public TraceIds Traces { get; }

    public DateField Date { get; }

    public RouteFinder Routes { get; }

    /// <summary>The failure that is told when no connection to an instance can be opened; as it is, unless whoever runs the exchanges knows more of the instance.</summary>
    public Func<Failure, Failure> Unreached { get; init; } = static failure => failure;

    public RequestWriter Requests { get; }

    public AnswerWriter Answers { get; }

    public Admission Admission { get; }

    /// <summary>Who copies requests for mirrors; null where nobody does.</summary>
    public IRequestCopies? Copies { get; set; }

    /// <summary>For the head of a second instance's answer; used up within one call.</summary>
    public ResponseHead HedgeHead { get; } = new();

    /// <summary>Where the decoder of chunks puts trailers.</summary>
    public FieldTable Trailers { get; } = new();

    /// <summary>For heads on their way out; used up within one call.</summary>
    public byte[] Scratch { get; } = GC.AllocateUninitializedArray<byte>(64 * 1024);

    /// <summary>The parsed head of this exchange; it begins anew when another exchange has had it meanwhile.</summary>
    public RequestHead RequestHeadOf(Exchange exchange)
    {
        if (!ReferenceEquals(_requestOf, exchange))
        {
            _requestOf = exchange;
            _requestHead.Reset();
        }

        return _requestHead;
    }

    /// <summary>The parsed head of the answer to this exchange.</summary>
    public ResponseHead ResponseHeadOf(Exchange exchange)
    {
        if (!ReferenceEquals(_responseOf, exchange))
        {
            _responseOf = exchange;
            _responseHead.Reset();
        }

        return _responseHead;
    }

    /// <summary>What this exchange has read in part is no longer wanted.</summary>
    public void Forget(Exchange exchange)
    {
        _requestOf = ReferenceEquals(_requestOf, exchange) ? null : _requestOf;
        _responseOf = ReferenceEquals(_responseOf, exchange) ? null : _responseOf;
    }
}
