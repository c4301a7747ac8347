using System.CommandLine;
using Banyan.Contracts;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan watch</c>: every change of a kind's objects, from now on.</summary>
internal static class WatchCommand
{
    public static Command Create(CliContext context)
    {
        var kind = new Argument<string>("kind") { Description = "Kind: services, routes, domains, instances, …" };
        var name = new Argument<string?>("name") { Description = "One object", Arity = ArgumentArity.ZeroOrOne };
        var selection = new SelectionOptions();
        var output = CliContext.Output("table", "wide", "json", "yaml", "name");
        var after = new Option<long>("--after") { Description = "Changes after this revision; without it, from now on" };
        var command = new Command("watch", "Show changes as they happen") { kind, name, output, after };
        selection.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var client = context.Connect(parsed);
            var selected = selection.Read(parsed);
            var format = CliContext.Format(parsed.GetValue(output)!);
            var written = parsed.GetValue(kind)!;
            if (written.Equals("instances", StringComparison.OrdinalIgnoreCase))
            {
                return await InstancesCommand.ListAsync(context, client, selected, parsed.GetValue(name), format, watch: true, cancellation).ConfigureAwait(false);
            }

            var found = await CliContext.KindAsync(client, written, cancellation).ConfigureAwait(false);
            var domain = found.InDomain ? selected.InDomain : null;
            var revision = parsed.GetValue(after);
            if (revision == 0)
            {
                revision = (await client.Resources.ListPageAsync(found.Plural, domain, null, 1, null, cancellation).ConfigureAwait(false)).Revision;
            }

            return await new GetRun(context, client, selected, format).WatchAsync(found, domain, parsed.GetValue(name), revision, cancellation).ConfigureAwait(false);
        });
        return command;
    }
}
