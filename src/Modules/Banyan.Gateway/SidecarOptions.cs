using Banyan.Gateway.Clusters;
using Banyan.Gateway.Sidecars;
using Banyan.Hosting;
using Banyan.Hosting.Settings;
using Banyan.Resources;

namespace Banyan.Gateway;

/// <summary>The sidecar's settings; section <c>sidecar</c> of the configuration.</summary>
public sealed class SidecarOptions : EngineOptions
{
    /// <summary>One loop: a sidecar serves one program, and shares its machine with it.</summary>
    public SidecarOptions() => Loops = 1;

    /// <summary>Whose sidecar this is: <c>SERVICE</c> or <c>SERVICE.DOMAIN</c>. Needed with <see cref="Inbound"/>. Without a domain it is <c>default</c>.</summary>
    public string? Service { get; set; }

    /// <summary>Where the program calls other services as through an HTTP proxy, by their names. Each may be a Unix socket (mode 0660).</summary>
    public ListenAddress[] Outbound { get; set; } = [new("127.0.0.1", 15001)];

    /// <summary>Ports that each lead to one service whatever <c>Host</c> says: <c>PORT=SERVICE</c>, <c>PORT=SERVICE.DOMAIN</c>, <c>HOST:PORT=…</c> or <c>unix:/path=…</c>.</summary>
    public string[] Ports { get; set; } = [];

    /// <summary>Where others call the program. Unset = nowhere.</summary>
    public ListenAddress? Inbound { get; set; }

    /// <summary>The program behind <see cref="Inbound"/>: <c>HOST:PORT</c> or <c>unix:/path</c>, in HTTP/1.1.</summary>
    public ListenAddress App { get; set; } = new("127.0.0.1", 5000);

    /// <summary>True: with <see cref="Inbound"/>, the sidecar registers it as an instance of the service, and takes it out again when it stops.</summary>
    public bool Register { get; set; } = true;

    /// <summary>The instance's name, unique in the service. Unset = the machine's name and the inbound port, so that a restart is the same instance.</summary>
    public string? Instance { get; set; }

    /// <summary>What callers connect to, <c>HOST:PORT</c>. Unset = <see cref="Inbound"/>, which must then name an address.</summary>
    public ListenAddress? Advertise { get; set; }

    /// <summary>A path of the program that answers 2xx while it is well; the registry asks for it through the sidecar. Unset = heartbeats alone.</summary>
    public string? Check { get; set; }

    /// <summary>Time without heartbeat after which the instance counts as lost; at least 1 s.</summary>
    public TimeSpan Ttl { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Time between telling the registry that the instance leaves and taking no more requests, so that callers have heard of it.</summary>
    public TimeSpan DrainDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The server's HTTP API, from which policies come.</summary>
    public Uri Server { get; set; } = new("http://127.0.0.1:7400");

    /// <summary>True: services of all domains can be called, as <c>SERVICE.DOMAIN</c>. Needs a reader's or an administrator's token; a service's reads its own domain.</summary>
    public bool AllDomains { get; set; }

    /// <summary>The service as a name; <c>default</c> is its domain, and it is empty when unset.</summary>
    internal ServiceName Own => Service is { } text && TryParseService(text, "default", out var name) ? name : new ServiceName("default", string.Empty);

    /// <summary>Reads <c>SERVICE</c> or <c>SERVICE.DOMAIN</c>.</summary>
    internal static bool TryParseService(string text, string domain, out ServiceName name)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        name = dot < 0 ? new ServiceName(domain, text) : new ServiceName(text[(dot + 1)..], text[..dot]);
        return ResourceNames.Problem(name.Service, "Service name") is null && ResourceNames.Problem(name.Domain, "Domain name") is null;
    }

    /// <summary>The checks that types alone do not make.</summary>
    internal static void Validate(SidecarOptions options, OptionFaults faults)
    {
        ValidateEngine(options, faults);
        if (options.Service is { } service && !TryParseService(service, "default", out _))
        {
            faults.Add("service", $"'{service}' is not a service; write SERVICE or SERVICE.DOMAIN, for example pets or pets.shop");
        }

        foreach (var text in options.Ports.Where(p => !PortRule.TryParse(p, options.Own.Domain, out _)))
        {
            faults.Add("ports", $"'{text}' is not PORT=SERVICE; write for example 9001=pets or 9001=pets.shop");
        }

        if (options.Outbound.Length == 0 && options.Ports.Length == 0 && options.Inbound is null)
        {
            faults.Add("outbound", "nothing is listened on; set at least one of outbound, ports and inbound");
        }

        if (options.Ttl < TimeSpan.FromSeconds(1) || options.Ttl > TimeSpan.FromHours(1))
        {
            faults.Add("ttl", "the time must be between 1s and 1h");
        }

        if (options.DrainDelay < TimeSpan.Zero || options.DrainDelay > TimeSpan.FromMinutes(1))
        {
            faults.Add("drainDelay", "the time must be between 0s and 1m");
        }

        if (options.Server.Scheme is not ("http" or "https"))
        {
            faults.Add("server", "the value must be the address of the server's HTTP API, such as http://127.0.0.1:7400");
        }

        ValidateInbound(options, faults);
    }

    private static void ValidateInbound(SidecarOptions options, OptionFaults faults)
    {
        if (options.Inbound is not { } inbound)
        {
            return;
        }

        if (options.Service is null)
        {
            faults.Add("service", "it must be known whose inbound requests these are; set it to SERVICE or SERVICE.DOMAIN");
        }

        if (options.App == inbound || options.App is { UnixPath: null, Port: 0 })
        {
            faults.Add("app", "it must be where the program itself listens, HOST:PORT or unix:/path, and not the sidecar's own address");
        }

        if (options.Register && options.Advertise is null && (inbound.UnixPath is not null || inbound.Host is "*" or "0.0.0.0" or "::"))
        {
            faults.Add("advertise", $"callers cannot connect to {inbound}; set it to the HOST:PORT under which they reach this sidecar, or set register to false");
        }

        if (options.Advertise is { } advertised && (advertised.UnixPath is not null || advertised.Host is "*" or "0.0.0.0" or "::" || advertised.Port == 0))
        {
            faults.Add("advertise", "callers need one address with a port: HOST:PORT");
        }

        if (options.Check is { } path && !path.StartsWith('/'))
        {
            faults.Add("check", $"'{path}' is not a path; write for example /healthz");
        }
    }
}
