using System.Net;
using System.Text;
using Banyan.Gateway.Handovers;
using Banyan.Hosting;
using Banyan.Hosting.Settings;

namespace Banyan.Gateway;

/// <summary>The gateway's settings that need a restart; section <c>gateway</c> of the configuration.</summary>
public sealed class GatewayOptions
{
    /// <summary>Where clients connect over HTTP/1.1; port 0 = any free port. <c>unix:/path</c> is a socket for programs of this user and group (mode 0660).</summary>
    public ListenAddress Http { get; set; } = new("127.0.0.1", 8080);

    /// <summary>Where clients connect over HTTP/2 without TLS (prior knowledge, as gRPC does). Unset = nowhere.</summary>
    public ListenAddress? Http2 { get; set; }

    /// <summary>Where clients connect over TLS, with HTTP/2 or HTTP/1.1 by ALPN. Unset = nowhere. Certificates are resources of the kind <c>Certificate</c>.</summary>
    public ListenAddress? Https { get; set; }

    /// <summary>True: clients of <see cref="Https"/> are offered HTTP/2. False: HTTP/1.1 only.</summary>
    public bool HttpsHttp2 { get; set; } = true;

    /// <summary>A certificate from files, for starting without resources: PEM, the server's own first. Used for names no resource serves. Read again when it changes.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>The private key of <see cref="CertificateFile"/>: PEM, not encrypted.</summary>
    public string? PrivateKeyFile { get; set; }

    /// <summary>The oldest version of TLS spoken: <c>1.2</c> or <c>1.3</c>.</summary>
    public string TlsMinimum { get; set; } = "1.2";

    /// <summary>What a client gets that asks for a name without a certificate, or for none.</summary>
    public UnknownTlsName TlsUnknownName { get; set; } = UnknownTlsName.Default;

    /// <summary>How long a TLS handshake may take.</summary>
    public TimeSpan TlsHandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether clients show a certificate.</summary>
    public ClientCertificates HttpsClientCertificates { get; set; } = ClientCertificates.None;

    /// <summary>PEM file of the authorities whose client certificates are accepted.</summary>
    public string? ClientCa { get; set; }

    /// <summary>What moves the bytes of all ports, and to instances.</summary>
    public GatewayTransport Transport { get; set; } = GatewayTransport.Auto;

    /// <summary>How many loops serve all ports; 0 = one a processor.</summary>
    public int Loops { get; set; }

    /// <summary>How long the head of a request may take from its first byte.</summary>
    public TimeSpan RequestHeadTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client's connection may stay without a request.</summary>
    public TimeSpan ClientIdleTimeout { get; set; } = TimeSpan.FromSeconds(75);

    /// <summary>How long a client may take nothing of an answer that waits for it.</summary>
    public TimeSpan ClientReadTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The least rate of a request's body that trickles in, in bytes a second over five seconds; 0 = any.</summary>
    public int RequestMinimumRate { get; set; } = 240;

    /// <summary>The longest first line of a request, in bytes; longer ones get 414.</summary>
    public int MaxRequestLine { get; set; } = 8 * 1024;

    /// <summary>The longest head of a request or an answer, in bytes; longer requests get 431.</summary>
    public int MaxHead { get; set; } = 32 * 1024;

    /// <summary>The most fields of a request or an answer.</summary>
    public int MaxFields { get; set; } = 100;

    /// <summary>The most connections of clients at one time; 0 = no limit. What is above it is closed at once.</summary>
    public int MaxConnections { get; set; }

    /// <summary>The most connections of one client address at one time; 0 = no limit.</summary>
    public int MaxConnectionsPerClient { get; set; }

    /// <summary>The most requests a client's connection serves before it is closed in order; 0 = no limit.</summary>
    public int MaxRequestsPerConnection { get; set; }

    /// <summary>How long opening a connection to an instance may take before another is tried.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an instance may take from the end of the request to the head of its answer, for routes without a timeout of their own.</summary>
    public TimeSpan ResponseHeaderTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a request's body may stand still.</summary>
    public TimeSpan RequestIdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an answer's body may stand still. Event streams must send something (a comment is enough) within it.</summary>
    public TimeSpan ResponseIdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a WebSocket or another upgraded connection may stand still in both directions.</summary>
    public TimeSpan TunnelIdleTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long an unused connection to an instance is kept; shorter than what the services themselves keep.</summary>
    public TimeSpan UpstreamIdleTimeout { get; set; } = TimeSpan.FromSeconds(55);

    /// <summary>How long a connection to an instance is used at most, so that changes behind its name are noticed.</summary>
    public TimeSpan UpstreamMaxAge { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The most unused connections kept to one instance by one event loop.</summary>
    public int UpstreamMaxIdle { get; set; } = 256;

    /// <summary>
    /// Path of a Unix socket over which a gateway that starts takes the listeners of the one that runs, so that a restart refuses no connection. Unset = off. Needs
    /// loops over epoll.
    /// </summary>
    public string? Handover { get; set; }

    /// <summary>How long a stop waits for requests that still run.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Networks (CIDR) of proxies in front whose <c>X-Forwarded-*</c> is believed. From everybody else these fields are replaced.</summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>True: <c>Via</c> is written. Without it loops are not noticed.</summary>
    public bool AddVia { get; set; } = true;

    /// <summary>True: <c>%2F</c> and <c>%5C</c> are let through, escaped. Off by default, because services differ in what they take them for.</summary>
    public bool AllowEncodedSlash { get; set; }

    /// <summary>The zone this gateway runs in, as instances write theirs. Its own zone's instances are preferred. Empty = zones make no difference.</summary>
    public string Zone { get; set; } = string.Empty;

    /// <summary>Which requests get a line in the access log.</summary>
    public AccessLogMode AccessLog { get; set; } = AccessLogMode.Failures;

    /// <summary>With <see cref="AccessLog"/> = <c>sampled</c>: every how many requests.</summary>
    public int AccessLogEvery { get; set; } = 100;

    /// <summary>The checks that types alone do not make.</summary>
    internal static void Validate(GatewayOptions options, OptionFaults faults)
    {
        foreach (var (name, time) in new[]
        {
            ("connectTimeout", options.ConnectTimeout),
            ("responseHeaderTimeout", options.ResponseHeaderTimeout),
            ("requestIdleTimeout", options.RequestIdleTimeout),
            ("responseIdleTimeout", options.ResponseIdleTimeout),
            ("tunnelIdleTimeout", options.TunnelIdleTimeout),
            ("upstreamIdleTimeout", options.UpstreamIdleTimeout),
            ("tlsHandshakeTimeout", options.TlsHandshakeTimeout),
            ("upstreamMaxAge", options.UpstreamMaxAge),
            ("requestHeadTimeout", options.RequestHeadTimeout),
            ("clientIdleTimeout", options.ClientIdleTimeout),
            ("clientReadTimeout", options.ClientReadTimeout),
        })
        {
            if (time <= TimeSpan.Zero || time > TimeSpan.FromDays(1))
            {
                faults.Add(name, "the time must be above zero and at most 24h");
            }
        }

        if (options.DrainTimeout < TimeSpan.Zero || options.DrainTimeout > TimeSpan.FromDays(1))
        {
            faults.Add("drainTimeout", "the time must be at most 24h; 0s cuts at once");
        }

        foreach (var (name, number, least, most) in new[]
        {
            ("loops", options.Loops, 0, 1024),
            ("requestMinimumRate", options.RequestMinimumRate, 0, 1 << 20),
            ("maxRequestLine", options.MaxRequestLine, 64, 32 * 1024),
            ("maxHead", options.MaxHead, 256, 48 * 1024),
            ("maxFields", options.MaxFields, 8, 1000),
            ("maxConnections", options.MaxConnections, 0, int.MaxValue),
            ("maxConnectionsPerClient", options.MaxConnectionsPerClient, 0, int.MaxValue),
            ("maxRequestsPerConnection", options.MaxRequestsPerConnection, 0, int.MaxValue),
            ("upstreamMaxIdle", options.UpstreamMaxIdle, 1, 1 << 20),
        })
        {
            if (number < least || number > most)
            {
                faults.Add(name, $"the number must be between {least} and {most}");
            }
        }

        foreach (var network in options.TrustedProxies.Where(n => !IPNetwork.TryParse(n, out _)))
        {
            faults.Add("trustedProxies", $"'{network}' is not a network; write for example 10.0.0.0/8 or 192.0.2.7/32");
        }

        if (options.AccessLogEvery < 1)
        {
            faults.Add("accessLogEvery", "the number must be at least 1");
        }

        if (options.Https?.UnixPath is not null)
        {
            faults.Add("https", "a Unix socket needs no TLS; write HOST:PORT, or set gateway.http to the socket");
        }

        ValidateTls(options, faults);
        ValidateHandover(options, faults);
    }

    private static void ValidateHandover(GatewayOptions options, OptionFaults faults)
    {
        if (options.Handover is not { } path)
        {
            return;
        }

        if (path.Length == 0 || Encoding.UTF8.GetByteCount(path) > HandoverPort.MaxPathBytes)
        {
            faults.Add("handover", $"'{path}' cannot be the path of a Unix socket here; write one of 1 to {HandoverPort.MaxPathBytes} bytes");
        }

        if (options.Transport == GatewayTransport.Framework)
        {
            faults.Add("handover", "the framework's sockets are not handed over; leave gateway.transport at auto, or leave this out");
        }
    }

    private static void ValidateTls(GatewayOptions options, OptionFaults faults)
    {
        if (options.TlsMinimum is not ("1.2" or "1.3"))
        {
            faults.Add("tlsMinimum", $"'{options.TlsMinimum}' is not 1.2 or 1.3; older versions are not spoken");
        }

        if (options.CertificateFile is null != options.PrivateKeyFile is null)
        {
            faults.Add(options.CertificateFile is null ? "certificateFile" : "privateKeyFile", "certificateFile and privateKeyFile belong together; set both or none");
        }

        if (options.HttpsClientCertificates != ClientCertificates.None && options.ClientCa is null)
        {
            faults.Add("clientCa", "the file of authorities is missing; without it no client certificate can be accepted");
        }
    }
}
