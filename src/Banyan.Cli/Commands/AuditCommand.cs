using System.CommandLine;
using System.Text.Json.Nodes;
using Banyan.Cli.Output;
using Banyan.Client;
using Banyan.Contracts;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan audit</c>: who changed what, when, from where.</summary>
internal static class AuditCommand
{
    public static Command Create(CliContext context)
    {
        var kind = new Option<string?>("--kind") { Description = "Only this kind, for example Route" };
        var name = new Option<string?>("--name") { Description = "Only this object" };
        var actor = new Option<string?>("--actor") { Description = "Only what this actor did" };
        var limit = new Option<int>("--limit") { Description = "At most so many, newest first", DefaultValueFactory = _ => 50 };
        var watch = new Option<bool>("--watch", "-w") { Description = "Go on with every change" };
        var output = CliContext.Output("table", "json", "yaml");
        var command = new Command("audit", "Show who changed what") { kind, name, actor, limit, watch, output };
        command.SetAction(async (parsed, cancellation) =>
        {
            var client = context.Connect(parsed);
            var query = new AuditQuery(parsed.GetValue(kind), parsed.GetValue(name), parsed.GetValue(actor), parsed.GetValue(limit));
            var format = CliContext.Format(parsed.GetValue(output)!);
            var io = context.Io;
            var entries = await client.Audit.ListAsync(query, cancellation).ConfigureAwait(false);
            if (format.IsMachine())
            {
                OutputFormats.WriteDocument(io.Out, format, new JsonObject { ["items"] = new JsonArray(entries.Select(e => e.DeepClone()).ToArray()) });
            }
            else if (entries.Count > 0)
            {
                Table(entries, io.Clock).Write(io.Out);
            }
            else
            {
                io.Error.Write("No changes recorded.\n");
            }

            if (parsed.GetValue(watch))
            {
                await foreach (var entry in client.Audit.WatchAsync(query, cancellation).ConfigureAwait(false))
                {
                    if (format.IsMachine())
                    {
                        io.Out.Write(entry.ToJsonString() + "\n");
                    }
                    else
                    {
                        Table([entry], io.Clock).Write(io.Out, withHeader: false);
                    }

                    io.Out.Flush();
                }
            }

            return ExitCodes.Success;
        });
        return command;
    }

    public static TextTable Table(IEnumerable<JsonObject> entries, TimeProvider clock)
    {
        var table = new TextTable("AGE", "ACTOR", "ACTION", "OBJECT", "FROM");
        foreach (var e in entries)
        {
            var domain = e.Text("domain");
            var target = $"{e.Text("kind")?.ToLowerInvariant()}/{(string.IsNullOrEmpty(domain) ? string.Empty : domain + "/")}{e.Text("name")}";
            table.Add(Ages.Of(e.Time("at") ?? e.Time("time"), clock), e.Text("actor", "name") ?? e.Text("actor"), e.Text("verb") ?? e.Text("action"), target, e.Text("address") ?? e.Text("actor", "address"));
        }

        return table;
    }
}
