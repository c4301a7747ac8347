using System.Text.Json.Nodes;
using Banyan.Cli.Commands;
using Banyan.Cli.Manifests;
using Banyan.Cli.Output;
using Banyan.Cli.Platform;
using Banyan.Client;
using Banyan.Contracts;

namespace Banyan.Cli.Up;

/// <summary>One run of <c>banyan up</c>.</summary>
internal sealed class UpSession(CliContext context, UpSettings settings)
{
    private static readonly TimeSpan PatienceForUp = TimeSpan.FromSeconds(20);

    private readonly CliIo _io = context.Io;
    private readonly UpLog _log = new(context.Io);
    private readonly List<InstanceSupervisor> _instances = [];
    private readonly List<Task> _running = [];

    public async Task<int> RunAsync(CancellationToken stop)
    {
        var started = _io.Clock.GetTimestamp();

        // 1. Read everything first: nothing starts while something written is wrong.
        var (manifests, faults) = ManifestFinder.ReadAll(settings.Directory);
        if (faults.Count > 0)
        {
            foreach (var fault in faults)
            {
                _io.Error.Write($"error: {fault}\n");
            }

            _io.Error.Write($"Nothing was started. Correct {(faults.Count == 1 ? "this" : $"these {faults.Count}")} and run 'banyan up' again.\n");
            return ExitCodes.InvalidInput;
        }

        if (manifests.Count == 0)
        {
            _log.Say("banyan", $"no {ManifestFinder.FileName} below {settings.Directory}: only the platform starts.");
        }

        var (order, notes) = StartOrder.Of(manifests);
        _log.Widen(order.Select(m => $"{m.Service}-{m.Dev?.Instances ?? 1}"));
        foreach (var note in notes)
        {
            _log.Say("banyan", note);
        }

        // 2. Builds and the platform start side by side.
        PrepareDirectory();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var builds = new ServiceBuilds(Path.Combine(settings.DataDirectory, "up"), _log, _io.Clock);
        var built = order.ToDictionary(m => m, m => settings.Build ? builds.BuildAsync(m, ending.Token) : Task.FromResult(true));
        IRunningPlatform platform;
        try
        {
            platform = await context.Platform.StartAsync(new PlatformSettings { Values = settings.Values, Log = line => _log.Service("banyan", line) }, stop).ConfigureAwait(false);
        }
        catch
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await SettledAsync(built.Values).ConfigureAwait(false);
            throw;
        }

        await using (platform.ConfigureAwait(false))
        {
            var exit = ExitCodes.Success;
            try
            {
                WriteEndpoints(platform);
                var client = Client(platform);
                await StartServicesAsync(platform, client, order, built, ending.Token).ConfigureAwait(false);
                await new UpOverview(_io, _log, platform, client).ShowAsync(order, _instances, started, PatienceForUp, ending.Token).ConfigureAwait(false);
                exit = await platform.Completion.WaitAsync(ending.Token).ConfigureAwait(false);
                _log.Say("banyan", $"the platform stopped by itself with code {exit}; its log above says why.");
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                _log.Text("\nStopping: instances drain, then end. Ctrl-C again ends at once.");
            }
            finally
            {
                // 3. Services end before the platform does: they say goodbye to it.
                await ending.CancelAsync().ConfigureAwait(false);
                await SettledAsync(built.Values).ConfigureAwait(false);
                await SettledAsync(_running).ConfigureAwait(false);
                File.Delete(EndpointsPath);
            }

            return exit;
        }
    }

    private string EndpointsPath => Path.Combine(settings.DataDirectory, CliContext.EndpointsFile);

    private async Task StartServicesAsync(
        IRunningPlatform platform, BanyanClient client, IReadOnlyList<ServiceManifest> order, Dictionary<ServiceManifest, Task<bool>> built, CancellationToken stop)
    {
        var resources = new UpResources(client, settings.DataDirectory);
        await resources.ApplyAsync(order, stop).ConfigureAwait(false);
        var environment = new InstanceEnvironment(platform, new ServicePorts());
        var registrations = new InstanceRegistrations(client, _log, _io.Clock);
        foreach (var manifest in order.Where(m => m.Dev is not null))
        {
            await resources.WriteCredentialAsync(manifest, stop).ConfigureAwait(false);
            if (!await built[manifest].ConfigureAwait(false))
            {
                continue;
            }

            for (var number = 1; number <= manifest.Dev!.Instances; number++)
            {
                var instance = new InstanceSupervisor(manifest, number, environment, registrations, _log, _io.Clock);
                _instances.Add(instance);
                _running.Add(instance.RunAsync(stop));
            }
        }
    }

    private void PrepareDirectory()
    {
        try
        {
            var up = Path.Combine(settings.DataDirectory, "up");
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(up);
            }
            else
            {
                Directory.CreateDirectory(settings.DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                Directory.CreateDirectory(up, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new BanyanException(
                new ErrorCode("host/data-directory", ErrorKind.Unavailable, "The data directory cannot be used."),
                $"The data directory {settings.DataDirectory} cannot be made or written: {refused.Message} Name another with --data.",
                refused);
        }
    }

    private void WriteEndpoints(IRunningPlatform platform) => File.WriteAllText(
        EndpointsPath,
        new JsonObject { ["http"] = platform.HttpUrl.ToString(), ["grpc"] = platform.GrpcUrl.ToString(), ["gateway"] = platform.GatewayUrl.ToString(), ["pid"] = Environment.ProcessId }.ToJsonString() + "\n");

    private static BanyanClient Client(IRunningPlatform platform)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = platform.HttpUrl, Timeout = Timeout.InfiniteTimeSpan };
        var token = File.ReadAllText(platform.AdminTokenFile).Trim();
        return new BanyanClient(http, () => token);
    }

    /// <summary>Waits until all have ended, however they ended: who stops does not care why another failed.</summary>
    private static async Task SettledAsync(IEnumerable<Task> tasks)
    {
        foreach (var task in tasks.ToArray())
        {
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
