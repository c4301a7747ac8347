using Banyan.Contracts;
using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Banyan.Hosting;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Sidecars;

/// <summary>The sidecar's inbound address as an instance in the registry, from the moment it is served until it is not.</summary>
internal sealed class SidecarRegistration(SidecarOptions options, IInstanceRegistrar registrar, TimeProvider clock, ILogger<SidecarRegistration> log) : IInstanceLeaseListener, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private InstanceLease? _lease;
    private ListenAddress? _address;
    private string _id = string.Empty;
    private Task _kept = Task.CompletedTask;

    /// <summary>Begins to register, if the sidecar is to.</summary>
    /// <param name="inbound">Where requests are taken; null = nowhere.</param>
    public void Begin(Uri? inbound)
    {
        if (inbound is null || !options.Register)
        {
            return;
        }

        _address = options.Advertise ?? new ListenAddress(inbound.Host.Trim('[', ']'), inbound.Port);
        _id = options.Instance ?? $"{MachineNames.Own}-{_address.Port}";
        _lease = new InstanceLease(registrar, Request(_address), this, clock, new Random(Environment.ProcessId));
        _kept = _lease.KeepAsync(_stop.Token);
    }

    /// <summary>Tells callers that the instance leaves, and gives them time to hear of it.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        if (_lease is { } lease && await lease.DrainAsync("the sidecar stops", cancellation))
        {
            SidecarLog.Draining(log, options.DrainDelay);
            await Task.Delay(options.DrainDelay, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Takes the instance out of the registry, once no request is served any more.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _kept.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_lease is { } lease)
        {
            await lease.DeregisterAsync("the sidecar stopped", CancellationToken.None);
        }
    }

    public void Dispose() => _stop.Dispose();

    void IInstanceLeaseListener.OnRegistered() => SidecarLog.Registered(log, _id, options.Own, _address!);

    void IInstanceLeaseListener.OnAway(BanyanException error) => SidecarLog.Away(log, error.Message);

    void IInstanceLeaseListener.OnBack() => SidecarLog.Back(log);

    void IInstanceLeaseListener.OnNotTold(string problem) => SidecarLog.NotTold(log, problem);

    private RegisterRequest Request(ListenAddress address)
    {
        var request = new RegisterRequest
        {
            Instance = new Instance
            {
                Domain = options.Own.Domain,
                Service = options.Own.Service,
                Id = _id,
                Scheme = "http",
                Host = address.Host == "localhost" ? "127.0.0.1" : address.Host,
                Port = (uint)address.Port,
                Zone = options.Zone,
            },
            Ttl = Duration.FromTimeSpan(options.Ttl),
        };
        request.Instance.Metadata.Add("registered-by", "banyan sidecar");
        if (options.Check is { } path)
        {
            request.Check = new HealthCheck { Http = new HttpProbe { Path = path } };
        }

        return request;
    }
}
