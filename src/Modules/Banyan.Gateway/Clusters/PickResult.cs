using Banyan.Gateway.Failures;


namespace Banyan.Gateway.Clusters;

/// <summary>An endpoint, or why there is none.</summary>
internal readonly record struct PickResult(Endpoint? Endpoint, Failure Failure)
{
    public static PickResult Of(Endpoint endpoint) => new(endpoint, default);

    public static PickResult None(FailureReason reason, string detail) => new(null, new Failure(reason, detail));
}
