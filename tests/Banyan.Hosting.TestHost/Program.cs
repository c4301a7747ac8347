using Banyan.Hosting;
using Banyan.Hosting.Settings;
using Banyan.Hosting.TestHost;

// A real process for tests of signals and exit codes. Arguments are settings: misbehaving.how=worker, host.stopDeadline=1s, …
var builder = new ModuleHostBuilder().AddModules(new MisbehavingModule(), new QuietModule());
builder.Settings.AddFlags(args.Select(a => a.Split('=', 2)).Select(p => KeyValuePair.Create(p[0], p[1])));
try
{
    return await builder.Build().RunAsync(CancellationToken.None);
}
catch (HostStartException e)
{
    System.Console.Error.WriteLine(e.Message);
    return e.ExitCode;
}
