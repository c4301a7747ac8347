using Banyan.Grpc;
using Banyan.Hosting;
using Banyan.Hosting.Settings;
using Monomicrolith.Front;
using Monomicrolith.Greeter;

// --target=greeter and --greeter.address=http://… are settings like all others; 'target' alone is short for 'host.target'.
var flags = args.Select(a => a.TrimStart('-').Split('=', 2))
    .Select(p => KeyValuePair.Create(p[0] == "target" ? "host.target" : p[0], p.Length > 1 ? p[1] : "true"))
    .ToList();

var builder = new ModuleHostBuilder();
builder.Settings.AddEnvironment(Environment.GetEnvironmentVariables()).AddFlags(flags);
builder.AddModules(new GreeterModule(), new FrontModule());
builder.AddRemoteContract<IGreeter>(GreeterContract.Contract, (_, address) => new RemoteGreeter(new GrpcChannel(address)));

try
{
    return await builder.Build().RunAsync(CancellationToken.None);
}
catch (HostStartException e)
{
    Console.Error.WriteLine(e.Message);
    return e.ExitCode;
}
