using Banyan.Contracts.Registry.V1;

namespace Banyan.Registry.Health;

/// <summary>How a check looks at an instance.</summary>
internal enum ProbeKind
{
    Http,
    Tcp,
    Grpc,
}

/// <summary>An active check with every default filled in. Immutable; equal plans are interchangeable.</summary>
/// <param name="Probe">How to look.</param>
/// <param name="Target">HTTP: the path. gRPC: the service name asked for. TCP: empty.</param>
/// <param name="MinStatus">HTTP: lowest passing status.</param>
/// <param name="MaxStatus">HTTP: highest passing status.</param>
/// <param name="Interval">From the end of one check to the start of the next, before jitter.</param>
/// <param name="Timeout">One check's limit; always less than the interval.</param>
/// <param name="Rise">Passes in a row before Up, once the instance has been Up before.</param>
/// <param name="Fall">Failures in a row before Down.</param>
internal sealed record CheckPlan(ProbeKind Probe, string Target, int MinStatus, int MaxStatus, TimeSpan Interval, TimeSpan Timeout, int Rise, int Fall)
{
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(2);

    /// <summary>What an instance gets that names neither a check nor a lease.</summary>
    public static readonly CheckPlan DefaultTcp = new(ProbeKind.Tcp, string.Empty, 0, 0, DefaultInterval, DefaultTimeout, 2, 3);

    /// <summary>
    /// What a silent instance gets that has no check of its own while its cohort is kept: only a refused connection counts, since the registry may be the one
    /// that is cut off.
    /// </summary>
    public static readonly CheckPlan Doubt = new(ProbeKind.Tcp, string.Empty, 0, 0, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(900), 1, 2);

    /// <summary>Reads a check from the wire; null gives null.</summary>
    public static CheckPlan? Of(HealthCheck? check)
    {
        if (check is null || check.ProbeCase == HealthCheck.ProbeOneofCase.None)
        {
            return null;
        }

        var interval = check.Interval?.ToTimeSpan() ?? DefaultInterval;
        var timeout = check.Timeout?.ToTimeSpan() ?? DefaultTimeout;
        if (timeout >= interval)
        {
            // Only the default can be too long here (a given one is refused): a short interval shortens it.
            timeout = interval * 0.8;
        }

        var (probe, target, min, max) = check.ProbeCase switch
        {
            HealthCheck.ProbeOneofCase.Http => (
                ProbeKind.Http,
                check.Http.Path.Length == 0 ? "/healthz" : check.Http.Path,
                check.Http.MinStatus == 0 ? 200 : (int)check.Http.MinStatus,
                check.Http.MaxStatus == 0 ? 399 : (int)check.Http.MaxStatus),
            HealthCheck.ProbeOneofCase.Grpc => (ProbeKind.Grpc, check.Grpc.Service, 0, 0),
            _ => (ProbeKind.Tcp, string.Empty, 0, 0),
        };
        return new CheckPlan(probe, target, min, max, interval, timeout, check.Rise == 0 ? 2 : (int)check.Rise, check.Fall == 0 ? 3 : (int)check.Fall);
    }
}
