using System.Text.RegularExpressions;
using Banyan.Contracts;
using Banyan.Testing;

namespace Banyan.Functional.Tests.Modules;

/// <summary>The sample of two modules, as one process and as two, unchanged (story S5).</summary>
public sealed partial class MonomicrolithTests
{
    [Fact]
    public async Task One_process_greets_by_itself()
    {
        await using var process = Start("--host.http=127.0.0.1:0", "--host.grpc=127.0.0.1:0");

        var (text, greeter, front) = await GreetAsync(await HttpAddressAsync(process));

        Assert.Equal(("Hello, world!", process.Id, process.Id), (text, greeter, front));
    }

    [Fact]
    public async Task Two_processes_greet_over_the_wire()
    {
        await using var greeterProcess = Start("--target=greeter", "--host.http=127.0.0.1:0", "--host.grpc=127.0.0.1:0", "--greeter.greeting=Good day, {name}.");
        await greeterProcess.WaitForOutputAsync("Running; HTTP on");
        var address = GrpcAddress().Match(greeterProcess.Output).Groups[1].Value;
        await using var frontProcess = Start("--target=front", "--host.http=127.0.0.1:0", "--host.grpc=127.0.0.1:0", $"--greeter.address={address}");

        var (text, greeter, front) = await GreetAsync(await HttpAddressAsync(frontProcess));

        Assert.Equal(("Good day, world.", greeterProcess.Id, frontProcess.Id), (text, greeter, front));
    }

    [Fact]
    public async Task Front_without_a_greeter_does_not_start_and_says_what_is_missing()
    {
        await using var process = Start("--target=front", "--host.http=127.0.0.1:0", "--host.grpc=127.0.0.1:0");

        Assert.Equal(ExitCodes.InvalidInput, await process.WaitForExitAsync());
        Assert.Contains("Module 'front' requires the contract 'greeter'", process.Output, StringComparison.Ordinal);
        Assert.Contains("--set greeter.address=http://HOST:PORT", process.Output, StringComparison.Ordinal);
    }

    private static TestProcess Start(params string[] arguments) => TestProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "monomicrolith.dll"), .. arguments]);

    private static async Task<Uri> HttpAddressAsync(TestProcess process)
    {
        await process.WaitForOutputAsync("Running; HTTP on");
        return new Uri(HttpAddress().Match(process.Output).Groups[1].Value);
    }

    private static async Task<(string Text, int Greeter, int Front)> GreetAsync(Uri address)
    {
        using var client = new HttpClient(new SocketsHttpHandler());
        var answer = Answer().Match(await client.GetStringAsync(new Uri(address, "/greet/world")));
        Assert.True(answer.Success);
        return (answer.Groups[1].Value, int.Parse(answer.Groups[2].ValueSpan, System.Globalization.CultureInfo.InvariantCulture), int.Parse(answer.Groups[3].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"HTTP on (http://\S+?)/?,")]
    private static partial Regex HttpAddress();

    [GeneratedRegex(@"gRPC on (http://\S+?)/?,")]
    private static partial Regex GrpcAddress();

    [GeneratedRegex(@"^(.*) \(greeted by process (\d+), answered by process (\d+)\)\n$")]
    private static partial Regex Answer();
}
