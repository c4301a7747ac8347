using System.CommandLine;
using System.Text.Json.Nodes;
using Banyan.Cli.Output;
using Banyan.Client;
using Banyan.Contracts;
using Banyan.Contracts.Text;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan apply</c>: makes objects be as documents say.</summary>
internal static class ApplyCommand
{
    public static Command Create(CliContext context)
    {
        var files = new Option<string[]>("--file", "-f") { Description = "File, directory, or '-' for standard input; YAML or JSON; may be repeated", Required = true, HelpName = "FILE|DIR|-" };
        var domain = new Option<string>("--domain", "-d") { Description = "Domain for documents that name none", DefaultValueFactory = _ => "default" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Check everything, change nothing" };
        var diff = new Option<bool>("--diff") { Description = "Show what changes (with --dry-run: what would change)" };
        var force = new Option<bool>("--force") { Description = "Take over fields that another manager owns" };
        var manager = new Option<string>("--manager") { Description = "Who applies, for the record of which fields are whose", DefaultValueFactory = _ => "cli" };
        var output = CliContext.Output("table", "json", "yaml", "name");
        var command = new Command("apply", "Create or update objects from documents") { files, domain, dryRun, diff, force, manager, output };
        command.SetAction(async (parsed, cancellation) =>
        {
            var documents = DocumentSource.Read(parsed.GetValue(files)!, context.Io);
            var options = new ApplyOptions { Manager = parsed.GetValue(manager)!, DryRun = parsed.GetValue(dryRun), Force = parsed.GetValue(force) };
            var run = new ApplyRun(context, context.Connect(parsed), options, parsed.GetValue(domain)!, parsed.GetValue(diff));
            return await run.RunAsync(documents, CliContext.Format(parsed.GetValue(output)!), cancellation).ConfigureAwait(false);
        });
        return command;
    }
}

/// <summary>Applies documents one after the other; a refused one does not stop the others.</summary>
internal sealed class ApplyRun(CliContext context, BanyanClient client, ApplyOptions options, string defaultDomain, bool showDiff)
{
    public async Task<int> RunAsync(IReadOnlyList<SourceDocument> documents, OutputFormat format, CancellationToken cancellation)
    {
        var io = context.Io;
        var results = new JsonArray();
        var kinds = await client.KindsAsync(cancellation).ConfigureAwait(false);
        var exit = ExitCodes.Success;
        foreach (var document in documents)
        {
            try
            {
                var (address, kind) = Address(document, kinds);
                var before = showDiff ? await FindAsync(address, cancellation).ConfigureAwait(false) : null;
                var result = await client.Resources.ApplyAsync(address, document.Content, options, cancellation).ConfigureAwait(false);
                results.Add(result.Object.DeepClone());
                var line = $"{kind.ToLowerInvariant()}/{address.Name} {(options.DryRun ? $"would be {result.Outcome}" : result.Outcome)}";
                if (format == OutputFormat.Name)
                {
                    io.Out.Write($"{kind.ToLowerInvariant()}/{address.Name}\n");
                }
                else
                {
                    (format.IsMachine() ? io.Error : io.Out).Write(line + "\n");
                }

                if (showDiff)
                {
                    JsonDiff.Write(format.IsMachine() ? io.Error : io.Out, before, result.Object, !format.IsMachine() && io.OutHasColour);
                }
            }
            catch (BanyanException refused) when (refused.Error.Code != ClientErrors.Unreachable.Code)
            {
                io.Error.Write($"{document.File}:{document.Line}: ");
                exit = FailureText.Write(refused, io);
            }
        }

        if (format is OutputFormat.Json or OutputFormat.Yaml)
        {
            OutputFormats.WriteDocument(io.Out, format, results.Count == 1 ? results[0] : ResourceLists.Document(results));
        }

        return exit;
    }

    private (ResourceAddress Address, string Kind) Address(SourceDocument document, IReadOnlyList<KindDescription> kinds)
    {
        var written = document.Content.Text("kind")!;
        var kind = kinds.FirstOrDefault(k => k.Name == written)
            ?? throw new BanyanException(CliErrors.UnknownKind, $"There is no kind '{written}'.{NearestName.Hint(written, kinds.Select(k => k.Name))} This server has: {string.Join(", ", kinds.Select(k => k.Name))}.");
        var domain = kind.InDomain ? document.Content.Text("metadata", "domain") ?? defaultDomain : null;
        return (new ResourceAddress(kind.Plural, domain, document.Content.Name()), kind.Name);
    }

    private async Task<JsonObject?> FindAsync(ResourceAddress address, CancellationToken cancellation)
    {
        try
        {
            return await client.Resources.GetAsync(address, cancellation).ConfigureAwait(false);
        }
        catch (BanyanException missing) when (missing.Error.Kind == ErrorKind.NotFound)
        {
            return null;
        }
    }
}
