using System.Net;
using Banyan.Hosting.Settings;

namespace Banyan.Gateway;

/// <summary>Settings of what carries requests, the same for whoever runs it: limits, times, what is told.</summary>
public class EngineOptions
{
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

    /// <summary>PEM file of the authorities that certificates of instances with the scheme <c>https</c> or <c>grpcs</c> must come from. Unset = those the system trusts.</summary>
    public string? UpstreamCa { get; set; }

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

    /// <summary>How many loops serve all ports; 0 = one a processor.</summary>
    public int Loops { get; set; }

    /// <summary>How long a TLS handshake may take.</summary>
    public TimeSpan TlsHandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client that has just connected may take to its first request once the gateway stops. Not a setting.</summary>
    internal TimeSpan FirstRequestTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The checks that types alone do not make.</summary>
    internal static void ValidateEngine(EngineOptions options, OptionFaults faults)
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
    }
}
