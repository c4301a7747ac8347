using System.Net;

namespace Walks;

/// <summary>
/// Registers this program, keeps it alive and removes it, by calls that any language can make:
/// <code>
/// T="Authorization: Bearer $(cat $BANYAN_TOKEN_FILE)"; I=$BANYAN_URL/api/v1/domains/default/services/walks/instances/walks-1
/// curl -X PUT    -H "$T" -H 'Content-Type: application/json' -d '{"host":"127.0.0.1","port":5000,"ttl":"6s"}' $I
/// curl -X POST   -H "$T" $I:heartbeat        # every two seconds
/// curl -X POST   -H "$T" $I:drain            # before it ends
/// curl -X DELETE -H "$T" $I
/// </code>
/// </summary>
public sealed class Registration(HttpClient http, Surroundings me, IHostApplicationLifetime lifetime) : BackgroundService
{
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        // Callers come as soon as it is registered, so it must listen first.
        var listening = new TaskCompletionSource();
        using var registration = lifetime.ApplicationStarted.Register(() => listening.TrySetResult());
        await listening.Task.WaitAsync(stop);

        using var timer = new PeriodicTimer(HeartbeatEvery);
        var registered = false;
        try
        {
            do
            {
                try
                {
                    var answer = registered ? await SendAsync(HttpMethod.Post, me.InstancePath + ":heartbeat", new { state = "up" }, stop) : await RegisterAsync(stop);

                    // 404: Banyan does not know this instance (any more). Register again.
                    registered = answer != HttpStatusCode.NotFound;
                }
                catch (Exception away) when (away is HttpRequestException or IOException || (away is OperationCanceledException && !stop.IsCancellationRequested))
                {
                    Console.WriteLine($"Banyan does not answer ({away.Message}); trying again in {HeartbeatEvery.TotalSeconds} s");
                }
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException)
        {
            // The program ends: say goodbye below.
        }
    }

    public override async Task StopAsync(CancellationToken cancellation)
    {
        await base.StopAsync(cancellation);
        try
        {
            await SendAsync(HttpMethod.Post, me.InstancePath + ":drain", new { reason = "walks is stopping" }, cancellation);
            await SendAsync(HttpMethod.Delete, me.InstancePath, null, cancellation);
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException)
        {
            Console.WriteLine($"could not say goodbye: {away.Message}");
        }
    }

    private Task<HttpStatusCode> RegisterAsync(CancellationToken cancellation) => SendAsync(
        HttpMethod.Put,
        me.InstancePath,
        new
        {
            host = "127.0.0.1",
            port = me.Port,
            ttl = "6s",
            metadata = new Dictionary<string, string> { ["pid"] = Environment.ProcessId.ToString() },
            check = new { http = new { path = "/healthz" }, interval = "1s", timeout = "500ms" },
        },
        cancellation);

    private async Task<HttpStatusCode> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        using var request = me.Request(method, path, body);
        using var response = await http.SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.NotFound)
        {
            Console.WriteLine($"{method} {path} was answered with {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellation)}");
        }

        return response.StatusCode;
    }
}
