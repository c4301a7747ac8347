using Banyan.Cli.Manifests;
using Banyan.Cli.Processes;
using Banyan.Client;
using Banyan.Contracts;

namespace Banyan.Cli.Up;

/// <summary>
/// Keeps one instance running: starts it, shows its output, starts it again when it ends, takes it out of the registry when it stops for good.
/// <code>
///   start ──▶ running ──ended──▶ waiting (back-off) ──▶ start
///                └──────stop───────┴──▶ draining ──▶ TERM ──(deadline)──▶ KILL ──▶ gone
/// </code>
/// </summary>
internal sealed class InstanceSupervisor
{
    /// <summary>After so many quick ends in a row the developer is told what to do.</summary>
    private const int QuickEndsToTell = 3;

    private const int LinesKept = 12;
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(10);

    private readonly ServiceManifest _manifest;
    private readonly InstanceEnvironment _environment;
    private readonly InstanceRegistrations _registrations;
    private readonly UpLog _log;
    private readonly TimeProvider _clock;
    private readonly Queue<string> _lastLines = new();
    private readonly Backoff _backoff = new();
    private volatile ProcessGroup? _process;

    public InstanceSupervisor(ServiceManifest manifest, int number, InstanceEnvironment environment, InstanceRegistrations registrations, UpLog log, TimeProvider clock)
    {
        (_manifest, _environment, _registrations, _log, _clock) = (manifest, environment, registrations, log, clock);
        Id = $"{manifest.Service}-{number}";
        Port = manifest.Listen.Port ?? environment.Ports.Free();
    }

    public string Id { get; }

    public int Port { get; private set; }

    public InstanceAddress Address => new(_manifest.Domain, _manifest.Service, Id);

    /// <summary>The process id while it runs.</summary>
    public int? ProcessId => _process?.Id;

    /// <summary>Runs until cancelled; returns when the program is gone.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var started = _clock.GetTimestamp();
            var code = await RunOnceAsync(stop).ConfigureAwait(false);
            if (stop.IsCancellationRequested)
            {
                return;
            }

            var wait = _backoff.Next(_clock.GetElapsedTime(started));
            _log.Say(Id, $"{Ended(code)}. Starting it again in {wait.TotalSeconds:0.#} s.");
            if (_backoff.QuickEnds == QuickEndsToTell)
            {
                TellQuickEnds(code);
            }

            try
            {
                await Task.Delay(wait, _clock, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (_manifest.Listen.Port is null && !ServicePorts.IsFree(Port))
            {
                Port = _environment.Ports.Free();
            }
        }
    }

    private async Task<int> RunOnceAsync(CancellationToken stop)
    {
        var process = ProcessGroup.Start(_manifest.Dev!.Run, _manifest.Directory, _environment.For(_manifest, Id, Port));
        await using (process.ConfigureAwait(false))
        {
            _process = process;
            var output = Task.WhenAll(LineReader.ReadAsync(process.Output, Show), LineReader.ReadAsync(process.Error, Show));
            try
            {
                await _registrations.StartedAsync(_manifest, this, process.Id, stop).ConfigureAwait(false);
                var code = await process.Exit.WaitAsync(stop).ConfigureAwait(false);
                await output.ConfigureAwait(false);
                await _registrations.EndedAsync(this, stop).ConfigureAwait(false);
                return code;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // 1. No new requests. 2. Ask it to end, then end it. 3. Nothing of it stays in the registry.
                await _registrations.DrainAsync(this).ConfigureAwait(false);
                if (!await process.StopAsync(StopDeadline, _clock).ConfigureAwait(false))
                {
                    _log.Say(Id, $"did not end within {StopDeadline.TotalSeconds:0} s of SIGTERM and was killed.");
                }

                await output.ConfigureAwait(false);
                await _registrations.RemoveAsync(this).ConfigureAwait(false);
                return 0;
            }
            finally
            {
                _process = null;
            }
        }
    }

    private void Show(string line)
    {
        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > LinesKept)
            {
                _lastLines.Dequeue();
            }
        }

        _log.Service(Id, line);
    }

    private void TellQuickEnds(int code)
    {
        string[] lines;
        lock (_lastLines)
        {
            lines = _lastLines.ToArray();
        }

        var command = string.Join(' ', _manifest.Dev!.Run);
        _log.Text($"""

            {Id} keeps ending right after its start ({Ended(code)}). The other services go on.
              command:   {command}
              directory: {_manifest.Directory}
              last lines:
            {(lines.Length == 0 ? "    (it wrote nothing)" : string.Join('\n', lines.Select(l => "    " + l)))}
              {Advice(code)} It is tried again, at most every 30 s.

            """);
    }

    private string Advice(int code) => code switch
    {
        127 => $"The program does not exist. Check 'dev.run' and 'dev.build' in {_manifest.File}.",
        126 => $"The program may not be executed, or the directory not be entered. Check 'dev.run' in {_manifest.File}.",
        0 => "It ended without an error: 'dev.run' must be a program that keeps running.",
        _ => $"Run it by hand in that directory to see why; it must listen on $PORT (now {Port}).",
    };

    private static string Ended(int code) => code switch
    {
        0 => "ended by itself",
        > 128 and < 160 => $"was ended by signal {code - 128}{(code == 137 ? " (kill -9)" : string.Empty)}",
        _ => $"ended with code {code}",
    };
}
