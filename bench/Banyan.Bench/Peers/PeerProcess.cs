using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Banyan.Bench.Peers;

/// <summary>A server that a bench measures against, in a process of its own, ended with the bench.</summary>
public sealed class PeerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _lastLines = [];

    private PeerProcess(Process process) => _process = process;

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a program; its output is kept for the message if it ends early.</summary>
    public static PeerProcess Start(string program, IEnumerable<string> arguments)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        var peer = new PeerProcess(process);
        process.OutputDataReceived += (_, line) => peer.Keep(line.Data);
        process.ErrorDataReceived += (_, line) => peer.Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return peer;
    }

    /// <summary>The full path of an installed program, or null.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
            .Append("/usr/sbin")
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);

    /// <summary>A loopback port that is free now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until a probe succeeds; fails with the program's last lines when it ends or takes longer than 30 s.</summary>
    public async Task ReadyAsync(Func<Task<bool>> probe, CancellationToken cancellation)
    {
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        while (!await probe())
        {
            if (_process.HasExited || clock.GetElapsedTime(start) > TimeSpan.FromSeconds(30))
            {
                lock (_lastLines)
                {
                    throw new PeerFailedException($"{_process.StartInfo.FileName} did not become ready:\n{string.Join('\n', _lastLines)}");
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellation);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_lastLines)
        {
            if (line is not null)
            {
                _lastLines.Add(line);
                if (_lastLines.Count > 20)
                {
                    _lastLines.RemoveAt(0);
                }
            }
        }
    }
}

/// <summary>A server to measure did not come up; the message has its last lines.</summary>
/// <param name="message">What it was and what it said.</param>
public sealed class PeerFailedException(string message) : Exception(message);
