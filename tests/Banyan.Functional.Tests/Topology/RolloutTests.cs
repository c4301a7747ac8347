using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Banyan.Client.Registry;
using Banyan.Contracts.Registry.V1;
using Banyan.Functional.Tests.Platform;
using Banyan.Grpc;
using Banyan.Testing;

namespace Banyan.Functional.Tests.Topology;

/// <summary>A service whose instances are replaced by the hundred, again and again, while callers come through the gateway.</summary>
public sealed class RolloutTests : IDisposable
{
    private const int Generations = 5;
    private const int InstancesEach = 150;
    private const int StepSize = 50;

    private readonly TempDirectory _directory = new();
    private readonly List<TinyInstance> _instances = [];

    public void Dispose()
    {
        _instances.ForEach(i => i.Dispose());
        _directory.Dispose();
    }

    [Fact]
    public async Task Rollouts_one_after_the_other_cost_no_caller_an_error_and_tell_only_what_changed()
    {
        await using var rest = await BanyanServer.StartAsync(_directory["rest"], "store,api,registry");
        await rest.ApplyServiceForAllAsync("pets");
        await using var gateway = await BanyanServer.StartGatewayAsync(_directory["gateway"], rest);
        var running = await StartedAsync(rest, 0);
        await SeenAsync(gateway, i => i.Count(e => e.State == "up") == InstancesEach);

        // 1. Somebody follows the instances as a gateway does, and callers never stop.
        using var stop = new CancellationTokenSource();
        await using var channel = new GrpcChannel(rest.Grpc, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = RemoteInstanceDirectory.MaxMessageSize,
            MetadataProvider = async cancellation =>
            {
                var metadata = new GrpcMetadata();
                metadata.Add("authorization", $"Bearer {(await File.ReadAllTextAsync(rest.TokenFile, cancellation)).Trim()}");
                return metadata;
            },
        });
        var told = new Told();
        var following = told.FollowAsync(new RemoteInstanceDirectory(channel), stop.Token);
        await Eventually.True(() => told.Changed >= InstancesEach, "the follower to be told of everything there is");
        var callers = new Callers(gateway.Gateway!, 4, stop.Token);
        await callers.RoundAsync();

        // 2. Each generation comes whole, then the one before leaves in steps, each as soon as nobody can have been sent to it any more.
        var answered = 0;
        for (var generation = 1; generation < Generations; generation++)
        {
            var next = await StartedAsync(rest, generation);
            foreach (var step in running.Chunk(StepSize))
            {
                await Task.WhenAll(step.Select(i => MustAsync(rest, HttpMethod.Post, i, ":drain")));
                var leaving = step.Select(i => i.Name).ToHashSet();
                await SeenAsync(gateway, i => !i.Any(e => e.State == "up" && leaving.Contains(e.Id)));
                await callers.RoundAsync();
                Array.ForEach(step, i => i.Retire());
                await callers.RoundAsync();
                Assert.All(step, i => Assert.Equal(0, i.Late));
                Array.ForEach(step, i => i.Dispose());
                await Task.WhenAll(step.Select(i => MustAsync(rest, HttpMethod.Delete, i, string.Empty)));
            }

            running = next;
            answered += InstancesEach;
        }

        await SeenAsync(gateway, i => i.Count == InstancesEach && i.All(e => e.State == "up"));
        await callers.RoundAsync();
        await Eventually.True(() => told.Removed == answered, "the last of those that left to be told");
        await stop.CancelAsync();

        // 3. Nobody saw an error, and nobody was told of an instance that had not changed: it came, it drained, it left.
        Assert.Empty(callers.Faults);
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.Equal(1, told.Resets);
        Assert.InRange(told.Changed, InstancesEach, 3 * Generations * InstancesEach);
    }

    private async Task<List<TinyInstance>> StartedAsync(BanyanServer server, int generation)
    {
        var instances = Enumerable.Range(0, InstancesEach).Select(i => new TinyInstance($"g{generation}-{i}")).ToList();
        _instances.AddRange(instances);
        foreach (var some in instances.Chunk(StepSize))
        {
            await Task.WhenAll(some.Select(i => server.RegisterAsync("pets", i.Name, i.Port)));
        }

        return instances;
    }

    private static async Task MustAsync(BanyanServer server, HttpMethod method, TinyInstance instance, string verb)
    {
        using var answer = await server.SendAsync(method, $"/api/v1/domains/default/services/pets/instances/{instance.Name}{verb}", method == HttpMethod.Post ? "{}" : null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until the gateway sees the instances so.</summary>
    private static Task SeenAsync(BanyanServer gateway, Func<List<(string Id, string State)>, bool> isSo) => Eventually.True(
        async () =>
        {
            using var answer = await gateway.SendAsync(HttpMethod.Get, "/api/v1/gateway/clusters");
            var clusters = (await answer.Content.ReadFromJsonAsync<JsonObject>())!["clusters"]!.AsArray();
            return isSo([.. clusters.SelectMany(c => c!["endpoints"]!.AsArray()).Select(e => ((string)e!["id"]!, (string)e["state"]!))]);
        },
        "the gateway to see the instances as they are");

    /// <summary>What a follower of the instances is told.</summary>
    private sealed class Told
    {
        private int _changed;
        private int _removed;

        public int Resets { get; private set; }

        public int Changed => Volatile.Read(ref _changed);

        public int Removed => Volatile.Read(ref _removed);

        public async Task FollowAsync(RemoteInstanceDirectory directory, CancellationToken cancellation)
        {
            await foreach (var told in directory.WatchAsync(new WatchRequest(), cancellation))
            {
                Resets += told.Reset ? 1 : 0;
                Volatile.Write(ref _changed, _changed + told.Changed.Count);
                Volatile.Write(ref _removed, _removed + told.Removed.Count);
            }
        }
    }

    /// <summary>Callers that ask one thing after the other.</summary>
    private sealed class Callers
    {
        private readonly int[] _answers;
        private readonly List<string> _faults = [];

        public Callers(Uri gateway, int count, CancellationToken stop)
        {
            _answers = new int[count];
            for (var i = 0; i < count; i++)
            {
                _ = AskAsync(gateway, i, stop);
            }
        }

        public IReadOnlyList<string> Faults
        {
            get
            {
                lock (_faults)
                {
                    return [.. _faults];
                }
            }
        }

        /// <summary>Waits until every caller has had an answer to a request that began after this call: what was asked before is over.</summary>
        public async Task RoundAsync()
        {
            var goals = _answers.Select((_, i) => Volatile.Read(ref _answers[i]) + 2).ToArray();
            await Eventually.True(() => Faults.Count > 0 || goals.Select((goal, i) => Volatile.Read(ref _answers[i]) >= goal).All(reached => reached), "every caller to be answered");
            Assert.Empty(Faults);
        }

        private async Task AskAsync(Uri gateway, int caller, CancellationToken stop)
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    using var answer = await http.GetAsync(new Uri(gateway, "/x"), CancellationToken.None);
                    var text = await answer.Content.ReadAsStringAsync(CancellationToken.None);
                    if (!answer.IsSuccessStatusCode || !text.StartsWith('g'))
                    {
                        throw new InvalidDataException($"{(int)answer.StatusCode}: {text}");
                    }

                    Volatile.Write(ref _answers[caller], _answers[caller] + 1);
                }
                catch (Exception e) when (e is HttpRequestException or InvalidDataException)
                {
                    lock (_faults)
                    {
                        _faults.Add(e.Message);
                    }

                    return;
                }
            }
        }
    }
}
