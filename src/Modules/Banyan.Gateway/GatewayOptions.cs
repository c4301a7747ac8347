using System.Text;
using Banyan.Gateway.Handovers;
using Banyan.Hosting;
using Banyan.Hosting.Settings;

namespace Banyan.Gateway;

/// <summary>The gateway's settings that need a restart; section <c>gateway</c> of the configuration.</summary>
public sealed class GatewayOptions : EngineOptions
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

    /// <summary>Whether clients show a certificate.</summary>
    public ClientCertificates HttpsClientCertificates { get; set; } = ClientCertificates.None;

    /// <summary>PEM file of the authorities whose client certificates are accepted.</summary>
    public string? ClientCa { get; set; }

    /// <summary>What moves the bytes of all ports, and to instances.</summary>
    public GatewayTransport Transport { get; set; } = GatewayTransport.Auto;

    /// <summary>
    /// Path of a Unix socket over which a gateway that starts takes the listeners of the one that runs, so that a restart refuses no connection. Unset = off. Needs
    /// loops over epoll.
    /// </summary>
    public string? Handover { get; set; }

    /// <summary>The checks that types alone do not make.</summary>
    internal static void Validate(GatewayOptions options, OptionFaults faults)
    {
        ValidateEngine(options, faults);
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
