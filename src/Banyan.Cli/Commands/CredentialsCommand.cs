using System.CommandLine;
using System.Text.Json.Nodes;
using Banyan.Cli.Output;
using Banyan.Client;
using Banyan.Contracts;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan credentials</c>: create, rotate, list. A token is shown once, or better written to a file.</summary>
internal static class CredentialsCommand
{
    public static Command Create(CliContext context) => new("credentials", "Create, rotate and list credentials") { CreateOne(context), Rotate(context), List(context) };

    private static Option<string?> OutFile() => new("--out") { Description = "Write the token to this file, readable by its owner only, instead of showing it", HelpName = "FILE" };

    private static Command CreateOne(CliContext context)
    {
        var name = new Argument<string>("name") { Description = "Its name" };
        var role = new Option<string>("--role") { Description = "administrator, reader or service", Required = true };
        role.AcceptOnlyFromAmong("administrator", "reader", "service");
        var domain = new Option<string>("--domain", "-d") { Description = "For a service: its domain", DefaultValueFactory = _ => "default" };
        var service = new Option<string?>("--service") { Description = "For a service: its name" };
        var file = OutFile();
        var output = CliContext.Output("table", "json", "yaml");
        var command = new Command("create", "Create a credential") { name, role, domain, service, file, output };
        command.SetAction(async (parsed, cancellation) =>
        {
            var chosen = parsed.GetValue(role)!;
            if ((chosen == "service") != (parsed.GetValue(service) is not null))
            {
                throw new BanyanException(CliErrors.BadArgument, "--service names the service of a credential with --role service, and of no other.");
            }

            var request = new CredentialRequest(parsed.GetValue(name)!, chosen, chosen == "service" ? parsed.GetValue(domain) : null, parsed.GetValue(service));
            var issued = await context.Connect(parsed).Credentials.CreateAsync(request, cancellation).ConfigureAwait(false);
            return Hand(context, issued, parsed.GetValue(file), CliContext.Format(parsed.GetValue(output)!), "created");
        });
        return command;
    }

    private static Command Rotate(CliContext context)
    {
        var name = new Argument<string>("name") { Description = "Its name" };
        var file = OutFile();
        var output = CliContext.Output("table", "json", "yaml");
        var command = new Command("rotate", "Give a credential a new token; the old one stops working at once") { name, file, output };
        command.SetAction(async (parsed, cancellation) =>
        {
            var issued = await context.Connect(parsed).Credentials.RotateAsync(parsed.GetValue(name)!, cancellation).ConfigureAwait(false);
            return Hand(context, issued, parsed.GetValue(file), CliContext.Format(parsed.GetValue(output)!), "rotated");
        });
        return command;
    }

    private static Command List(CliContext context)
    {
        var output = CliContext.Output("table", "json", "yaml");
        var command = new Command("list", "Show credentials, without their tokens") { output };
        command.SetAction(async (parsed, cancellation) =>
        {
            var all = await context.Connect(parsed).Credentials.ListAsync(cancellation).ConfigureAwait(false);
            var format = CliContext.Format(parsed.GetValue(output)!);
            if (format.IsMachine())
            {
                OutputFormats.WriteDocument(context.Io.Out, format, new JsonObject
                {
                    ["items"] = new JsonArray(all.Select(c => (JsonNode)new JsonObject { ["name"] = c.Name, ["role"] = c.Role, ["domain"] = c.Domain, ["service"] = c.Service, ["createdAt"] = c.CreatedAt?.ToString("O"), ["rotatedAt"] = c.RotatedAt?.ToString("O") }).ToArray()),
                });
                return ExitCodes.Success;
            }

            var table = new TextTable("NAME", "ROLE", "DOMAIN", "SERVICE", "AGE", "ROTATED");
            foreach (var c in all)
            {
                table.Add(c.Name, c.Role, c.Domain, c.Service, Ages.Of(c.CreatedAt, context.Io.Clock), Ages.Of(c.RotatedAt, context.Io.Clock));
            }

            table.Write(context.Io.Out);
            return ExitCodes.Success;
        });
        return command;
    }

    private static int Hand(CliContext context, IssuedCredential issued, string? file, OutputFormat format, string done)
    {
        var io = context.Io;
        if (file is not null)
        {
            SecretFile.Write(io.FullPath(file), issued.Token);
            io.Error.Write($"credential/{issued.Name} {done}; the token is in {file}\n");
        }
        else if (format.IsMachine())
        {
            OutputFormats.WriteDocument(io.Out, format, new JsonObject { ["name"] = issued.Name, ["role"] = issued.Role, ["token"] = issued.Token });
        }
        else
        {
            io.Error.Write($"credential/{issued.Name} {done}. The token is shown once; keep it in a file that only its owner can read:\n");
            io.Out.Write(issued.Token + "\n");
        }

        return ExitCodes.Success;
    }
}
