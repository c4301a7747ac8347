namespace Banyan.Http.Describing;

/// <summary>
/// Endpoint metadata: what the description of the API cannot read off a route itself. Name and summary come from the framework's own metadata
/// (<c>WithName</c>, <c>WithSummary</c>), parameters of the path from the route.
/// </summary>
public sealed record ApiOperation
{
    /// <summary>Parameters of the query string.</summary>
    public IReadOnlyList<string> Query { get; init; } = [];

    /// <summary>The form of the request's body; null = it has none.</summary>
    public ApiSchema? Body { get; init; }

    /// <summary>True when the request may leave its body out.</summary>
    public bool BodyIsOptional { get; init; }

    /// <summary>The form of the answer; null = it has no body.</summary>
    public ApiSchema? Answer { get; init; }
}
