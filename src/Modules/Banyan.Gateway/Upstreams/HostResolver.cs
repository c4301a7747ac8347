using System.Net;
using System.Net.Sockets;
using Banyan.Gateway.Failures;

namespace Banyan.Gateway.Upstreams;

/// <summary>Asks the system what names of hosts stand for, away from the loops, and tells the loop that asked. Safe for concurrent use.</summary>
internal static class HostResolver
{
    /// <summary>How long an answer is used, in milliseconds.</summary>
    public const long TrustedMilliseconds = 5000;

    /// <summary>Resolves a connection's host, and then lets it connect or fail on its loop.</summary>
    public static void Begin(UpstreamPool pool, UpstreamConnection connection) => _ = ResolveAsync(pool, connection);

    private static async Task ResolveAsync(UpstreamPool pool, UpstreamConnection connection)
    {
        // The look-up blocks a thread of the pool, or the one that asks.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var host = pool.Endpoint.Host;
        IPAddress[] addresses = [];
        var problem = "the name stands for no address.";
        try
        {
            addresses = await Dns.GetHostAddressesAsync(host);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            problem = e.Message;
        }

        pool.Loop.Post(
            static state =>
            {
                var (pool, connection, addresses, problem) = ((UpstreamPool, UpstreamConnection, IPAddress[], string))state!;
                if (addresses.Length == 0)
                {
                    connection.Fail(new Failure(FailureReason.UpstreamConnectFailed, $"{pool.Endpoint.Address}: {problem}"));
                    return;
                }

                pool.Resolved(addresses);
                connection.Connect(addresses);
            },
            (pool, connection, addresses, problem));
    }
}
