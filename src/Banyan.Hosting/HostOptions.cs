namespace Banyan.Hosting;

/// <summary>Settings of the whole process: section <c>host</c>.</summary>
public sealed class HostOptions
{
    /// <summary>Which modules run here: <c>all</c> or a comma list of names.</summary>
    public string Target { get; init; } = "all";

    /// <summary>Where the HTTP API listens, HTTP/1.1. Default 127.0.0.1:7400.</summary>
    public ListenAddress Http { get; init; } = new("127.0.0.1", 7400);

    /// <summary>Where the contracts listen, gRPC over HTTP/2 without TLS. Default 127.0.0.1:7401.</summary>
    public ListenAddress Grpc { get; init; } = new("127.0.0.1", 7401);

    /// <summary>The data directory, as a full path. Default <c>~/.banyan</c>.</summary>
    public string Data
    {
        get;
        init => field = DataDirectory.Resolve(value);
    } = DataDirectory.Default;

    /// <summary>File with the token this process shows to processes it takes contracts from. Default <c>admin.token</c> in the data directory.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Form of the log: <c>text</c> (one line an event) or <c>json</c> (one object a line).</summary>
    public LogForm Log { get; init; } = LogForm.Text;

    /// <summary>The least level that is logged. Default information.</summary>
    public Microsoft.Extensions.Logging.LogLevel LogLevel { get; init; } = Microsoft.Extensions.Logging.LogLevel.Information;

    /// <summary>How long one module may take to start. Default 60 s.</summary>
    public TimeSpan StartDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one module may take to stop; longer than what modules themselves give their requests. Default 20 s.</summary>
    public TimeSpan StopDeadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the process reports not-ready before it stops, so that callers turn away first. Default 0 s.</summary>
    public TimeSpan DrainDelay { get; init; }
}
