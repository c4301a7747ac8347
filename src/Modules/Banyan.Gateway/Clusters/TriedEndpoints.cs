namespace Banyan.Gateway.Clusters;

/// <summary>The instances a request has been sent to. Remembers the last three; a request with more attempts may come back to the first.</summary>
internal struct TriedEndpoints
{
    private Endpoint? _last;
    private Endpoint? _second;
    private Endpoint? _third;

    /// <summary>The latest; null when there is none.</summary>
    public readonly Endpoint? Last => _last;

    public readonly bool IsEmpty => _last is null;

    public void Add(Endpoint endpoint) => (_third, _second, _last) = (_second, _last, endpoint);

    public readonly bool Contains(Endpoint endpoint) =>
        _last is not null && (ReferenceEquals(_last, endpoint) || ReferenceEquals(_second, endpoint) || ReferenceEquals(_third, endpoint));
}
