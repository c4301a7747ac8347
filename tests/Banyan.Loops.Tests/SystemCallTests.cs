using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

using Banyan.Loops.Tests.Running;
using Banyan.Loops.Tests.Tls;
using Banyan.Testing;

namespace Banyan.Loops.Tests;

/// <summary>What a round trip costs in system calls, counted by strace in a process of its own.</summary>
[Collection("tls")]
public sealed class SystemCallTests
{
    private const int RoundTrips = 2000;

    [NeedsFact("strace")]
    public async Task Round_trip_is_one_receive_one_send_and_one_wait()
    {
        using var directory = new TempDirectory();
        using var host = HostProcess.StartCounted(directory["calls"], "echo");
        using var client = await RawClient.ConnectAsync(await host.ListeningAsync());
        client.NoDelay = true;

        await using (var stream = new NetworkStream(client))
        {
            await RoundTripsAsync(stream);
        }

        AssertCounts(await CountsAsync(host, directory["calls"]));
    }

    [NeedsFact("strace")]
    public async Task Round_trip_over_TLS_is_one_receive_one_send_and_one_wait()
    {
        using var directory = new TempDirectory();
        using var authority = new TestAuthority();
        using var certificate = authority.IssueX509(["pets.example"]);
        await File.WriteAllTextAsync(directory["chain"], certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(directory["key"], certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        using var host = HostProcess.StartCounted(directory["calls"], "tls", directory["chain"], directory["key"]);
        using var client = await RawClient.ConnectAsync(await host.ListeningAsync());
        client.NoDelay = true;

        await using (var stream = new SslStream(new NetworkStream(client), false, (_, _, _, _) => true))
        {
            await stream.AuthenticateAsClientAsync("pets.example");
            await RoundTripsAsync(stream);
        }

        AssertCounts(await CountsAsync(host, directory["calls"]));
    }

    private static async Task RoundTripsAsync(Stream stream)
    {
        for (var i = 0; i < RoundTrips; i++)
        {
            await TlsFixture.EchoAsync(stream, "hello"u8.ToArray());
        }
    }

    private static void AssertCounts(Dictionary<string, int> counts)
    {
        // A handful for the handshake, the end and what the runtime does by itself.
        Assert.InRange(counts["recvfrom"], RoundTrips, RoundTrips + 20);
        Assert.InRange(counts["sendto"], RoundTrips, RoundTrips + 20);
        Assert.InRange(counts["epoll_wait"], RoundTrips, RoundTrips + 50);
        Assert.InRange(counts["epoll_ctl"], 1, 10);
    }

    private static async Task<Dictionary<string, int>> CountsAsync(HostProcess host, string table)
    {
        await host.EndAsync();

        // % time, seconds, usecs/call, calls, errors if any, name
        return (await File.ReadAllLinesAsync(table))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(parts => parts.Length >= 5 && int.TryParse(parts[3], out _) && parts[^1] != "total")
            .ToDictionary(parts => parts[^1], parts => int.Parse(parts[3], CultureInfo.InvariantCulture));
    }
}
