using System.CommandLine;
using Banyan.Cli.Output;
using Banyan.Cli.Platform;
using Banyan.Cli.Up;

namespace Banyan.Cli.Commands;

/// <summary>The list of commands.</summary>
internal static class RootCommands
{
    public static RootCommand Build(ICliPlatform platform, CliIo io)
    {
        var context = new CliContext(platform, io);
        var root = new RootCommand("Banyan: one binary for services that find each other, are reached by name, and survive.")
        {
            context.Server,
            context.TokenFile,
            UpCommand.Create(context),
            ServerCommand.Create(context),
            SidecarCommand.Create(context),
            ApplyCommand.Create(context),
            GetCommand.Create(context),
            DescribeCommand.Create(context),
            ExplainCommand.Create(context),
            DeleteCommand.Create(context),
            WatchCommand.Create(context),
            WaitCommand.Create(context),
            InstancesCommand.Create(context),
            AuditCommand.Create(context),
            ConsoleCommand.Create(context),
            CredentialsCommand.Create(context),
            TargetsCommand.Create(context),
            ConfigCommand.Create(context),
            StoreCommand.Create(context),
            DoctorCommand.Create(context),
            BenchCommand.Create(context),
            CompletionCommand.Create(context),
            VersionCommand.Create(context),
        };
        return root;
    }
}
