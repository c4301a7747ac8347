using System.Globalization;
using System.Security.Cryptography;
using Banyan.Contracts.Registry.V1;
using Banyan.Gateway.AccessLog;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Kinds;
using Banyan.Gateway.Policies;
using Banyan.Gateway.Routing;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Sidecars;

/// <summary>
/// What the sidecar of one program knows: the services it may call, the program itself, and the faces that lead to them.
/// <code>
///   program ──▶ outbound (by name), ports (one service each) ──▶ Clusters ──▶ instances of other services
///   others  ──▶ inbound ─────────────────────────────────────▶ App      ──▶ program
/// </code>
/// Nothing is shared with a gateway of the same process: each has clusters and counters of its own.
/// </summary>
internal sealed class Sidecar : IDisposable
{
    private readonly SidecarOptions _options;
    private readonly Dictionary<ServiceName, RouteEntry> _named = [];
    private readonly Lock _naming = new();
    private readonly SidecarFace[] _outbound;
    private volatile bool _synced;

    public Sidecar(SidecarOptions options, TimeProvider clock, ILogger<ClusterTable> log)
    {
        _options = options;
        var context = new ClusterContext(clock, options.Zone, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))), log);
        Clusters = new ClusterTable(context);
        App = new ClusterTable(context);
        AccessLog = new AccessLogQueue(options, Metrics);
        _outbound = [.. options.Outbound.Select(a => new SidecarFace("outbound", "sidecar.outbound", a, Clusters, options) { Unrouted = Unknown })];
        Faces = [.. _outbound, .. options.Ports.Select(Port), .. options.Inbound is null ? [] : new[] { Inbound() }];
        NameServices();
    }

    /// <summary>Other services.</summary>
    public ClusterTable Clusters { get; }

    /// <summary>The own service, with the program behind this sidecar as its one instance.</summary>
    public ClusterTable App { get; }

    public IReadOnlyList<SidecarFace> Faces { get; }

    public GatewayMetrics Metrics { get; } = new("sidecar");

    public AccessLogQueue AccessLog { get; }

    /// <summary>Null once the list of instances has been read and its services can be called, for callers; at once for a sidecar that calls nobody.</summary>
    public string? NotReadyBecause =>
        _synced || Faces.All(f => f.Clusters != Clusters) ? null : "the list of instances has not come from the registry yet";

    /// <summary>Makes every service there is known by its name. Cheap when none has come.</summary>
    public void NameServices()
    {
        lock (_naming)
        {
            // Read first: what is named below is then the whole list.
            var synced = Clusters.Synced;
            var before = _named.Count;
            foreach (var cluster in Clusters.All)
            {
                if (!_named.ContainsKey(cluster.Name))
                {
                    _named.Add(cluster.Name, Named(cluster.Name));
                }
            }

            if (_named.Count > before || before == 0)
            {
                foreach (var face in _outbound)
                {
                    face.Routes.Replace(_named.Values);
                }
            }

            _synced = synced;
        }
    }

    /// <summary>Puts a service's settings into force on its way out and, for the own one, on its way in.</summary>
    public void Use(ServiceName service, TrafficSettings settings)
    {
        // A limit that gateways share is divided through the store, which a sidecar does not reach: here it holds whole.
        var own = settings with { RateLimits = [.. settings.RateLimits.Select(l => l with { Shared = false })] };
        Clusters.Get(service).Use(own);
        if (service == _options.Own)
        {
            App.Get(service).Use(own);
        }
    }

    public void Dispose() => Metrics.Dispose();

    private static RouteEntry To(string face, ServiceName service, IReadOnlyList<string>? hosts = null) =>
        new(new RouteName(face, service.ToString()), new RouteSpec { Hosts = hosts, Service = new RouteService { Domain = service.Domain, Name = service.Service } });

    private RouteEntry Named(ServiceName service)
    {
        var whole = $"{service.Service}.{service.Domain}";
        return To("outbound", service, service.Domain == _options.Own.Domain ? [service.Service, whole] : [whole]);
    }

    private SidecarFace Port(string text)
    {
        PortRule.TryParse(text, _options.Own.Domain, out var rule);
        var name = string.Create(CultureInfo.InvariantCulture, $"port-{rule!.Address.UnixPath ?? rule.Address.Port.ToString(CultureInfo.InvariantCulture)}");
        var face = new SidecarFace(name, "sidecar.ports", rule.Address, Clusters, _options);
        face.Routes.Replace([To(name, rule.Service)]);
        return face;
    }

    private SidecarFace Inbound()
    {
        var app = _options.App;
        var instance = new Instance
        {
            Domain = _options.Own.Domain,
            Service = _options.Own.Service,
            Id = "app",
            Host = app.UnixPath is null ? app.EndPoint.Address.ToString() : app.Host,
            Port = (uint)app.Port,
            Scheme = "http",
            State = InstanceState.Up,
        };
        App.Apply(new WatchResponse { Reset = true, Changed = { instance } });
        var face = new SidecarFace("inbound", "sidecar.inbound", _options.Inbound!, App, _options) { Unreached = AppNotUp };
        face.Routes.Replace([To("inbound", _options.Own)]);
        return face;
    }

    private Failure AppNotUp(Failure failure) => failure.Reason is FailureReason.UpstreamConnectRefused or FailureReason.UpstreamConnectFailed or FailureReason.UpstreamConnectTimedOut
        ? new Failure(FailureReason.AppNotUp, $"The program of service '{_options.Own}' does not accept connections at {_options.App}. Start it there, or set sidecar.app to where it listens.")
        : failure;

    private Failure Unknown(string host)
    {
        if (!_synced)
        {
            return new Failure(FailureReason.GatewayNoInstanceList, "The registry's list of instances has not arrived yet. Try again.");
        }

        var asked = host.Length == 0 ? "none" : $"'{WithoutPort(host)}'";
        var hint = _options.AllDomains
            ? "Write SERVICE.DOMAIN, or SERVICE for one of the sidecar's own domain"
            : $"This sidecar knows domain '{_options.Own.Domain}' alone (sidecar.allDomains)";
        return new Failure(
            FailureReason.UnknownService,
            $"The service asked for is {asked}, and no instance has registered under this name. {hint}; 'banyan get services' lists what there is.");
    }

    private static string WithoutPort(string host)
    {
        var colon = host.LastIndexOf(':');
        return colon > 0 && !host.EndsWith(']') ? host[..colon] : host;
    }
}
