using Microsoft.Extensions.Logging;

namespace Banyan.Console.State;

/// <summary>Reads the gateway's counters while somebody looks at a page: with many routes reading costs, and nobody needs what nobody sees.</summary>
internal sealed class GatewayFollower(LocalEndpoints endpoints, LiveState state, TimeProvider clock, ILogger<GatewayFollower> log) : Follower(state, clock, log)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    // An open page looks at least every two seconds.
    private static readonly TimeSpan LooksWithin = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _clock = clock;

    public override string Name => "gateway";

    protected override async Task FollowAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Every, _clock);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            if (_clock.GetElapsedTime(State.Looked) > LooksWithin || await endpoints.ReadAsync("gateway.routes", cancellation) is not { } routes)
            {
                continue;
            }

            var clusters = await endpoints.ReadAsync("gateway.clusters", cancellation);
            var now = _clock.GetTimestamp();
            var before = State.Now.Gateway is { } last && _clock.GetElapsedTime(last.At, now) < LooksWithin ? last : null;
            var seconds = before is null ? 0 : _clock.GetElapsedTime(before.At, now).TotalSeconds;
            State.Update(s => s with { Gateway = new GatewayReading(now, seconds, routes, clusters, before?.Routes) });
            Heard();
        }
    }
}
