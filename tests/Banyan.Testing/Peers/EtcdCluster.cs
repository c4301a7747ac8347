using System.Net.Http.Json;
using System.Text.Json;

namespace Banyan.Testing.Peers;

/// <summary>A real etcd cluster of one or three members on loopback, gone when the test ends.</summary>
public sealed class EtcdCluster : IAsyncDisposable
{
    private readonly TempDirectory _data = new();
    private readonly List<Member> _members = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler(), disposeHandler: true);

    private EtcdCluster()
    {
    }

    /// <summary>Client addresses of all members, also of those that were killed.</summary>
    public IReadOnlyList<Uri> Endpoints => [.. _members.Select(member => member.Client)];

    /// <summary>Starts a cluster and waits until it has a leader.</summary>
    /// <param name="members">1 or 3.</param>
    public static async Task<EtcdCluster> StartAsync(int members)
    {
        var cluster = new EtcdCluster();
        for (var i = 0; i < members; i++)
        {
            cluster._members.Add(new Member($"m{i}", new Uri($"http://127.0.0.1:{FreePort.Next()}"), new Uri($"http://127.0.0.1:{FreePort.Next()}")));
        }

        var all = string.Join(',', cluster._members.Select(member => $"{member.Name}={Plain(member.Peer)}"));
        foreach (var member in cluster._members)
        {
            member.Process = TestProcess.Start(Needs.Require("etcd"), [
                "--name", member.Name,
                "--data-dir", cluster._data[member.Name],
                "--listen-client-urls", Plain(member.Client), "--advertise-client-urls", Plain(member.Client),
                "--listen-peer-urls", Plain(member.Peer), "--initial-advertise-peer-urls", Plain(member.Peer),
                "--initial-cluster", all, "--initial-cluster-state", "new", "--initial-cluster-token", "banyan-test",
                "--heartbeat-interval", "500", "--election-timeout", "4000", // A busy machine that stands still for a second has not lost its leader.
                "--log-level", "error"]);
        }

        foreach (var member in cluster._members)
        {
            await Eventually.True(() => cluster.IsHealthyAsync(member), $"etcd {member.Name} is healthy:\n{member.Process!.Output}");
        }

        return cluster;
    }

    /// <summary>Kills the leader as kill -9 does and returns its client address. While the members elect one, it waits.</summary>
    public async Task<Uri> KillLeaderAsync()
    {
        var leader = await Eventually.Value(FindLeaderAsync, "a member of the etcd cluster says it leads");
        leader.Process!.Kill();
        return leader.Client;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            await member.Process!.DisposeAsync();
        }

        _http.Dispose();
        _data.Dispose();
    }

    private static string Plain(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private async Task<Member?> FindLeaderAsync()
    {
        foreach (var member in _members.Where(member => !member.Process!.HasExited))
        {
            using var response = await _http.PostAsJsonAsync(new Uri(member.Client, "/v3/maintenance/status"), new { });
            using var status = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            var id = status.RootElement.GetProperty("header").GetProperty("member_id").GetString();
            if (status.RootElement.TryGetProperty("leader", out var leader) && leader.GetString() == id)
            {
                return member;
            }
        }

        return null;
    }

    private async Task<bool> IsHealthyAsync(Member member)
    {
        try
        {
            var health = await _http.GetFromJsonAsync<JsonElement>(new Uri(member.Client, "/health"));
            return health.GetProperty("health").GetString() == "true";
        }
        catch (HttpRequestException)
        {
            return member.Process!.HasExited ? throw new InvalidOperationException($"etcd {member.Name} ended:\n{member.Process.Output}") : false;
        }
    }

    private sealed class Member(string name, Uri client, Uri peer)
    {
        public string Name => name;

        public Uri Client => client;

        public Uri Peer => peer;

        public TestProcess? Process { get; set; }
    }
}
