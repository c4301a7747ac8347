using System.Diagnostics.Metrics;
using Banyan.Contracts;
using Banyan.Hosting.Http;
using Banyan.Hosting.Metrics;
using Banyan.Hosting.Settings;
using Banyan.Hosting.Workers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Banyan.Hosting;

/// <summary>
/// Runs the modules of one process: opens the two ports, starts modules in order, watches their workers, and stops everything in reverse.
/// <code>
///   start:  ports ─▶ module 1 ─▶ module 2 ─▶ … ─▶ ready
///   stop:   not ready ─▶ drain delay ─▶ long requests end ─▶ … module 2 ─▶ module 1 ─▶ ports
///           each module: refuse requests ─▶ requests inside end ─▶ workers end ─▶ StopAsync, all within the stop deadline
/// </code>
/// </summary>
public sealed partial class ModuleHost : IModuleStates, IAsyncDisposable
{
    private static readonly TimeSpan ConnectionsDeadline = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<ModuleRuntime> _modules;
    private readonly IReadOnlyList<Action<IApplicationBuilder>> _pipeline;
    private readonly TimeProvider _clock;
    private readonly ModuleUrls _urls = new();
    private readonly HostServer _server;
    private readonly ILogger _log;
    private readonly MetricsCollector _collector;
    private readonly HostMetrics _metrics;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _startStops = new();
    private readonly TaskCompletionSource<int> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _startLoop = Task.CompletedTask;
    private Task? _stop;
    private volatile string? _stopReason;
    private volatile bool _ready;
    private bool _serverStarted;
    private int _exitCode = ExitCodes.Success;

    internal ModuleHost(
        HostOptions options,
        IReadOnlyList<ModuleRuntime> modules,
        IServiceCollection services,
        IReadOnlyList<Action<IApplicationBuilder>> pipeline,
        TimeProvider clock,
        Action<string>? log)
    {
        Options = options;
        (_modules, _pipeline, _clock) = (modules, pipeline, clock);
        services.AddSingleton<IModuleStates>(this);
        services.AddSingleton(_urls);
        _server = new HostServer(options, services, clock, log);
        _log = _server.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Banyan.Hosting");
        var meters = Services.GetRequiredService<IMeterFactory>();
        _collector = new MetricsCollector(meters);
        _metrics = new HostMetrics(meters, modules);
    }

    /// <summary>Settings of the process.</summary>
    public HostOptions Options { get; }

    /// <summary>The services of all modules.</summary>
    public IServiceProvider Services => _server.Services;

    /// <summary>Where the HTTP port answers, with the real port number.</summary>
    public Uri HttpUrl => _server.HttpUrl;

    /// <summary>Where the gRPC port answers, with the real port number.</summary>
    public Uri GrpcUrl => _server.GrpcUrl;

    /// <summary>Where a listener answers that a module opened itself; null when there is none.</summary>
    public Uri? UrlOf(string module) => _urls.Find(module);

    /// <summary>Ends with the exit code when the host has stopped, by itself or told to.</summary>
    public Task<int> Completion => _completion.Task;

    /// <summary>Why the process should get no work now; null when it is ready.</summary>
    public string? NotReadyBecause =>
        _stopReason is { } reason ? $"stopping: {reason}"
        : Snapshot().FirstOrDefault(m => m.NotReadyBecause is not null)?.NotReadyBecause ?? (_ready ? null : "starting");

    internal bool NeedsDataDirectory { get; init; }

    internal Func<Exception, int?> ExitCodeFor { get; init; } = static _ => null;

    /// <summary>Builds and starts a host in this process; for tests and embedding. Add ports 0 to the settings to run many side by side.</summary>
    public static async Task<ModuleHost> StartAsync(
        IEnumerable<IModule> modules,
        IReadOnlyDictionary<string, string> settings,
        Action<ModuleHostBuilder>? configure = null,
        CancellationToken cancellation = default)
    {
        var builder = new ModuleHostBuilder().AddModules(modules);
        builder.Settings.AddFlags(settings);
        configure?.Invoke(builder);
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellation);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ModuleStatus> Snapshot() => [.. _modules.Select(m => m.Status(Services))];

    /// <summary>Opens the ports and starts the modules in order; returns when all run.</summary>
    /// <exception cref="HostStartException">A port, the data directory or a module; what had started is stopped again.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _startStops.Token);
        lock (_lock)
        {
            _startLoop = StartLoopAsync(linked.Token);
        }

        try
        {
            await _startLoop;
        }
        catch (Exception e)
        {
            if (e is not OperationCanceledException)
            {
                Interlocked.CompareExchange(ref _exitCode, (e as HostStartException)?.ExitCode ?? ExitCodes.Failure, ExitCodes.Success);
            }

            await StopAsync("the start failed");
            if (e is OperationCanceledException && _modules.FirstOrDefault(m => m.State == ModuleState.Failed) is { } failed)
            {
                // A worker gave up while later modules were still starting: that, not the cancelled start, is the reason.
                throw new HostStartException(HostErrors.ModuleFailed, ExitCodes.ModuleFailed, failed.Status(Services).NotReadyBecause!, e);
            }

            throw;
        }
    }

    /// <summary>Stops everything in reverse order; returns when it has. Later calls wait for the first.</summary>
    public Task StopAsync(string reason)
    {
        lock (_lock)
        {
            return _stop ??= Task.Run(() => StopOnceAsync(reason));
        }
    }

    /// <summary>Starts, runs until a signal, the token or a failure, stops, and gives the exit code. Says on the log why.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        using var signals = new StopSignals(this);
        using var registration = cancellation.Register(() => _ = StopAsync("cancelled"));
        using var asked = _server.Stopping.Register(() => _ = StopAsync("a module asked for it"));
        try
        {
            try
            {
                await StartAsync(cancellation);
            }
            catch (Exception e)
            {
                // The edge of the process. A module's failure has been logged where it happened; an error of the host itself has not.
                if (e is not OperationCanceledException && _modules.All(m => m.State != ModuleState.Failed))
                {
                    HostLog.CannotStart(_log, e is BanyanException ? null : e, e.Message);
                }
            }

            var ended = await Task.WhenAny(Completion, signals.Forced);
            if (ended != Completion)
            {
                HostLog.Forced(_log, string.Join(", ", _modules.Where(m => m.State is not (ModuleState.Terminated or ModuleState.Failed)).Select(m => m.Name)));
                return ExitCodes.Interrupted;
            }

            return await Completion;
        }
        finally
        {
            if (Completion.IsCompleted)
            {
                await DisposeAsync();
            }
        }
    }

    /// <summary>Stops when it still runs, and frees everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync("disposed");
        await _server.DisposeAsync();
        _collector.Dispose();
    }

    private async Task StartLoopAsync(CancellationToken cancellation)
    {
        if (NeedsDataDirectory)
        {
            DataDirectory.Prepare(Options.Data);
        }

        HostLog.Order(_log, Options.Target, string.Join(", ", _modules.Select(m => m.Name)));
        await _server.StartAsync(UseMiddleware, MapEndpoints, cancellation);
        _serverStarted = true;
        foreach (var module in _modules)
        {
            cancellation.ThrowIfCancellationRequested();
            await StartModuleAsync(module, cancellation);
        }

        _ready = true;
        HostLog.Running(_log, HttpUrl, GrpcUrl, Options.Data);
    }

    private async Task StartModuleAsync(ModuleRuntime module, CancellationToken cancellation)
    {
        Enter(module, ModuleState.Starting);
        try
        {
            using var deadline = new CancellationTokenSource(Options.StartDeadline, _clock);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
            try
            {
                await module.Module.StartAsync(Services, linked.Token).WaitAsync(linked.Token);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                throw new HostStartException(
                    HostErrors.ModuleFailed,
                    ExitCodes.ModuleFailed,
                    $"it did not start within {Options.StartDeadline.TotalSeconds:0.###} s (host.startDeadline)");
            }

            module.Started = true;
            var workers = module.Builder.Workers.Select(w => (ModuleWorker)Services.GetRequiredService(w)).ToList();
            module.Workers = new WorkerSupervisor(module.Name, workers, _clock, _log, _metrics, (reason, cause) => Fail(module, reason, cause));
            Enter(module, ModuleState.Running);
            module.Workers.Start();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            module.Enter(ModuleState.Terminated);
            throw;
        }
        catch (Exception e)
        {
            module.Enter(ModuleState.Failed, e.Message);
            HostLog.ModuleFailed(_log, e is BanyanException || ExitCodeFor(e) is not null ? null : e, module.Name, e.Message);
            throw new HostStartException(
                (e as BanyanException)?.Error ?? HostErrors.ModuleFailed,
                (e as HostStartException)?.ExitCode ?? ExitCodeFor(e) ?? ExitCodes.ModuleFailed,
                $"Module {module.Name} did not start: {e.Message}",
                e);
        }
    }

    private void UseMiddleware(IApplicationBuilder application)
    {
        application.Use(ModuleGate.InvokeAsync);
        foreach (var configure in _pipeline)
        {
            configure(application);
        }
    }

    private void MapEndpoints(IEndpointRouteBuilder http, IEndpointRouteBuilder grpc)
    {
        HealthEndpoints.Map(http, this);
        http.MapGet("/metrics", (RequestDelegate)AnswerMetricsAsync);
        foreach (var module in _modules)
        {
            module.Module.MapEndpoints(
                new(http.MapGroup(string.Empty).WithMetadata(module), grpc.MapGroup(string.Empty).WithMetadata(module), Services, http.DataSources));
        }
    }

    private async Task AnswerMetricsAsync(HttpContext context)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        await context.Response.WriteAsync(_collector.ToPrometheus(), context.RequestAborted);
    }

    private void Fail(ModuleRuntime module, string reason, Exception? cause)
    {
        module.Enter(ModuleState.Failed, reason);
        HostLog.ModuleFailed(_log, cause, module.Name, reason);
        Interlocked.CompareExchange(ref _exitCode, ExitCodes.ModuleFailed, ExitCodes.Success);
        _ = StopAsync($"module {module.Name} failed");
    }

    private void Enter(ModuleRuntime module, ModuleState state)
    {
        module.Enter(state);
        HostLog.State(_log, module.Name, state);
    }
}
