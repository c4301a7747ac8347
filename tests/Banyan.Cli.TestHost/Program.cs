// A starter of programs that tests can kill: starts its arguments as a process group, shows its output, waits.
using Banyan.Cli.Processes;

var group = ProcessGroup.Start(args, "/", ProcessGroup.InheritedEnvironment());
System.Console.WriteLine($"group {group.Id}");
await LineReader.ReadAsync(group.Output, line => System.Console.WriteLine($"child {line}"));
return await group.Exit;
