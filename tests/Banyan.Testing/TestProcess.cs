using System.Diagnostics;
using System.Text;

namespace Banyan.Testing;

/// <summary>A program a test started. Its output is kept; it is ended with everything it started when the test ends.</summary>
public sealed class TestProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private TestProcess(Process process) => _process = process;

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>True when it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code, once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Everything it wrote so far, both streams.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts a program.</summary>
    public static TestProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? directory = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = directory ?? string.Empty,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        var result = new TestProcess(process);
        process.OutputDataReceived += (_, e) => result.Keep(e.Data);
        process.ErrorDataReceived += (_, e) => result.Keep(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return result;
    }

    /// <summary>Waits until the output contains a text; fails with the output when the program ends without it.</summary>
    public async Task WaitForOutputAsync(string text) =>
        await Eventually.True(
            async () =>
            {
                if (Says(text) || !HasExited)
                {
                    return Says(text);
                }

                // It has ended, but its last words may still be on their way.
                var code = await WaitForExitAsync();
                return Says(text) ? true : throw new InvalidOperationException($"'{_process.StartInfo.FileName}' ended with {code} before it wrote '{text}':\n{Output}");
            },
            $"'{text}' in the output of {_process.StartInfo.FileName}");

    /// <summary>Writes to the program's standard input.</summary>
    public async Task WriteAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits for the program to end by itself and returns its exit code; fails with the output when it does not.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"'{_process.StartInfo.FileName}' has not ended within {Eventually.Deadline.TotalSeconds:0} s. So far it wrote:\n{Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>Ends only the program itself with kill -9; what it started must notice by itself.</summary>
    public void KillAlone() => _process.Kill(entireProcessTree: false);

    /// <summary>Ends it and everything it started at once, as kill -9 does.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

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

    private bool Says(string text) => Output.Contains(text, StringComparison.Ordinal);

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }
        }
    }
}
