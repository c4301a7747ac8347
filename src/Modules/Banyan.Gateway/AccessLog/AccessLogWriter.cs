using Banyan.Gateway.Failures;
using Banyan.Gateway.Retries;
using Banyan.Hosting;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.AccessLog;

/// <summary>Writes the lines, away from the requests' threads. Category <c>Banyan.Gateway.Access</c>, so that it can go elsewhere than the rest.</summary>
internal class AccessLogWriter(AccessLogQueue queue, ILoggerFactory logs, TimeProvider clock) : ModuleWorker
{
    public const string Category = "Banyan.Gateway.Access";

    private readonly ILogger _log = logs.CreateLogger(Category);

    public override string Name => "access-log";

    /// <summary>Writes what is still queued; for the end of the process.</summary>
    public void Flush()
    {
        while (queue.Lines.TryRead(out var record))
        {
            Write(record);
        }
    }

    protected override async Task RunAsync(CancellationToken cancellation)
    {
        await foreach (var record in queue.Lines.ReadAllAsync(cancellation))
        {
            Write(record);
        }
    }

    private void Write(RequestRecord record) => GatewayLog.Access(
        _log,
        record.Client?.ToString() ?? "-",
        record.Method,
        record.Host,
        record.Path,
        record.Protocol,
        record.Status,
        record.Reason == FailureReason.None ? "-" : FailureCatalog.Of(record.Reason).Code,
        record.Route?.Tag ?? "-",
        record.Endpoint is { } endpoint ? $"{endpoint.Id}@{endpoint.Address}" : "-",
        record.Retries,
        record.Hedge switch { HedgeOutcome.First => "first", HedgeOutcome.Second => "second", _ => "-" },
        record.BytesIn,
        record.BytesOut,
        record.HeadReceived == 0 ? 0 : clock.GetElapsedTime(record.Sent, record.HeadReceived).TotalMilliseconds,
        clock.GetElapsedTime(record.Began, record.Ended).TotalMilliseconds,
        record.TraceId);
}
