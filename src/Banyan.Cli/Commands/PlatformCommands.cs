using System.CommandLine;
using System.Text.Json.Nodes;
using Banyan.Cli.Output;
using Banyan.Cli.Platform;
using Banyan.Contracts;
using Banyan.Contracts.Text;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan targets</c>: the modules and what they need of each other.</summary>
internal static class TargetsCommand
{
    public static Command Create(CliContext context)
    {
        var output = CliContext.Output("table", "json", "yaml");
        var command = new Command("targets", "List the modules, in the order in which they start") { output };
        command.SetAction(parsed =>
        {
            var format = CliContext.Format(parsed.GetValue(output)!);
            var targets = context.Platform.Targets;
            if (format.IsMachine())
            {
                OutputFormats.WriteDocument(context.Io.Out, format, new JsonObject
                {
                    ["items"] = new JsonArray(targets.Select(t => (JsonNode)new JsonObject
                    {
                        ["name"] = t.Name,
                        ["summary"] = t.Summary,
                        ["provides"] = new JsonArray(t.Provides.Select(p => (JsonNode)p).ToArray()),
                        ["requires"] = new JsonArray(t.Requires.Select(r => (JsonNode)r).ToArray()),
                    }).ToArray()),
                });
                return ExitCodes.Success;
            }

            var table = new TextTable("NAME", "PROVIDES", "REQUIRES", "SUMMARY");
            foreach (var t in targets)
            {
                table.Add(t.Name, string.Join(",", t.Provides), string.Join(",", t.Requires), t.Summary);
            }

            table.Write(context.Io.Out);
            return ExitCodes.Success;
        });
        return command;
    }
}

/// <summary><c>banyan config print</c>: the settings a server would see, and who set them.</summary>
internal static class ConfigCommand
{
    public static Command Create(CliContext context)
    {
        var settings = new SettingsOptions();
        var changed = new Option<bool>("--changed") { Description = "Only settings that differ from their default" };
        var output = CliContext.Output("table", "json", "yaml");
        var print = new Command("print", "Show every setting, its value and who set it; secrets are redacted") { changed, output };
        settings.AddTo(print);
        print.SetAction(parsed =>
        {
            var values = context.Platform.ReadSettings(settings.Read(parsed, context)).Where(s => !parsed.GetValue(changed) || s.Value != s.Default).ToArray();
            var format = CliContext.Format(parsed.GetValue(output)!);
            if (format.IsMachine())
            {
                OutputFormats.WriteDocument(context.Io.Out, format, new JsonObject
                {
                    ["items"] = new JsonArray(values.Select(s => (JsonNode)new JsonObject { ["name"] = s.Name, ["value"] = s.Value, ["default"] = s.Default, ["source"] = s.Source }).ToArray()),
                });
                return ExitCodes.Success;
            }

            var table = new TextTable("SETTING", "VALUE", "DEFAULT", "SOURCE");
            foreach (var s in values)
            {
                table.Add(s.Name, s.Value, s.Default, s.Source);
            }

            table.Write(context.Io.Out);
            return ExitCodes.Success;
        });
        return new Command("config", "Show the settings") { print };
    }
}

/// <summary><c>banyan store</c>: care for a data directory while no server has it open.</summary>
internal static class StoreCommand
{
    public static Command Create(CliContext context) => new("store", "Verify, save, restore and copy a store")
    {
        One(context, "verify", "Read everything and say whether it is whole", StoreOperation.Verify, "The data directory", null),
        One(context, "snapshot", "Write one file that holds everything", StoreOperation.Snapshot, "The data directory, or a running server: banyan://127.0.0.1:7401", "The file to write"),
        One(context, "restore", "Make a data directory from a snapshot", StoreOperation.Restore, "The snapshot file", "The data directory to make"),
        One(context, "copy", "Copy everything to another engine", StoreOperation.Copy, "The data directory, or a running server: banyan://127.0.0.1:7401", "The data directory to make, or an engine: etcd://127.0.0.1:2379"),
    };

    private static Command One(CliContext context, string name, string description, StoreOperation operation, string fromText, string? toText)
    {
        var from = new Argument<string>("from") { Description = fromText };
        var to = toText is null ? null : new Argument<string>("to") { Description = toText };
        var output = CliContext.Output("table", "json", "yaml");
        var command = new Command(name, description) { from, output };
        if (to is not null)
        {
            command.Add(to);
        }

        command.SetAction(async (parsed, cancellation) =>
        {
            var io = context.Io;
            var request = new StoreRequest(operation, Place(parsed.GetValue(from)!), to is null ? null : Place(parsed.GetValue(to)!), context.FindTokenFile(parsed));
            var outcome = await context.Platform.RunStoreAsync(request, new LineProgress(io), cancellation).ConfigureAwait(false);
            var format = CliContext.Format(parsed.GetValue(output)!);
            if (format.IsMachine())
            {
                var document = new JsonObject { ["ok"] = outcome.ExitCode == ExitCodes.Success, ["summary"] = outcome.Summary };
                foreach (var (figure, value) in outcome.Figures)
                {
                    document[figure] = value;
                }

                OutputFormats.WriteDocument(io.Out, format, document);
            }
            else
            {
                (outcome.ExitCode == ExitCodes.Success ? io.Out : io.Error).Write(outcome.Summary + "\n");
                foreach (var (figure, value) in outcome.Figures)
                {
                    io.Out.Write($"  {figure}: {value}\n");
                }
            }

            return outcome.ExitCode;
        });
        return command;

        string Place(string written) => written.Contains("://", StringComparison.Ordinal) ? written : context.Io.FullPath(written);
    }
}

/// <summary><c>banyan bench</c>: measures, beside others where that is possible.</summary>
internal static class BenchCommand
{
    public static Command Create(CliContext context)
    {
        var name = new Argument<string?>("name") { Description = "Which; without it the benches are listed", Arity = ArgumentArity.ZeroOrOne };
        var rest = new Argument<string[]>("arguments") { Description = "What the bench itself takes, after --", Arity = ArgumentArity.ZeroOrMore };
        var quick = new Option<bool>("--quick") { Description = "Finish within 45 s" };
        var output = CliContext.Output("table", "json");
        var command = new Command("bench", "Measure") { name, rest, quick, output };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(name) is not { } wanted)
            {
                var table = new TextTable("BENCH", "MEASURES");
                foreach (var bench in context.Platform.Benches)
                {
                    table.Add(bench.Name, bench.Summary);
                }

                table.Write(context.Io.Out);
                return ExitCodes.Success;
            }

            if (context.Platform.Benches.All(b => b.Name != wanted))
            {
                throw new BanyanException(CliErrors.BadArgument, $"There is no bench '{wanted}'.{NearestName.Hint(wanted, context.Platform.Benches.Select(b => b.Name))} 'banyan bench' lists them.");
            }

            var request = new BenchRequest(wanted, parsed.GetValue(quick), parsed.GetValue(output) == "json", parsed.GetValue(rest) ?? []);
            return await context.Platform.RunBenchAsync(request, context.Io.Out, new LineProgress(context.Io), cancellation).ConfigureAwait(false);
        });
        return command;
    }
}

/// <summary><c>banyan version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create(CliContext context)
    {
        var output = CliContext.Output("table", "json", "yaml");
        var command = new Command("version", "Show the version of this program") { output };
        command.SetAction(parsed =>
        {
            var format = CliContext.Format(parsed.GetValue(output)!);
            if (format.IsMachine())
            {
                OutputFormats.WriteDocument(context.Io.Out, format, new JsonObject { ["version"] = context.Platform.Version });
            }
            else
            {
                context.Io.Out.Write($"banyan {context.Platform.Version}\n");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}

/// <summary>Progress of long work, on standard error, in the order it is made.</summary>
internal sealed class LineProgress(CliIo io) : IProgress<string>
{
    public void Report(string value) => io.Error.Write(value + "\n");
}
