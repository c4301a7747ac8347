using System.CommandLine;
using Banyan.Client;
using Banyan.Contracts;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan delete</c>.</summary>
internal static class DeleteCommand
{
    public static Command Create(CliContext context)
    {
        var kind = new Argument<string>("kind") { Description = "Kind" };
        var names = new Argument<string[]>("name") { Description = "Names", Arity = ArgumentArity.OneOrMore };
        var domain = new Option<string>("--domain", "-d") { Description = "Domain", DefaultValueFactory = _ => "default" };
        var wait = new Option<bool>("--wait") { Description = "Return when the objects are gone, finalisers included" };
        var missing = new Option<bool>("--ignore-not-found") { Description = "Succeed when there is nothing to delete" };
        var timeout = WaitCommand.TimeoutOption();
        var command = new Command("delete", "Delete objects") { kind, names, domain, wait, missing, timeout };
        command.SetAction(async (parsed, cancellation) =>
        {
            var client = context.Connect(parsed);
            var found = await CliContext.KindAsync(client, parsed.GetValue(kind)!, cancellation).ConfigureAwait(false);
            foreach (var name in parsed.GetValue(names)!)
            {
                var address = new ResourceAddress(found.Plural, found.InDomain ? parsed.GetValue(domain) : null, name);
                try
                {
                    await client.Resources.DeleteAsync(address, null, cancellation).ConfigureAwait(false);
                }
                catch (BanyanException gone) when (gone.Error.Kind == ErrorKind.NotFound && parsed.GetValue(missing))
                {
                    context.Io.Error.Write($"{found.Name.ToLowerInvariant()}/{name} is not there\n");
                    continue;
                }

                if (parsed.GetValue(wait))
                {
                    await new WaitRun(context, client).ForDeletionAsync(found, address, WaitCommand.Timeout(parsed.GetValue(timeout)!), cancellation).ConfigureAwait(false);
                }

                context.Io.Out.Write($"{found.Name.ToLowerInvariant()}/{name} deleted\n");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
