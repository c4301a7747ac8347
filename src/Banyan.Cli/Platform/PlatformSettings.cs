namespace Banyan.Cli.Platform;

/// <summary>What a command line says about the platform it starts.</summary>
public sealed record PlatformSettings
{
    /// <summary><c>all</c> or a comma list of module names.</summary>
    public string Target { get; init; } = "all";

    /// <summary>A configuration file, or null for none.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>Settings given on the command line, by their dotted name: <c>host.data</c>, <c>host.http</c>, <c>host.grpc</c>, <c>gateway.http</c>, …</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the platform writes its log; null = the server's own standard error.</summary>
    public Action<string>? Log { get; init; }
}

/// <summary>One module as <c>banyan targets</c> shows it.</summary>
public sealed record PlatformTarget(string Name, string Summary, IReadOnlyList<string> Provides, IReadOnlyList<string> Requires);

/// <summary>One setting as <c>banyan config print</c> shows it.</summary>
/// <param name="Name">Dotted name.</param>
/// <param name="Value">The value in force; secrets redacted.</param>
/// <param name="Default">The value when nobody sets it.</param>
/// <param name="Source">Who set it: <c>default</c>, <c>file</c>, <c>environment</c>, <c>flag</c>.</param>
public sealed record PlatformSetting(string Name, string? Value, string? Default, string Source);

/// <summary>One bench as <c>banyan bench</c> lists it.</summary>
public sealed record PlatformBench(string Name, string Summary);

/// <summary>Which bench to run and how.</summary>
public sealed record BenchRequest(string Name, bool Quick, bool Json, IReadOnlyList<string> Arguments);

/// <summary>What to do with a store.</summary>
public enum StoreOperation
{
    /// <summary>Read everything and say whether it is whole.</summary>
    Verify,

    /// <summary>Write one file that holds everything.</summary>
    Snapshot,

    /// <summary>Make a data directory from such a file.</summary>
    Restore,

    /// <summary>Copy from one engine to another, for example a directory to etcd.</summary>
    Copy,
}

/// <summary>A store operation.</summary>
/// <param name="Operation">What to do.</param>
/// <param name="From">Data directory, snapshot file or engine address (<c>etcd://host:2379</c>, <c>banyan://host:7401</c> for a running server).</param>
/// <param name="To">Target; null for verify.</param>
/// <param name="TokenFile">File with the administrator's token, for a running server (<c>banyan://host:7401</c>); null when there is none.</param>
public sealed record StoreRequest(StoreOperation Operation, string From, string? To, string? TokenFile);

/// <summary>What came of a store operation.</summary>
/// <param name="ExitCode">One of <see cref="Contracts.ExitCodes"/>.</param>
/// <param name="Summary">One line for people.</param>
/// <param name="Figures">Named figures for machines: keys, bytes, revision.</param>
public sealed record StoreOutcome(int ExitCode, string Summary, IReadOnlyDictionary<string, string> Figures);
