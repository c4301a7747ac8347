using System.Collections.Concurrent;
using System.Text.Json;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Tests.Support;
using Banyan.Testing;
using Microsoft.AspNetCore.Http;

namespace Banyan.Gateway.Tests.Sidecars;

/// <summary>Policies as they come from the HTTP API: by pages, and again whenever the watch tells of a change.</summary>
public sealed class SidecarPolicyTests
{
    [Fact]
    public async Task Policies_are_read_by_pages_followed_and_given_up_when_deleted()
    {
        var api = new Api { Pages = { [string.Empty] = (["orders:7"], "p2"), ["p2"] = (["pets:3"], string.Empty) } };
        await using var server = await WebUpstream.StartAsync(api.AnswerAsync);
        await using var sidecar = await StartAsync(server.Port);
        await LimitsAsync(sidecar, orders: 7, pets: 3);
        Assert.Equal(0, LimitOf(sidecar.Sidecar.App, "orders"));

        await api.TellAsync("put", () => api.Pages = new() { [string.Empty] = (["pets:4"], string.Empty) });
        await LimitsAsync(sidecar, orders: 0, pets: 4);
        Assert.All(api.Asked, path => Assert.StartsWith("/api/v1/domains/default/trafficpolicies?", path));
    }

    [Fact]
    public async Task Server_that_fails_leaves_what_was_read_in_force()
    {
        var api = new Api { Pages = { [string.Empty] = (["orders:7"], string.Empty) } };
        await using var server = await WebUpstream.StartAsync(api.AnswerAsync);
        await using var sidecar = await StartAsync(server.Port);
        await LimitsAsync(sidecar, orders: 7, pets: 0);

        await api.TellAsync("put", () => api.Fails = true);
        var asked = api.Asked.Count;
        await Eventually.True(() => api.Asked.Count > asked + 2, "the sidecar to try again");
        Assert.Equal(7, LimitOf(sidecar.Sidecar.Clusters, "orders"));

        api.Pages = new() { [string.Empty] = (["orders:8"], string.Empty) };
        api.Fails = false;
        await LimitsAsync(sidecar, orders: 8, pets: 0);
    }

    private static Task<RunningSidecar> StartAsync(int server) => RunningSidecar.StartAsync(
        [], ("sidecar.server", $"http://127.0.0.1:{server}"), ("sidecar.inbound", "127.0.0.1:0"), ("sidecar.register", "false"), ("sidecar.app", $"127.0.0.1:{FreePort.Next()}"));

    // The own service's policy holds on the way in, and on the way out to its other instances.
    private static Task LimitsAsync(RunningSidecar sidecar, int orders, int pets) => Eventually.True(
        () => (LimitOf(sidecar.Sidecar.Clusters, "orders"), LimitOf(sidecar.Sidecar.Clusters, "pets"), LimitOf(sidecar.Sidecar.App, "pets")) == (orders, pets, pets),
        $"limits of {orders} and {pets}");

    private static int LimitOf(ClusterTable clusters, string service) =>
        clusters.Get(new ServiceName("default", service)).Policy.Settings.RateLimits is [var limit] ? limit.Requests : 0;

    private sealed class Api
    {
        private TaskCompletionSource<string> _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _watching;

        /// <summary>By the mark that asks for it: <c>SERVICE:REQUESTS</c> each, and the mark of the next page.</summary>
        public Dictionary<string, (string[] Policies, string Next)> Pages { get; set; } = [];

        public ConcurrentQueue<string> Asked { get; } = new();

        public bool Fails { get; set; }

        /// <summary>Once there is a watch, makes the change and ends the watch with it.</summary>
        public async Task TellAsync(string change, Action make)
        {
            await Eventually.True(() => Interlocked.Exchange(ref _watching, 0) == 1, "the sidecar to watch");
            make();
            Interlocked.Exchange(ref _change, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult(change);
        }

        public async Task AnswerAsync(HttpContext context)
        {
            Asked.Enqueue($"{context.Request.Path}{(context.Request.QueryString.HasValue ? context.Request.QueryString : "?")}");
            if (Fails)
            {
                context.Response.StatusCode = 503;
            }
            else if (context.Request.Query["watch"] == "true")
            {
                var change = _change.Task;
                Volatile.Write(ref _watching, 1);
                await context.Response.WriteAsync(": hello\n\n");
                await context.Response.Body.FlushAsync();
                await context.Response.WriteAsync($"event: {await change.WaitAsync(context.RequestAborted)}\ndata: {{}}\n\n");
            }
            else
            {
                var (policies, next) = Pages[context.Request.Query["continue"].ToString()];
                await context.Response.WriteAsJsonAsync(new { revision = 5, items = policies.Select(Policy), @continue = next });
            }
        }

        private static JsonElement Policy(string text)
        {
            var parts = text.Split(':');
            return JsonSerializer.SerializeToElement(new
            {
                metadata = new { name = parts[0], domain = "default", createdAt = "2026-01-01T00:00:00Z" },
                spec = new { service = parts[0], rateLimits = new[] { new { name = "limit", requests = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) } } },
            });
        }
    }
}
