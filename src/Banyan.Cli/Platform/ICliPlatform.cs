namespace Banyan.Cli.Platform;

/// <summary>What the commands need of the executable they live in: the modules, the server, the store engines, the benches. Implemented by <c>src/Banyan</c>.</summary>
public interface ICliPlatform
{
    /// <summary>The version of this build.</summary>
    string Version { get; }

    /// <summary>Every module of the catalog, in the order in which a process that runs all of them starts them.</summary>
    IReadOnlyList<PlatformTarget> Targets { get; }

    /// <summary>Every setting with its value, as the server would see it. Secrets are redacted.</summary>
    /// <exception cref="Contracts.BanyanException">Invalid: one fault a wrong setting.</exception>
    IReadOnlyList<PlatformSetting> ReadSettings(PlatformSettings settings);

    /// <summary>Runs the server until it is told to stop; returns the exit code. It writes its own log.</summary>
    Task<int> RunServerAsync(PlatformSettings settings, CancellationToken cancellation);

    /// <summary>Starts the platform inside this process; returns when it is ready.</summary>
    /// <exception cref="Contracts.BanyanException">It could not start; the message says what to do.</exception>
    Task<IRunningPlatform> StartAsync(PlatformSettings settings, CancellationToken cancellation);

    /// <summary>Verifies, saves, restores or copies a store that no server has open (copy: source not open).</summary>
    Task<StoreOutcome> RunStoreAsync(StoreRequest request, IProgress<string> progress, CancellationToken cancellation);

    /// <summary>The benches <c>banyan bench</c> can run.</summary>
    IReadOnlyList<PlatformBench> Benches { get; }

    /// <summary>Runs one bench; writes its table or, when asked, JSON to <paramref name="output"/>; returns the exit code.</summary>
    Task<int> RunBenchAsync(BenchRequest request, TextWriter output, IProgress<string> progress, CancellationToken cancellation);
}
