namespace Banyan.Gateway.Endpoints;

/// <summary>A request to explain. Body of <c>POST /api/v1/gateway/explain</c>.</summary>
internal sealed record ExplainRequest
{
    /// <summary>The method. Default <c>GET</c>.</summary>
    public string? Method { get; init; }

    /// <summary>What a client asks for: <c>http://shop.example/pets/7?full=1</c>, or a path alone with the host among <see cref="Headers"/>.</summary>
    public required string Url { get; init; }

    /// <summary>Header fields.</summary>
    public IReadOnlyList<ExplainField>? Headers { get; init; }

    /// <summary>The client's address. Default none.</summary>
    public string? Address { get; init; }
}

/// <summary>One header field.</summary>
internal sealed record ExplainField
{
    /// <summary>The name, in any case.</summary>
    public required string Name { get; init; }

    /// <summary>The value.</summary>
    public required string Value { get; init; }
}
