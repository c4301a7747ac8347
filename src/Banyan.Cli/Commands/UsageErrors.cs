using System.CommandLine;
using System.CommandLine.Parsing;
using Banyan.Cli.Output;
using Banyan.Cli.Yaml;
using Banyan.Contracts;
using Banyan.Contracts.Text;

namespace Banyan.Cli.Commands;

/// <summary>Says what is wrong with a command line and what was probably meant.</summary>
internal static class UsageErrors
{
    /// <summary>True when the line cannot be run; <see cref="Write"/> then says why.</summary>
    public static bool Any(ParseResult parsed) => parsed.Errors.Count > 0 || Mistaken(parsed).Any();

    public static int Write(ParseResult parsed, CliIo io)
    {
        var command = parsed.CommandResult.Command;
        var said = false;
        var mistaken = Mistaken(parsed).ToArray();
        foreach (var token in mistaken.Length > 0 ? mistaken : parsed.UnmatchedTokens)
        {
            said = true;
            io.Error.Write(token.StartsWith('-')
                ? $"error: Unknown option '{token}' for '{Path(parsed)}'.{NearestName.Hint(token, OptionNames(parsed))}\n"
                : command.Subcommands.Count > 0
                    ? $"error: Unknown command '{token}'.{NearestName.Hint(token, command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}\n"
                    : $"error: '{Path(parsed)}' does not take '{token}'.\n");
        }

        if (!said)
        {
            foreach (var error in parsed.Errors)
            {
                io.Error.Write($"error: {error.Message}\n");
            }
        }

        io.Error.Write($"'{Path(parsed)} --help' shows what it takes.\n");
        return ExitCodes.Usage;
    }

    // The library takes an unknown option for a value where a command takes one: 'get services --wach' would look for an object of that name.
    private static IEnumerable<string> Mistaken(ParseResult parsed) =>
        parsed.Tokens.Any(t => t.Type == TokenType.DoubleDash)
            ? []
            : parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens)
                .Where(t => t.Type == TokenType.Argument && t.Value.Length > 1 && t.Value[0] == '-')
                .Select(t => t.Value);

    private static IEnumerable<string> OptionNames(ParseResult parsed)
    {
        for (SymbolResult? at = parsed.CommandResult; at is not null; at = at.Parent)
        {
            if (at is CommandResult result)
            {
                foreach (var option in result.Command.Options.Where(o => !o.Hidden && (at == parsed.CommandResult || o.Recursive)))
                {
                    yield return option.Name;
                    foreach (var alias in option.Aliases)
                    {
                        yield return alias;
                    }
                }
            }
        }
    }

    private static string Path(ParseResult parsed)
    {
        var names = new List<string>();
        for (SymbolResult? at = parsed.CommandResult; at is not null; at = at.Parent)
        {
            if (at is CommandResult result)
            {
                names.Insert(0, result.Command is RootCommand ? "banyan" : result.Command.Name);
            }
        }

        return string.Join(' ', names);
    }
}
