namespace Banyan.Chassis;

/// <summary>
/// What a service tells Banyan of itself, and how it reaches Banyan. Everything comes from the environment that <c>banyan up</c> and the platform give a
/// service; code may change it in <c>AddBanyan(options => …)</c>.
/// </summary>
public sealed class ChassisOptions
{
    /// <summary>Where Banyan's gRPC port is (<c>BANYAN_GRPC</c>); null outside Banyan: then the chassis does nothing but answer health checks.</summary>
    public Uri? Grpc { get; set; }

    /// <summary>The domain this service belongs to (<c>BANYAN_DOMAIN</c>). Default: default.</summary>
    public string Domain { get; set; } = "default";

    /// <summary>The service's name (<c>BANYAN_SERVICE</c>).</summary>
    public string? Service { get; set; }

    /// <summary>This instance's name, unique in the service (<c>BANYAN_INSTANCE</c>). Default: machine name and process id.</summary>
    public string Instance { get; set; } = string.Empty;

    /// <summary>A file with the service's credential, read again when it changes (<c>BANYAN_TOKEN_FILE</c>).</summary>
    public string? TokenFile { get; set; }

    /// <summary>Where the last known instances of other services are kept, for a start while Banyan is away (<c>BANYAN_CACHE_DIR</c>). Null: not kept.</summary>
    public string? CacheDirectory { get; set; }

    /// <summary>
    /// The outbound address of this program's sidecar, <c>unix:/path</c> or <c>http://HOST:PORT</c> (<c>BANYAN_SIDECAR</c>): calls by name go through it, and nobody is
    /// looked up here. Works without <see cref="Grpc"/> too. Null: calls go to instances directly.
    /// </summary>
    public Uri? Sidecar { get; set; }

    /// <summary>The host callers connect to (<c>BANYAN_HOST</c>). Null: the address the server listens on, or the one this machine reaches Banyan from.</summary>
    public string? Host { get; set; }

    /// <summary>The port callers connect to. Null: the first port the server listens on.</summary>
    public int? Port { get; set; }

    /// <summary>The zone this instance runs in (<c>BANYAN_ZONE</c>).</summary>
    public string Zone { get; set; } = string.Empty;

    /// <summary>The software's version. Default: that of the entry assembly.</summary>
    public string Version { get; set; } = string.Empty;

    /// <summary>Free words about this instance.</summary>
    public IDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    /// <summary>Time without heartbeat after which Banyan takes this instance for lost. Default 15 s, at least 1 s.</summary>
    public TimeSpan Ttl { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Let Banyan check <c>/readyz</c> too, beside the heartbeats. Default true.</summary>
    public bool Check { get; set; } = true;

    /// <summary>Time between telling Banyan that this instance leaves and closing the port, so that every caller has heard of it. Default 2 s.</summary>
    public TimeSpan DrainDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the first call to a service waits for Banyan before the last known copy is used. Default 2 s.</summary>
    public TimeSpan FirstAnswerWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long opening a connection to an instance may take before another one is tried. Default 2 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>True when there is a Banyan to talk to.</summary>
    public bool InsideBanyan => Grpc is not null && !string.IsNullOrEmpty(Service);
}
