using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Banyan.Cli.Output;
using Banyan.Client;
using Banyan.Contracts;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan console</c>: a link that opens the console signed in.</summary>
internal static class ConsoleCommand
{
    public static Command Create(CliContext context)
    {
        var output = CliContext.Output("table", "json", "yaml");
        var command = new Command("console", "Print a link that opens the console signed in; it works once") { output };
        command.SetAction(async (parsed, cancellation) =>
        {
            var io = context.Io;
            var link = await context.Connect(parsed).CreateConsoleLinkAsync(cancellation).ConfigureAwait(false);
            var format = CliContext.Format(parsed.GetValue(output)!);
            if (format.IsMachine())
            {
                OutputFormats.WriteDocument(io.Out, format, new JsonObject { ["url"] = link.Url.ToString(), ["expiresAt"] = link.ExpiresAt.ToString("O", CultureInfo.InvariantCulture) });
                return ExitCodes.Success;
            }

            io.Error.Write($"Open this in a browser. It signs in whoever opens it first, with your credential, and works once, {Lasts(link, io.Clock)}:\n");
            io.Out.Write($"{link.Url}\n");
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>How long the link may be used: <c>within 5 minutes</c>.</summary>
    public static string Lasts(ConsoleLink link, TimeProvider clock)
    {
        var minutes = (int)Math.Max(1, Math.Round((link.ExpiresAt - clock.GetUtcNow()).TotalMinutes));
        return string.Create(CultureInfo.InvariantCulture, $"within {minutes} minute{(minutes == 1 ? string.Empty : "s")}");
    }
}
