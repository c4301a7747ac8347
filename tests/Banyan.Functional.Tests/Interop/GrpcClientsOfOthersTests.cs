using System.Globalization;
using System.Security.Cryptography;
using Banyan.Contracts;
using Banyan.Grpc;
using Banyan.Grpc.Rpc;
using Banyan.Testing;
using Banyan.Testing.Echo;
using Banyan.Testing.Peers;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Functional.Tests.Interop;

/// <summary>Clients that others wrote call a server of ours. Each client runs all its scenarios once; every outcome is a value that must be exactly right.</summary>
public sealed class GrpcClientsOfOthersTests
{
    private static readonly ErrorCode LeaseExpired = new("registry/lease-expired", ErrorKind.Stale, "The lease is over");

    [NeedsFact("grpc-js")]
    public Task GrpcJs_client_gets_every_outcome_right() => RunAsync("js", "grpc.reflection.v1.ServerReflection");

    [NeedsFact("python3-grpc")]
    public Task Python_client_gets_every_outcome_right() => RunAsync("python", "grpc.reflection.v1alpha.ServerReflection");

    private static async Task RunAsync(string language, string reflection)
    {
        await using var server = await EchoServer.StartAsync(
            options => options.CompressionThreshold = 1000,
            app =>
            {
                app.MapGrpcHealth();
                app.MapGrpcReflection();
            });
        server.Echo.Failure = request => request.Text == "banyan"
            ? new BanyanException(LeaseExpired, "Instance 'cart-7' lost its lease.") { Faults = [new Fault("/spec/x", "wrong", "out-of-range")] }
            : new GrpcException((StatusCode)request.Code, request.Text);

        var outcomes = await GrpcPeer.CallAsync(language, server.Port);

        var big = new byte[(4 << 20) - 64];
        Array.Fill(big, (byte)7);
        var numbers = string.Join(",", Enumerable.Range(0, 100));
        var expected = new Dictionary<string, string>
        {
            ["say"] = "häl",
            ["big"] = $"{big.Length} {Convert.ToHexStringLower(SHA256.HashData(big))}",
            ["gzip"] = "10000",
            ["repeat"] = $"{numbers} 0 repeat",
            ["collect"] = "a,b,c 3",
            ["chat"] = $"{string.Join(",", Enumerable.Range(0, 20))} 0",
            ["cancel"] = "1",
            ["fail"] = "9|näh: 100%\n|asked",
            ["missing"] = "12",
            ["unknown"] = "12",
            ["deadline"] = "4",
            ["metadata"] = "one, two|00ff01|one, two|00ff01",
            ["bigmetadata"] = "5000 5000",
            ["toolarge"] = "8",
            ["health"] = "1 5",
            ["reflection"] = "banyan.test.v1.Echo,grpc.health.v1.Health,grpc.reflection.v1.ServerReflection,grpc.reflection.v1alpha.ServerReflection 1 5",
        };
        Assert.Contains(reflection, outcomes["reflection"], StringComparison.Ordinal);
        AssertDetails(outcomes["details"]);
        foreach (var (name, outcome) in expected)
        {
            Assert.True(outcomes[name] == outcome, $"{name}: expected '{outcome}', got '{outcomes[name]}'");
        }

        Assert.Equal(expected.Count + 1, outcomes.Count);
        await Eventually.True(() => server.Echo.Cancelled.Contains("Repeat") && server.Echo.Cancelled.Contains("Hang"), "the cancelled handlers to see it");
    }

    private static void AssertDetails(string outcome)
    {
        var parts = outcome.Split(' ');
        Assert.Equal("9", parts[0]);
        var status = Status.Parser.ParseFrom(Convert.FromBase64String(parts[1]));
        Assert.Equal("Instance 'cart-7' lost its lease.", status.Message);
        Assert.Equal("registry/lease-expired", status.Details[0].Unpack<ErrorInfo>().Reason);
        Assert.Equal("/spec/x", status.Details[1].Unpack<BadRequest>().FieldViolations.Single().Field);
    }
}
