using Banyan.Cli;
using Banyan.Platform;

return await CliProgram.RunAsync(args, new BanyanPlatform());
