using Banyan.Contracts;
using Banyan.Hosting.Workers;

namespace Banyan.Hosting;

/// <content>Stopping: one pass over the modules in reverse, whatever happens on the way.</content>
public sealed partial class ModuleHost
{
    private static readonly TimeSpan RequestsStep = TimeSpan.FromMilliseconds(20);

    private async Task StopOnceAsync(string reason)
    {
        try
        {
            await StopCoreAsync(reason);
            _completion.TrySetResult(_exitCode);
        }
        catch (Exception e)
        {
            // Nothing here is expected to throw; whoever waits for the end must get one all the same.
            _completion.TrySetException(e);
        }
    }

    private async Task StopCoreAsync(string reason)
    {
        // 1. Not ready first, so that whoever asks turns away while everything still works.
        _stopReason = reason;
        if (_ready && Options.DrainDelay > TimeSpan.Zero)
        {
            HostLog.Draining(_log, Options.DrainDelay.TotalSeconds);
            await Task.Delay(Options.DrainDelay, _clock);
        }

        // 2. A start in progress ends before its modules are stopped.
        await _startStops.CancelAsync();
        Task starting;
        lock (_lock)
        {
            starting = _startLoop;
        }

        await starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // 3. Streams and other long requests see the application's stopping token and end.
        var reverse = _modules.Reverse().Where(m => m.State is ModuleState.Running || m.Started).ToList();
        if (_serverStarted)
        {
            HostLog.Stopping(_log, reason, string.Join(", ", reverse.Select(m => m.Name)));
            _server.AnnounceStop();
        }

        // 4. Modules in reverse; one that overruns or throws does not keep the others from stopping.
        foreach (var module in reverse)
        {
            await StopModuleAsync(module);
        }

        foreach (var module in _modules.Where(m => m.State is ModuleState.New))
        {
            module.Enter(ModuleState.Terminated);
        }

        // 5. The ports last: until now they told callers which module is stopping.
        if (_serverStarted)
        {
            using var connections = new CancellationTokenSource(ConnectionsDeadline, _clock);
            await _server.StopAsync(connections.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            HostLog.Stopped(_log);
        }
    }

    private async Task StopModuleAsync(ModuleRuntime module)
    {
        using var deadline = new CancellationTokenSource(Options.StopDeadline, _clock);
        var what = "requests";
        Enter(module, ModuleState.Stopping);
        try
        {
            await RequestsEndAsync(module, deadline.Token);
            if (module.Workers is { } workers)
            {
                what = "workers";
                await workers.StopAsync(deadline.Token);
            }

            what = "StopAsync";
            await module.Module.StopAsync(Services, deadline.Token).WaitAsync(deadline.Token);
            Enter(module, ModuleState.Terminated);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            var still = what == "workers" ? "workers " + string.Join(", ", module.Workers!.Running) : what;
            module.Enter(ModuleState.Failed, $"still at work after the stop deadline: {still}");
            HostLog.Overran(_log, module.Name, Options.StopDeadline.TotalSeconds, still);
            Interlocked.CompareExchange(ref _exitCode, ExitCodes.StopOverran, ExitCodes.Success);
        }
        catch (Exception e)
        {
            module.Enter(ModuleState.Failed, e.Message);
            HostLog.ModuleFailed(_log, e, module.Name, e.Message);
            Interlocked.CompareExchange(ref _exitCode, ExitCodes.ModuleFailed, ExitCodes.Success);
        }
    }

    /// <summary>Waits for the requests inside a module, for half its time: those that outlast it are cut when the ports close.</summary>
    private async Task RequestsEndAsync(ModuleRuntime module, CancellationToken deadline)
    {
        var start = _clock.GetTimestamp();
        while (module.Requests > 0 && _clock.GetElapsedTime(start) < Options.StopDeadline / 2)
        {
            await Task.Delay(RequestsStep, _clock, deadline);
        }

        if (module.Requests > 0)
        {
            HostLog.RequestsLeft(_log, module.Name, module.Requests);
        }
    }
}
