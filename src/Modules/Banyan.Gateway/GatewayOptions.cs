using System.Net;
using Banyan.Hosting;
using Banyan.Hosting.Settings;

namespace Banyan.Gateway;

/// <summary>The gateway's settings that need a restart; section <c>gateway</c> of the configuration.</summary>
public sealed class GatewayOptions
{
    /// <summary>Where clients connect over HTTP/1.1; port 0 = any free port.</summary>
    public ListenAddress Http { get; set; } = new("127.0.0.1", 8080);

    /// <summary>Where clients connect over HTTP/2 without TLS (prior knowledge, as gRPC does). Unset = nowhere.</summary>
    public ListenAddress? Http2 { get; set; }

    /// <summary>Where clients connect over TLS, with HTTP/2 or HTTP/1.1 by ALPN. Unset = nowhere. Certificates are resources of the kind <c>Certificate</c>.</summary>
    public ListenAddress? Https { get; set; }

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
        })
        {
            if (time <= TimeSpan.Zero || time > TimeSpan.FromDays(1))
            {
                faults.Add(name, "the time must be above zero and at most 24h");
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

        ValidateTls(options, faults);
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
