using Banyan.Cli.Output;
using Banyan.Cli.Platform;
using Banyan.Contracts;

namespace Banyan.Cli.Tests.Commands;

/// <summary>Runs one command line as the executable would, with streams and environment of the test's own.</summary>
internal sealed class CliRun
{
    private readonly NoPlatform _platform = new();

    public StringWriter Out { get; } = new();

    public StringWriter Error { get; } = new();

    public string Input { get; init; } = string.Empty;

    public string Directory { get; init; } = "/";

    public Dictionary<string, string> Variables { get; } = new() { ["NO_COLOR"] = "1" };

    /// <summary>What the platform was asked to run; null when it was not.</summary>
    public PlatformSettings? Ran => _platform.Ran;

    public Task<int> RunAsync(params string[] args) => CliProgram.RunAsync(args, _platform, new CliIo
    {
        Out = Out,
        Error = Error,
        In = new StringReader(Input),
        Variable = name => Variables.GetValueOrDefault(name),
        WorkingDirectory = Directory,
        HomeDirectory = "/nonexistent",
        OutIsTerminal = false,
        ErrorIsTerminal = false,
    });

    /// <summary>A platform of two modules that cannot run: commands that need no server need no more.</summary>
    private sealed class NoPlatform : ICliPlatform
    {
        public string Version => "1.2.3";

        public IReadOnlyList<PlatformTarget> Targets { get; } =
            [new("store", "Keeps everything", ["store"], []), new("registry", "Knows who is there", ["registry.directory", "registry.registrar"], ["store"])];

        public IReadOnlyList<PlatformBench> Benches { get; } = [new("store", "Writes and watches, beside etcd")];

        public IReadOnlyList<PlatformSetting> ReadSettings(PlatformSettings settings) =>
        [
            new("gateway.http", "127.0.0.1:8080", "127.0.0.1:8080", "default"),
            new("host.data", settings.Values.GetValueOrDefault("host.data", "data"), "data", settings.Values.ContainsKey("host.data") ? "flag" : "default"),
        ];

        public PlatformSettings? Ran { get; private set; }

        public Task<int> RunServerAsync(PlatformSettings settings, CancellationToken cancellation)
        {
            Ran = settings;
            return Task.FromResult(ExitCodes.Success);
        }

        public Task<IRunningPlatform> StartAsync(PlatformSettings settings, CancellationToken cancellation) =>
            throw new BanyanException(new ErrorCode("host/port-unusable", ErrorKind.Unavailable, "A port is taken."), "Port 7400 is taken.");

        public Task<StoreOutcome> RunStoreAsync(StoreRequest request, IProgress<string> progress, CancellationToken cancellation) =>
            Task.FromResult(new StoreOutcome(ExitCodes.DataDamaged, $"{request.Operation} {request.From}", new Dictionary<string, string> { ["keys"] = "7" }));

        public Task<int> RunBenchAsync(BenchRequest request, TextWriter output, IProgress<string> progress, CancellationToken cancellation) => Task.FromResult(ExitCodes.Success);
    }
}
