using System.CommandLine;
using Banyan.Cli.Output;
using Banyan.Contracts;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan explain</c>: what the platform would do, and why.</summary>
internal static class ExplainCommand
{
    public static Command Create(CliContext context) => new("explain", "Say what the platform would do, and why") { Route(context) };

    private static Command Route(CliContext context)
    {
        var method = new Argument<string>("method") { Description = "The request's method: GET, POST, …" };
        var url = new Argument<string>("url") { Description = "What a client asks for: http://shop.example/pets/7, or a path alone with -H 'Host: …'" };
        var header = new Option<string[]>("--header", "-H") { Description = "A header field; may be repeated", HelpName = "NAME: VALUE", AllowMultipleArgumentsPerToken = false };
        var address = new Option<string?>("--address") { Description = "The client's IP address", HelpName = "IP" };
        var output = CliContext.Output("table", "json", "yaml");
        var command = new Command("route", "Show which route takes a request, and what becomes of it; nothing is sent") { method, url, header, address, output };
        command.SetAction(async (parsed, cancellation) =>
        {
            var fields = (parsed.GetValue(header) ?? []).Select(Field).ToArray();
            var answer = await context.Connect(parsed).Gateway
                .ExplainAsync(parsed.GetValue(method)!, parsed.GetValue(url)!, fields, parsed.GetValue(address), cancellation).ConfigureAwait(false);
            var format = CliContext.Format(parsed.GetValue(output)!);
            if (format.IsMachine())
            {
                OutputFormats.WriteDocument(context.Io.Out, format, answer);
            }
            else
            {
                ExplanationText.Write(answer, context.Io.Out);
            }

            return (string?)answer["outcome"] switch
            {
                "no-route" => ExitCodes.NotFound,
                "refused" => ExitCodes.InvalidInput,
                _ => ExitCodes.Success,
            };
        });
        return command;
    }

    private static KeyValuePair<string, string> Field(string written)
    {
        var colon = written.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? new(written[..colon].Trim(), written[(colon + 1)..].Trim())
            : throw new BanyanException(CliErrors.BadArgument, $"'-H {written}' is no header field. Write -H 'Name: value'.");
    }
}
