using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Microsoft.Extensions.Logging;

namespace Banyan.Console.State;

/// <summary>Follows all instances of all domains.</summary>
internal sealed class InstanceFollower(IInstanceDirectory directory, LiveState state, TimeProvider clock, ILogger<InstanceFollower> log) : Follower(state, clock, log)
{
    public override string Name => "instances";

    protected override async Task FollowAsync(CancellationToken cancellation)
    {
        await foreach (var news in directory.WatchAsync(new WatchRequest(), cancellation))
        {
            State.Update(s =>
            {
                var instances = (news.Reset ? ConsoleSnapshot.Empty.Instances : s.Instances).ToBuilder();
                foreach (var gone in news.Removed)
                {
                    instances.Remove((gone.Domain, gone.Service, gone.Id));
                }

                foreach (var instance in news.Changed)
                {
                    instances[(instance.Domain, instance.Service, instance.Id)] = instance;
                }

                return s with { Instances = instances.ToImmutable() };
            });
            Heard();
        }
    }
}
