using System.Text.Json.Nodes;

namespace Banyan.Cli.Manifests;

/// <summary>One <c>banyan.yaml</c>: what a developer says of one service. Nothing in it differs between environments, except <see cref="Dev"/>, which is the laptop's.</summary>
internal sealed record ServiceManifest
{
    public required string File { get; init; }

    /// <summary>The directory of the file; commands run there.</summary>
    public required string Directory { get; init; }

    public required string Service { get; init; }

    public string Domain { get; init; } = "default";

    public string? Owner { get; init; }

    public string? System { get; init; }

    public string? Tier { get; init; }

    public string? Description { get; init; }

    public ListenSection Listen { get; init; } = new();

    public IReadOnlyList<RouteSection> Routes { get; init; } = [];

    public IReadOnlyList<ServiceReference> Uses { get; init; } = [];

    /// <summary>Plain settings, given to every instance as environment variables.</summary>
    public IReadOnlyDictionary<string, string> Config { get; init; } = new Dictionary<string, string>();

    public DevSection? Dev { get; init; }

    public ServiceReference Reference => new(Domain, Service);
}

internal sealed record ListenSection
{
    /// <summary>A fixed port; null = a free one for each instance.</summary>
    public int? Port { get; init; }

    public string Protocol { get; init; } = "http";

    /// <summary>The health check in the API's form; null = open a connection.</summary>
    public JsonObject? Check { get; init; }
}

internal sealed record RouteSection(string? Host, string Path, bool StripPrefix);

internal sealed record ServiceReference(string Domain, string Service)
{
    public override string ToString() => Domain == "default" ? Service : $"{Domain}/{Service}";
}

/// <summary>How to run the service on a laptop.</summary>
internal sealed record DevSection
{
    /// <summary>Program and arguments.</summary>
    public required IReadOnlyList<string> Run { get; init; }

    public string? Build { get; init; }

    public int Instances { get; init; } = 1;

    /// <summary>True: the program registers itself. False: <c>banyan up</c> registers it, and it is checked from outside.</summary>
    public bool RegistersItself { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
