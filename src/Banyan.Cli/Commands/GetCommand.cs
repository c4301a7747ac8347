using System.CommandLine;
using System.Text.Json.Nodes;
using Banyan.Cli.Output;
using Banyan.Client;
using Banyan.Contracts;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan get</c>: objects of a kind.</summary>
internal static class GetCommand
{
    public static Command Create(CliContext context)
    {
        var kind = new Argument<string>("kind") { Description = "Kind: services, routes, domains, instances, …" };
        var name = new Argument<string?>("name") { Description = "One object", Arity = ArgumentArity.ZeroOrOne };
        var selection = new SelectionOptions();
        var output = CliContext.Output("table", "wide", "json", "yaml", "name");
        var watch = new Option<bool>("--watch", "-w") { Description = "Go on with every change" };
        var command = new Command("get", "Show objects") { kind, name, output, watch };
        selection.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var run = new GetRun(context, context.Connect(parsed), selection.Read(parsed), CliContext.Format(parsed.GetValue(output)!));
            return run.RunAsync(parsed.GetValue(kind)!, parsed.GetValue(name), parsed.GetValue(watch), cancellation);
        });
        return command;
    }
}

/// <summary>Which objects.</summary>
internal sealed record Selection(string Domain, bool AllDomains, string? Labels)
{
    /// <summary>The domain to ask for; null for all.</summary>
    public string? InDomain => AllDomains ? null : Domain;
}

internal sealed class SelectionOptions
{
    private readonly Option<string> _domain = new("--domain", "-d") { Description = "Domain", DefaultValueFactory = _ => "default" };
    private readonly Option<bool> _all = new("--all-domains", "-A") { Description = "All domains" };
    private readonly Option<string?> _labels = new("--selector", "-l") { Description = "Label selector, for example tier=critical,owner!=x" };

    public void AddTo(Command command)
    {
        command.Add(_domain);
        command.Add(_all);
        command.Add(_labels);
    }

    public Selection Read(ParseResult parsed) => new(parsed.GetValue(_domain)!, parsed.GetValue(_all), parsed.GetValue(_labels));
}

internal sealed class GetRun(CliContext context, BanyanClient client, Selection selection, OutputFormat format)
{
    private readonly CliIo _io = context.Io;

    public async Task<int> RunAsync(string kindName, string? name, bool watch, CancellationToken cancellation)
    {
        if (kindName.Equals("instances", StringComparison.OrdinalIgnoreCase) || kindName.Equals("instance", StringComparison.OrdinalIgnoreCase))
        {
            return await InstancesCommand.ListAsync(context, client, selection, name, format, watch, cancellation).ConfigureAwait(false);
        }

        var kind = await CliContext.KindAsync(client, kindName, cancellation).ConfigureAwait(false);
        var domain = kind.InDomain ? selection.InDomain : null;
        long revision;
        if (name is not null)
        {
            if (kind.InDomain && selection.AllDomains)
            {
                throw new BanyanException(CliErrors.BadArgument, "One object is in one domain: leave out --all-domains, or the name.");
            }

            var item = await client.Resources.GetAsync(new ResourceAddress(kind.Plural, domain, name), cancellation).ConfigureAwait(false);
            revision = item.At("metadata", "revision") is JsonValue value && value.TryGetValue(out long r) ? r : 0;
            await WriteAsync(kind, [item], single: true, cancellation).ConfigureAwait(false);
        }
        else
        {
            var page = await client.Resources.ListAsync(kind.Plural, domain, selection.Labels, cancellation).ConfigureAwait(false);
            revision = page.Revision;
            await WriteAsync(kind, page.Items, single: false, cancellation).ConfigureAwait(false);
        }

        return watch ? await WatchAsync(kind, domain, name, revision, cancellation).ConfigureAwait(false) : ExitCodes.Success;
    }

    /// <summary>Writes each change as it comes: a table row, or one document.</summary>
    public async Task<int> WatchAsync(KindDescription kind, string? domain, string? name, long revision, CancellationToken cancellation)
    {
        while (true)
        {
            await foreach (var change in client.Resources.WatchAsync(kind.Plural, domain, selection.Labels, revision, cancellation).ConfigureAwait(false))
            {
                revision = Math.Max(revision, change.Revision);
                if (change.Object is { } item && (name is null || item.Name() == name))
                {
                    WriteChange(kind, change.Type, item);
                }
            }

            // The server ended the stream, for example because it restarts: go on from the last revision seen.
            await Task.Delay(TimeSpan.FromMilliseconds(200), _io.Clock, cancellation).ConfigureAwait(false);
        }
    }

    private void WriteChange(KindDescription kind, string type, JsonObject item)
    {
        switch (format)
        {
            case OutputFormat.Json:
                _io.Out.Write(new JsonObject { ["type"] = type, ["object"] = item.DeepClone() }.ToJsonString() + "\n");
                break;
            case OutputFormat.Yaml:
                _io.Out.Write("---\n");
                OutputFormats.WriteDocument(_io.Out, format, new JsonObject { ["type"] = type, ["object"] = item.DeepClone() });
                break;
            case OutputFormat.Name:
                _io.Out.Write($"{type} {kind.Name.ToLowerInvariant()}/{item.Name()}\n");
                break;
            default:
                _io.Out.Write($"{(type == "delete" ? "deleted " : "changed ")} ");
                ResourceLists.Table(kind, [item], [], selection.AllDomains && kind.InDomain, format == OutputFormat.Wide, _io.Clock).Write(_io.Out, withHeader: false);
                break;
        }

        _io.Out.Flush();
    }

    private async Task WriteAsync(KindDescription kind, IReadOnlyList<JsonObject> items, bool single, CancellationToken cancellation)
    {
        switch (format)
        {
            case OutputFormat.Json or OutputFormat.Yaml:
                OutputFormats.WriteDocument(_io.Out, format, single ? items[0] : ResourceLists.Document(new JsonArray(items.Select(i => i.DeepClone()).ToArray())));
                break;
            case OutputFormat.Name:
                foreach (var item in items)
                {
                    _io.Out.Write($"{kind.Name.ToLowerInvariant()}/{item.Name()}\n");
                }

                break;
            default:
                if (items.Count == 0)
                {
                    _io.Error.Write($"No {kind.Plural}{(kind.InDomain ? selection.AllDomains ? " in any domain" : $" in domain '{selection.Domain}'" : string.Empty)}.\n");
                    break;
                }

                var instances = kind.Name == "Service" ? await client.Instances.ListAsync(selection.InDomain, null, cancellation).ConfigureAwait(false) : [];
                ResourceLists.Table(kind, items, instances, selection.AllDomains && kind.InDomain, format == OutputFormat.Wide, _io.Clock).Write(_io.Out);
                break;
        }
    }
}
