using System.CommandLine;
using System.Text.Json.Nodes;
using Banyan.Cli.Output;
using Banyan.Cli.Yaml;
using Banyan.Client;
using Banyan.Contracts;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan describe</c>: everything about one object on one page.</summary>
internal static class DescribeCommand
{
    public static Command Create(CliContext context)
    {
        var kind = new Argument<string>("kind") { Description = "Kind" };
        var name = new Argument<string>("name") { Description = "Name" };
        var domain = new Option<string>("--domain", "-d") { Description = "Domain", DefaultValueFactory = _ => "default" };
        var output = CliContext.Output("table", "json", "yaml");
        var command = new Command("describe", "Show one object with its conditions, instances and last changes") { kind, name, domain, output };
        command.SetAction(async (parsed, cancellation) =>
        {
            var client = context.Connect(parsed);
            var found = await CliContext.KindAsync(client, parsed.GetValue(kind)!, cancellation).ConfigureAwait(false);
            var address = new ResourceAddress(found.Plural, found.InDomain ? parsed.GetValue(domain) : null, parsed.GetValue(name)!);
            var item = await client.Resources.GetAsync(address, cancellation).ConfigureAwait(false);
            var instances = found.Name == "Service" ? await client.Instances.ListAsync(address.Domain, address.Name, cancellation).ConfigureAwait(false) : [];
            var audit = await AuditOfAsync(client, found, address, cancellation).ConfigureAwait(false);
            var format = CliContext.Format(parsed.GetValue(output)!);
            if (format.IsMachine())
            {
                OutputFormats.WriteDocument(context.Io.Out, format, new JsonObject
                {
                    ["object"] = item.DeepClone(),
                    ["instances"] = new JsonArray(instances.Select(i => (JsonNode)InstanceLists.Document(i)).ToArray()),
                    ["audit"] = new JsonArray(audit.Select(a => a.DeepClone()).ToArray()),
                });
            }
            else
            {
                Write(context.Io, found, item, instances, audit);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<IReadOnlyList<JsonObject>> AuditOfAsync(BanyanClient client, KindDescription kind, ResourceAddress address, CancellationToken cancellation)
    {
        try
        {
            return await client.Audit.ListAsync(new AuditQuery(kind.Name, address.Name, Limit: 5), cancellation).ConfigureAwait(false);
        }
        catch (BanyanException refused) when (refused.Error.Kind is ErrorKind.Forbidden or ErrorKind.NotFound)
        {
            // The object may be read by more people than its history.
            return [];
        }
    }

    private static void Write(CliIo io, KindDescription kind, JsonObject item, IReadOnlyList<InstanceDescription> instances, IReadOnlyList<JsonObject> audit)
    {
        var head = new TextTable("", "");
        head.Add("Kind:", kind.Name);
        head.Add("Name:", item.Name());
        if (kind.InDomain)
        {
            head.Add("Domain:", item.Domain());
        }

        head.Add("Created:", $"{item.Text("metadata", "createdAt")} ({Ages.Of(item.Time("metadata", "createdAt"), io.Clock)} ago)");
        head.Add("Revision:", $"{item.Text("metadata", "revision")}, generation {item.Text("metadata", "generation")}");
        foreach (var section in new[] { "labels", "annotations", "finalizers" })
        {
            if (item.At("metadata", section) is { } part && part.ToJsonString() is not ("{}" or "[]"))
            {
                head.Add(char.ToUpperInvariant(section[0]) + section[1..] + ":", part is JsonObject map ? string.Join(", ", map.Select(p => $"{p.Key}={p.Value.Text()}")) : part.Joined());
            }
        }

        if (item.Text("metadata", "deletedAt") is { } deleted)
        {
            head.Add("Deleting since:", deleted);
        }

        head.Write(io.Out, withHeader: false);
        Section(io.Out, "Spec", item.At("spec"));
        if (item.At("status") is JsonObject status && status.Any(p => p.Key != "conditions"))
        {
            var rest = (JsonObject)status.DeepClone();
            rest.Remove("conditions");
            Section(io.Out, "Status", rest);
        }

        var conditions = new TextTable("CONDITION", "HOLDS", "SINCE", "REASON", "MESSAGE");
        foreach (var condition in item.Conditions())
        {
            conditions.Add(condition.Text("type"), condition.Text("holds"), Ages.Of(condition.Time("since"), io.Clock), condition.Text("reason"), condition.Text("message"));
        }

        Table(io.Out, "Conditions", conditions);
        Table(io.Out, "Instances", InstanceLists.Table(instances, withDomain: false, wide: false, io.Clock));
        Table(io.Out, "Last changes", AuditCommand.Table(audit, io.Clock));
    }

    private static void Section(TextWriter to, string title, JsonNode? content)
    {
        if (content is JsonObject { Count: > 0 })
        {
            to.Write($"{title}:\n");
            foreach (var line in YamlJson.ToYaml(content).TrimEnd().Split('\n'))
            {
                to.Write($"  {line}\n");
            }
        }
    }

    private static void Table(TextWriter to, string title, TextTable table)
    {
        if (table.Count > 0)
        {
            to.Write($"{title}:\n");
            table.Write(to, indent: "  ");
        }
    }
}
