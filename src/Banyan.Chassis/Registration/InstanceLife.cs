using Banyan.Chassis.Health;
using Banyan.Contracts;
using Banyan.Contracts.Registry.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Banyan.Chassis.Registration;

/// <summary>
/// This instance's life in the registry.
/// <code>
///   server listens ──► register ──► heartbeat, heartbeat, … ──► drain ──► wait ──► server stops ──► deregister
///                         ▲  ▲             │   │
///                         │  └─ not found ─┘   └─ Banyan away: keep trying, serve on
///                         └──── away: try again
/// </code>
/// </summary>
internal sealed class InstanceLife(
    ChassisOptions options, PlatformLink link, AdvertisedAddress address, Readiness readiness, TimeProvider clock, ILogger<InstanceLife> log)
    : IHostedLifecycleService, IDisposable
{
    private const double Jitter = 0.1;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FarewellDeadline = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private readonly Random _random = new(Environment.ProcessId);
    private Task _life = Task.CompletedTask;
    private volatile bool _registered;
    private bool _away;

    private InstanceKey Key => new() { Domain = options.Domain, Service = options.Service, Id = options.Instance };

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Every hosted service has started: the server listens.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (address.Find() is { } found)
        {
            _life = LiveAsync(Request(found), _stop.Token);
        }
        else
        {
            log.NoPort();
        }

        return Task.CompletedTask;
    }

    /// <summary>Before anything stops: callers get time to hear of it.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.Leaving();
        if (!_registered)
        {
            return;
        }

        try
        {
            using var deadline = new CancellationTokenSource(FarewellDeadline, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            await link.Registrar.DrainAsync(new DrainRequest { Key = Key, Reason = "the instance stops" }, both.Token);
            log.Draining(options.DrainDelay.TotalSeconds);
            await Task.Delay(options.DrainDelay, clock, cancellationToken);
        }
        catch (Exception e) when (e is BanyanException or OperationCanceledException)
        {
            log.NotTold(e.Message);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After the server has finished what it had.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _life.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_registered)
        {
            return;
        }

        try
        {
            using var deadline = new CancellationTokenSource(FarewellDeadline, clock);
            await link.Registrar.DeregisterAsync(new DeregisterRequest { Key = Key, Reason = "the instance stopped" }, deadline.Token);
        }
        catch (Exception e) when (e is BanyanException or OperationCanceledException)
        {
            log.NotTold(e.Message);
        }
    }

    public void Dispose() => _stop.Dispose();

    private RegisterRequest Request((string Scheme, string Host, int Port) found)
    {
        var request = new RegisterRequest
        {
            Instance = new Instance
            {
                Domain = options.Domain,
                Service = options.Service,
                Id = options.Instance,
                Scheme = found.Scheme,
                Host = found.Host,
                Port = (uint)found.Port,
                Zone = options.Zone,
                Version = options.Version,
            },
            Ttl = Duration.FromTimeSpan(options.Ttl),
        };
        request.Instance.Metadata.Add(new Dictionary<string, string>(options.Metadata) { ["pid"] = $"{Environment.ProcessId}" });
        if (options.Check && found.Scheme == "http")
        {
            request.Check = new HealthCheck { Http = new HttpProbe { Path = "/readyz" } };
        }

        return request;
    }

    private async Task LiveAsync(RegisterRequest request, CancellationToken ct)
    {
        var retry = FirstRetry;
        var registered = false;
        while (true)
        {
            TimeSpan wait;
            try
            {
                if (!registered)
                {
                    await link.Registrar.RegisterAsync(request, ct);
                    registered = _registered = true;
                    log.Registered(options.Instance, options.Service!, options.Domain, request.Instance.Host, (int)request.Instance.Port);
                }
                else
                {
                    await link.Registrar.HeartbeatAsync(new HeartbeatRequest { Key = Key }, ct);
                }

                NoteBack();
                retry = FirstRetry;
                wait = options.Ttl / 3;
            }
            catch (BanyanException e) when (registered && e.Error.Kind == ErrorKind.NotFound)
            {
                // Banyan has forgotten this instance: a new store, or it was removed while the network was cut.
                registered = false;
                continue;
            }
            catch (BanyanException e)
            {
                NoteAway(e);

                // A registered instance keeps its beat, so that many of them do not come back at the same moment.
                wait = registered && retry > options.Ttl / 3 ? options.Ttl / 3 : retry;
                retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
            }

            await Task.Delay(wait * (1 - Jitter + (2 * Jitter * _random.NextDouble())), clock, ct);
        }
    }

    private void NoteAway(BanyanException error)
    {
        if (_away)
        {
            return;
        }

        _away = true;
        if (error.Error.Kind is ErrorKind.Unavailable or ErrorKind.Timeout)
        {
            log.Away(error.Message);
        }
        else
        {
            log.Refused(error.Message);
        }
    }

    private void NoteBack()
    {
        if (_away)
        {
            _away = false;
            log.Back();
        }
    }
}
