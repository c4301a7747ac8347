using Banyan.Gateway.Routing;
using Banyan.Gateway.Routing.Actions;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Exchanges;

/// <summary>Who makes copies of requests for routes that have a <see cref="TrafficMirror"/>. For one loop's thread.</summary>
internal interface IRequestCopies
{
    /// <summary>Begins a copy of a request; null when none is made of it, which is counted where it is no matter of chance.</summary>
    /// <param name="route">The request's route; it has a mirror.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="head">The head as the instance gets it. Copied.</param>
    /// <param name="bodyLength">Bytes of body that will be added; -1 = not known before.</param>
    RequestCopy? Begin(Route route, KnownMethod method, ReadOnlySpan<byte> head, long bodyLength);
}
