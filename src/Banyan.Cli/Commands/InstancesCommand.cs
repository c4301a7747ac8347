using System.CommandLine;
using System.Text.Json.Nodes;
using Banyan.Cli.Output;
using Banyan.Client;
using Banyan.Contracts;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan instances</c>: who is there, and taking one out.</summary>
internal static class InstancesCommand
{
    public static Command Create(CliContext context)
    {
        return new Command("instances", "Show instances of services, drain or remove one") { List(context), Drain(context), Deregister(context) };
    }

    public static async Task<int> ListAsync(
        CliContext context, BanyanClient client, Selection selection, string? service, OutputFormat format, bool watch, CancellationToken cancellation)
    {
        var io = context.Io;
        var instances = await client.Instances.ListAsync(selection.InDomain, null, cancellation).ConfigureAwait(false);
        var selected = instances.Where(i => service is null || i.Service == service || i.Id == service).ToArray();
        switch (format)
        {
            case OutputFormat.Json or OutputFormat.Yaml:
                OutputFormats.WriteDocument(io.Out, format, new JsonObject { ["items"] = new JsonArray(selected.Select(i => (JsonNode)InstanceLists.Document(i)).ToArray()) });
                break;
            case OutputFormat.Name:
                foreach (var i in selected)
                {
                    io.Out.Write($"instance/{i.Service}/{i.Id}\n");
                }

                break;
            default:
                if (selected.Length == 0)
                {
                    io.Error.Write(service is null ? "No instances.\n" : $"No instances of '{service}'.\n");
                    break;
                }

                InstanceLists.Table(selected, selection.AllDomains, format == OutputFormat.Wide, io.Clock).Write(io.Out);
                break;
        }

        return watch ? await WatchAsync(context, client, selection, service, format, cancellation).ConfigureAwait(false) : ExitCodes.Success;
    }

    private static async Task<int> WatchAsync(CliContext context, BanyanClient client, Selection selection, string? service, OutputFormat format, CancellationToken cancellation)
    {
        var io = context.Io;
        await foreach (var change in client.Instances.WatchAsync(selection.InDomain, cancellation).ConfigureAwait(false))
        {
            // The first message repeats what the list has just shown.
            foreach (var i in change.Reset ? [] : change.Changed ?? [])
            {
                if (service is not null && i.Service != service)
                {
                    continue;
                }

                if (format is OutputFormat.Json or OutputFormat.Yaml)
                {
                    io.Out.Write(new JsonObject { ["type"] = "put", ["object"] = InstanceLists.Document(i) }.ToJsonString() + "\n");
                }
                else
                {
                    InstanceLists.Table([i], selection.AllDomains, format == OutputFormat.Wide, io.Clock).Write(io.Out, withHeader: false);
                }
            }

            foreach (var gone in change.Removed ?? [])
            {
                if (service is null || gone.Service == service)
                {
                    io.Out.Write(format is OutputFormat.Json or OutputFormat.Yaml
                        ? new JsonObject { ["type"] = "delete", ["object"] = new JsonObject { ["domain"] = gone.Domain, ["service"] = gone.Service, ["id"] = gone.Id } }.ToJsonString() + "\n"
                        : $"{gone.Service}   {gone.Id}   removed\n");
                }
            }

            io.Out.Flush();
        }

        return ExitCodes.Success;
    }

    private static Command List(CliContext context)
    {
        var service = new Argument<string?>("service") { Description = "Only this service's", Arity = ArgumentArity.ZeroOrOne };
        var selection = new SelectionOptions();
        var output = CliContext.Output("table", "wide", "json", "yaml", "name");
        var watch = new Option<bool>("--watch", "-w") { Description = "Go on with every change" };
        var command = new Command("list", "Show instances; -o wide shows process ids") { service, output, watch };
        selection.AddTo(command);
        command.SetAction((parsed, cancellation) => ListAsync(
            context, context.Connect(parsed), selection.Read(parsed), parsed.GetValue(service), CliContext.Format(parsed.GetValue(output)!), parsed.GetValue(watch), cancellation));
        return command;
    }

    private static Command Drain(CliContext context) => ForOne(
        context,
        "drain",
        "Take an instance out of rotation; it finishes what it has",
        async (client, address, cancellation) => await client.Instances.DrainAsync(address, "asked on the command line", cancellation).ConfigureAwait(false),
        "drained: it gets no new requests");

    private static Command Deregister(CliContext context) => ForOne(
        context,
        "deregister",
        "Remove an instance from the registry; the process itself goes on",
        (client, address, cancellation) => client.Instances.DeregisterAsync(address, cancellation),
        "deregistered");

    private static Command ForOne(CliContext context, string name, string description, Func<BanyanClient, InstanceAddress, CancellationToken, Task> act, string done)
    {
        var service = new Argument<string>("service") { Description = "The service" };
        var id = new Argument<string>("id") { Description = "The instance; 'banyan instances list' shows ids" };
        var domain = new Option<string>("--domain", "-d") { Description = "Domain", DefaultValueFactory = _ => "default" };
        var command = new Command(name, description) { service, id, domain };
        command.SetAction(async (parsed, cancellation) =>
        {
            var address = new InstanceAddress(parsed.GetValue(domain)!, parsed.GetValue(service)!, parsed.GetValue(id)!);
            await act(context.Connect(parsed), address, cancellation).ConfigureAwait(false);
            context.Io.Out.Write($"{address.Service}/{address.Id} {done}\n");
            return ExitCodes.Success;
        });
        return command;
    }
}
