using System.Threading.Channels;
using Banyan.Gateway.Failures;

namespace Banyan.Gateway.AccessLog;

/// <summary>Between requests and the log: bounded, never waits. What does not fit is dropped and counted.</summary>
internal sealed class AccessLogQueue(EngineOptions options, GatewayMetrics metrics)
{
    private const int Capacity = 4096;

    private readonly Channel<RequestRecord> _lines =
        Channel.CreateBounded<RequestRecord>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private long _seen;
    private long _dropped;

    /// <summary>What the writer takes from.</summary>
    public ChannelReader<RequestRecord> Lines => _lines.Reader;

    /// <summary>Lines lost since the process started.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>True when a request that ended like this is to be logged. Each call counts as one request.</summary>
    public bool Wants(FailureReason reason) => options.AccessLog switch
    {
        AccessLogMode.Off => false,
        AccessLogMode.All => true,
        AccessLogMode.Failures => reason != FailureReason.None,
        _ => reason != FailureReason.None || Interlocked.Increment(ref _seen) % options.AccessLogEvery == 0,
    };

    /// <summary>Takes a finished request that <see cref="Wants"/> said yes to. The record must not change any more.</summary>
    public void Write(RequestRecord record)
    {
        if (!_lines.Writer.TryWrite(record))
        {
            Interlocked.Increment(ref _dropped);
            metrics.AccessLogDropped();
        }
    }
}
