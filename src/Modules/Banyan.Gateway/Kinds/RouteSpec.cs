namespace Banyan.Gateway.Kinds;

/// <summary>
/// What a developer wants: these requests go there. Which: <see cref="Hosts"/>, one of the four forms of a path, and conditions; all of it must fit. Where to:
/// exactly one of <see cref="Service"/>, <see cref="Split"/>, <see cref="Redirect"/> and <see cref="Respond"/>.
/// </summary>
public sealed record RouteSpec
{
    /// <summary>
    /// Host names without port: <c>shop.example</c> for one host, <c>*.example</c> for every name below <c>example</c> at any depth. Empty or absent = every host.
    /// </summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>
    /// Path prefix, matched by whole segments and case-sensitively: <c>/pets</c> takes <c>/pets</c> and <c>/pets/7</c>, not <c>/petshop</c>. Default <c>/</c> when no
    /// other form of a path is given.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>One path and nothing below it; a slash at the end counts.</summary>
    public string? PathExact { get; init; }

    /// <summary>
    /// A whole path with parameters: <c>/users/{id}/pets/{pet}</c>, where each stands for one segment that is not empty. <c>{*rest}</c> at the end takes whatever
    /// follows, also nothing.
    /// </summary>
    public string? PathTemplate { get; init; }

    /// <summary>
    /// A regular expression for the whole path in normal form, case-sensitive; at most 256 characters. It is matched without backtracking, so look-around and
    /// back-references are refused.
    /// </summary>
    public string? PathRegex { get; init; }

    /// <summary>Methods, case-sensitive: <c>[GET, HEAD]</c>. Empty or absent = every method.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>Conditions on header fields, at most 16. Names are compared without case.</summary>
    public IReadOnlyList<RouteCondition>? Headers { get; init; }

    /// <summary>Conditions on query parameters, at most 16; compared with escapes undone.</summary>
    public IReadOnlyList<RouteCondition>? Query { get; init; }

    /// <summary>The service that answers.</summary>
    public RouteService? Service { get; init; }

    /// <summary>Several services, each with a share.</summary>
    public RouteSplit? Split { get; init; }

    /// <summary>Send the client elsewhere.</summary>
    public RouteRedirect? Redirect { get; init; }

    /// <summary>Answer here, for example while a service is being maintained.</summary>
    public RouteAnswer? Respond { get; init; }

    /// <summary>True: the service sees the path without <see cref="Path"/>. Default false.</summary>
    public bool StripPrefix { get; init; }

    /// <summary>Another path or host for the service.</summary>
    public RouteRewrite? Rewrite { get; init; }

    /// <summary>Changes of the fields the service sees.</summary>
    public RouteFieldChanges? RequestHeaders { get; init; }

    /// <summary>Changes of the fields the client sees.</summary>
    public RouteFieldChanges? ResponseHeaders { get; init; }

    /// <summary>
    /// How long the service may take from the end of the request to the head of its answer: <c>30s</c>, <c>500ms</c>, <c>2m</c>. Absent = the gateway's option
    /// <c>gateway.responseHeaderTimeout</c>. A body that streams is not limited by it. The same as <c>timeouts.responseHeader</c>.
    /// </summary>
    public string? Timeout { get; init; }

    /// <summary>A time for each phase.</summary>
    public RouteTimeouts? Timeouts { get; init; }

    /// <summary>When and how often a request is sent again.</summary>
    public RouteRetry? Retry { get; init; }

    /// <summary>
    /// What is kept on one instance when the service's balancer hashes, in place of what its policy says: <c>user</c>, <c>tenant</c>, <c>device</c>,
    /// <c>header:NAME</c>, <c>cookie:NAME</c> or <c>address</c>.
    /// </summary>
    public string? HashOn { get; init; }

    /// <summary>Copies of requests for another service.</summary>
    public RouteMirror? Mirror { get; init; }
}
