using Banyan.Chassis.Health;
using Banyan.Contracts;
using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Banyan.Chassis.Registration;

/// <summary>
/// This instance's life in the registry.
/// <code>
///   server listens ──► lease (register, heartbeat, …) ──► drain ──► wait ──► server stops ──► deregister
/// </code>
/// </summary>
internal sealed class InstanceLife(
    ChassisOptions options, PlatformLink link, AdvertisedAddress address, Readiness readiness, TimeProvider clock, ILogger<InstanceLife> log)
    : IHostedLifecycleService, IInstanceLeaseListener, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _life = Task.CompletedTask;
    private RegisterRequest? _request;
    private InstanceLease? _lease;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Every hosted service has started: the server listens.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (address.Find() is { } found)
        {
            _request = Request(found);
            _lease = new InstanceLease(link.Registrar, _request, this, clock, new Random(Environment.ProcessId));
            _life = _lease.KeepAsync(_stop.Token);
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
        if (_lease is not { } lease || !await lease.DrainAsync("the instance stops", cancellationToken))
        {
            return;
        }

        log.Draining(options.DrainDelay.TotalSeconds);
        await Task.Delay(options.DrainDelay, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After the server has finished what it had.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _life.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_lease is { } lease)
        {
            await lease.DeregisterAsync("the instance stopped", CancellationToken.None);
        }
    }

    public void Dispose() => _stop.Dispose();

    void IInstanceLeaseListener.OnRegistered() =>
        log.Registered(options.Instance, options.Service!, options.Domain, _request!.Instance.Host, (int)_request.Instance.Port);

    void IInstanceLeaseListener.OnAway(BanyanException error)
    {
        if (error.Error.Kind is ErrorKind.Unavailable or ErrorKind.Timeout)
        {
            log.Away(error.Message);
        }
        else
        {
            log.Refused(error.Message);
        }
    }

    void IInstanceLeaseListener.OnBack() => log.Back();

    void IInstanceLeaseListener.OnNotTold(string problem) => log.NotTold(problem);

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
}
