namespace Banyan.Cli.Output;

/// <summary>Everything a command takes from its surroundings, so that tests can give their own.</summary>
internal sealed class CliIo
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public required TextReader In { get; init; }

    public required Func<string, string?> Variable { get; init; }

    public required string WorkingDirectory { get; init; }

    public required string HomeDirectory { get; init; }

    /// <summary>True when what goes to <see cref="Out"/> is read by a person at a terminal.</summary>
    public required bool OutIsTerminal { get; init; }

    public required bool ErrorIsTerminal { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Colours only on a terminal, and never when NO_COLOR is set (no-color.org).</summary>
    public bool OutHasColour => OutIsTerminal && ColourAllowed;

    public bool ErrorHasColour => ErrorIsTerminal && ColourAllowed;

    private bool ColourAllowed => string.IsNullOrEmpty(Variable("NO_COLOR")) && Variable("TERM") != "dumb";

    /// <summary>The process's own streams and environment.</summary>
    public static CliIo OfProcess() => new()
    {
        Out = System.Console.Out,
        Error = System.Console.Error,
        In = System.Console.In,
        Variable = Environment.GetEnvironmentVariable,
        WorkingDirectory = Environment.CurrentDirectory,
        HomeDirectory = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        OutIsTerminal = !System.Console.IsOutputRedirected,
        ErrorIsTerminal = !System.Console.IsErrorRedirected,
    };

    public string FullPath(string path) => Path.GetFullPath(path, WorkingDirectory);
}
