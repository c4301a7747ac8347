using System.Diagnostics;
using Banyan.Testing;

namespace Banyan.Functional.Tests.Platform;

/// <summary>The executable as users run it.</summary>
internal static class BanyanBinary
{
    /// <summary>How long one command may take before the test fails; generous, because the machine may be busy.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    /// <summary>Its path; building this project builds it.</summary>
    public static string Path { get; } =
        Repository.Find("artifacts/bin/Banyan/release/banyan") ?? throw new InvalidOperationException("The binary is not built. Build this project with '-c Release'.");

    /// <summary>What no test may inherit: a developer's own server and credential.</summary>
    public static Dictionary<string, string?> Environment(string? home = null) => new()
    {
        ["BANYAN_URL"] = null,
        ["BANYAN_TOKEN_FILE"] = null,
        ["NO_COLOR"] = "1",
        ["HOME"] = home ?? System.IO.Path.GetTempPath(),
    };

    /// <summary>Runs one command to its end.</summary>
    public static Task<CliResult> RunAsync(params string[] arguments) => RunAsync(arguments, directory: null, input: null);

    /// <summary>Runs one command to its end, in a directory, with text on its standard input.</summary>
    public static async Task<CliResult> RunAsync(IEnumerable<string> arguments, string? directory, string? input)
    {
        var start = new ProcessStartInfo(Path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? System.IO.Path.GetTempPath(),
        };
        foreach (var (name, value) in Environment())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Deadline);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return new CliResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'banyan {string.Join(' ', start.ArgumentList)}' did not end within {Deadline.TotalSeconds:0} s.");
        }
    }
}
