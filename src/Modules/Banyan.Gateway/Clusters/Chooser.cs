using Banyan.Gateway.Balancing;
using Banyan.Gateway.Policies;

namespace Banyan.Gateway.Clusters;

/// <summary>
/// Chooses one of a group: the balancers themselves. Allocates nothing, takes no lock. An instance the request has been sent to is chosen only when there is no
/// other; null then, so that the caller can look in another group first.
/// </summary>
internal static class Chooser
{
    // Up to so many candidates are all looked at; of more, so many from a random place.
    private const int MostLookedAt = 64;

    // The cost of an instance that has requests and has never answered: like one that takes a second.
    private const long UnknownLatencyTicks = TimeSpan.TicksPerSecond;

    /// <summary>Chooses.</summary>
    /// <param name="group">Who may take it.</param>
    /// <param name="settings">How.</param>
    /// <param name="request">For what.</param>
    /// <param name="turn">The turn, for balancers that have turns.</param>
    /// <param name="random">64 random bits.</param>
    /// <param name="active">Requests in progress to the whole service.</param>
    public static Endpoint? Choose(CandidateGroup group, TrafficSettings settings, in PickRequest request, long turn, ulong random, int active)
    {
        if (group.Endpoints.Length <= 1)
        {
            return group.Endpoints.Length == 1 && !request.Tried.Contains(group.Endpoints[0]) ? group.Endpoints[0] : null;
        }

        var ramp = settings.SlowStart.Ticks;
        return settings.Balancer switch
        {
            BalancerKind.Random => InTurn(group, request, KeyHash.Below(random, group.Turns.Length), random, ramp),
            BalancerKind.LeastRequest => LeastRequest(group, request, random, ramp),
            BalancerKind.LeastLatency => LeastLatency(group, request, random, ramp),
            BalancerKind.Hash when request.Key != 0 => ByKey(group, settings, request, active, ramp),
            BalancerKind.Hash => LeastRequest(group, request, random, ramp),
            _ when !request.Tried.IsEmpty => Neighbour(group, request),
            _ => InTurn(group, request, (int)((ulong)turn % (ulong)group.Turns.Length), random, ramp),
        };
    }

    /// <summary>One that has fewer requests in progress than this, from a random place on; null when all are full.</summary>
    public static Endpoint? WithRoom(CandidateGroup group, in PickRequest request, ulong random, int most)
    {
        var endpoints = group.Endpoints;
        var at = KeyHash.Below(random, endpoints.Length);
        for (var i = endpoints.Length; i > 0; i--)
        {
            if (endpoints[at].Active < most && !request.Tried.Contains(endpoints[at]))
            {
                return endpoints[at];
            }

            at = at + 1 == endpoints.Length ? 0 : at + 1;
        }

        return null;
    }

    private static Endpoint? InTurn(CandidateGroup group, in PickRequest request, int at, ulong random, long rampTicks)
    {
        Endpoint? fallback = null;
        for (var i = 0; i < group.Turns.Length; i++)
        {
            var endpoint = group.Endpoints[group.Turns[(at + i) % group.Turns.Length]];
            if (request.Tried.Contains(endpoint))
            {
                continue;
            }

            // Whoever is still starting lets some of its turns pass.
            if (!endpoint.IsRamping || KeyHash.Fraction(KeyHash.Mix(random + (ulong)i)) < endpoint.Ramp(request.Now, rampTicks))
            {
                return endpoint;
            }

            fallback ??= endpoint;
        }

        return fallback;
    }

    // A further attempt takes no turn: with two instances, one of them dead, every first attempt would hit the dead one otherwise.
    private static Endpoint? Neighbour(CandidateGroup group, in PickRequest request)
    {
        var endpoints = group.Endpoints;
        var at = Array.IndexOf(endpoints, request.Tried.Last);
        for (var i = 1; i <= endpoints.Length; i++)
        {
            var endpoint = endpoints[(at + i) % endpoints.Length];
            if (!request.Tried.Contains(endpoint))
            {
                return endpoint;
            }
        }

        return null;
    }

    private static Endpoint? LeastRequest(CandidateGroup group, in PickRequest request, ulong random, long rampTicks)
    {
        var endpoints = group.Endpoints;
        Endpoint? best = null;
        var least = double.MaxValue;
        var at = KeyHash.Below(random, endpoints.Length);
        for (var i = Math.Min(endpoints.Length, MostLookedAt); i > 0; i--)
        {
            var endpoint = endpoints[at];
            if (!request.Tried.Contains(endpoint))
            {
                var cost = (endpoint.Active + 1) / (group.Weights[at] * endpoint.Ramp(request.Now, rampTicks));
                if (cost < least)
                {
                    (best, least) = (endpoint, cost);
                }
            }

            at = at + 1 == endpoints.Length ? 0 : at + 1;
        }

        return best;
    }

    // Mitzenmacher 2001: the better of two is nearly as good as the best of all, and no two gateways run to the same one at a time.
    private static Endpoint? LeastLatency(CandidateGroup group, in PickRequest request, ulong random, long rampTicks)
    {
        var endpoints = group.Endpoints;
        var first = KeyHash.Below(random, endpoints.Length);
        var second = KeyHash.Below(KeyHash.Mix(random), endpoints.Length - 1);
        second += second >= first ? 1 : 0;
        var a = Untried(endpoints, request, first);
        var b = Untried(endpoints, request, second);
        if (a < 0 || b < 0)
        {
            return null;
        }

        return Cost(endpoints[a], group.Weights[a], request.Now, rampTicks) <= Cost(endpoints[b], group.Weights[b], request.Now, rampTicks) ? endpoints[a] : endpoints[b];
    }

    private static int Untried(Endpoint[] endpoints, in PickRequest request, int at)
    {
        for (var i = 0; i < endpoints.Length; i++)
        {
            if (!request.Tried.Contains(endpoints[at]))
            {
                return at;
            }

            at = at + 1 == endpoints.Length ? 0 : at + 1;
        }

        return -1;
    }

    private static double Cost(Endpoint endpoint, int weight, long now, long rampTicks)
    {
        var active = endpoint.Active;
        var latency = endpoint.LatencyTicks(now);
        var cost = latency > 0 ? (double)latency * (active + 1) : (double)UnknownLatencyTicks * active;
        return cost / (weight * endpoint.Ramp(now, rampTicks));
    }

    // Mirrokni, Thorup, Zadimoghaddam 2016: with a bound of c times the fair part, a key's owner passes on only what it cannot take.
    private static Endpoint? ByKey(CandidateGroup group, TrafficSettings settings, in PickRequest request, int active, long rampTicks)
    {
        var ring = group.Ring!;
        var place = ring.Find(request.Key);
        Endpoint? fallback = null;
        for (var i = 0; i < ring.Length; i++)
        {
            var owner = ring.Owner(place + i);
            var endpoint = group.Endpoints[owner];
            if (request.Tried.Contains(endpoint))
            {
                continue;
            }

            var share = group.Weights[owner] * endpoint.Ramp(request.Now, rampTicks) / group.TotalWeight;
            if (endpoint.Active < Math.Ceiling(settings.HashBound * (active + 1) * share))
            {
                return endpoint;
            }

            fallback ??= endpoint;
        }

        return fallback;
    }
}
