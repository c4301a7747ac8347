namespace Banyan.Gateway.Endpoints;

/// <summary>What the gateway would do with a request, and why. Nothing is sent to anybody.</summary>
/// <param name="Method">The method asked about.</param>
/// <param name="Host">The host in the form it is compared in.</param>
/// <param name="Path">The path in the form it is compared in; null when the target is refused.</param>
/// <param name="Query">The query as received.</param>
/// <param name="Outcome"><c>service</c>, <c>redirect</c>, <c>answer</c>, <c>no-route</c> or <c>refused</c>.</param>
/// <param name="Because">One sentence.</param>
/// <param name="Candidates">The routes that take host and path, in the order they are asked in.</param>
/// <param name="Near">When there is no candidate that matches: routes that take the host or the path.</param>
/// <param name="Routes">How many routes the table has.</param>
/// <param name="Decision">What the chosen route does; null without one.</param>
internal sealed record ExplanationView(
    string Method,
    string Host,
    string? Path,
    string? Query,
    string Outcome,
    string Because,
    IReadOnlyList<CandidateView> Candidates,
    IReadOnlyList<NearView> Near,
    int Routes,
    DecisionView? Decision);

/// <summary>One route that takes host and path.</summary>
/// <param name="Domain">Its domain.</param>
/// <param name="Name">Its name.</param>
/// <param name="Host">Which of its hosts matches; <c>*</c> = it takes every host.</param>
/// <param name="Path">Its path.</param>
/// <param name="Form"><c>exact</c>, <c>prefix</c>, <c>template</c> or <c>regex</c>.</param>
/// <param name="Verdict"><c>chosen</c>, <c>condition-not-met</c>, or <c>not-asked</c> behind the chosen one.</param>
/// <param name="Because">Which condition, or who was first.</param>
internal sealed record CandidateView(string Domain, string Name, string Host, string Path, string Form, string Verdict, string Because);

/// <summary>A route that nearly matches.</summary>
internal sealed record NearView(string Domain, string Name, string Because);

/// <summary>What becomes of the request.</summary>
/// <param name="Route">The chosen route.</param>
/// <param name="Service">Who gets it; null when the gateway answers itself.</param>
/// <param name="Target">The target the service sees.</param>
/// <param name="HostSeen">The host the service sees.</param>
/// <param name="RequestHeaders">Changes of the request's fields.</param>
/// <param name="ResponseHeaders">Changes of the answer's fields.</param>
/// <param name="Split">How a part was chosen.</param>
/// <param name="HashOn">What a balancer that hashes keeps on one instance; null = what the service's policy says.</param>
/// <param name="Mirror">Copies.</param>
/// <param name="Redirect">Where the client is sent.</param>
/// <param name="Answer">What the gateway answers itself.</param>
/// <param name="Timeouts">The times in force.</param>
/// <param name="Retry">What the route leaves of its service's retries; null = all.</param>
/// <param name="Circuit">Why the service's circuit is not closed; null when it is.</param>
/// <param name="Endpoints">The service's instances as this gateway sees them.</param>
internal sealed record DecisionView(
    string Route,
    ServiceView? Service,
    string? Target,
    string? HostSeen,
    IReadOnlyList<string>? RequestHeaders,
    IReadOnlyList<string>? ResponseHeaders,
    SplitView? Split,
    string? HashOn,
    MirrorView? Mirror,
    RedirectView? Redirect,
    AnswerView? Answer,
    TimeoutsView? Timeouts,
    RetryView? Retry,
    string? Circuit,
    IReadOnlyList<CandidateEndpointView>? Endpoints);

/// <summary>How a split decided.</summary>
/// <param name="Key">Where the key is looked for.</param>
/// <param name="KeyFound">False: there was none, and the client's address stood in.</param>
/// <param name="Salt">The split's salt.</param>
/// <param name="Bucket">0 to 9,999.</param>
/// <param name="Part">Which part, counted from 0.</param>
/// <param name="Parts">All parts with their shares.</param>
/// <param name="SetsCookie">True: a client without a key is given a cookie with one drawn by chance, and the address shown here does not stand in.</param>
internal sealed record SplitView(string Key, bool KeyFound, string Salt, int Bucket, int Part, IReadOnlyList<SplitPartView> Parts, bool SetsCookie);

/// <summary>One part of a split.</summary>
internal sealed record SplitPartView(ServiceView Service, decimal Percent);

/// <summary>Copies for a second service.</summary>
internal sealed record MirrorView(ServiceView Service, decimal Percent, int MaxInFlight);

/// <summary>Where a client is sent.</summary>
internal sealed record RedirectView(int Status, string Location);

/// <summary>An answer of the gateway's own.</summary>
internal sealed record AnswerView(int Status, string ContentType, int BodyBytes);

/// <summary>The times in force, in milliseconds; null = no limit.</summary>
internal sealed record TimeoutsView(double ConnectMilliseconds, double ResponseHeaderMilliseconds, double IdleMilliseconds, double? TotalMilliseconds);

/// <summary>When a request is sent again, where the service's policy allows it.</summary>
internal sealed record RetryView(int? Attempts, string On);

/// <summary>One instance and whether it can be chosen.</summary>
internal sealed record CandidateEndpointView(string Id, string Address, string State, bool Eligible, string Because);
