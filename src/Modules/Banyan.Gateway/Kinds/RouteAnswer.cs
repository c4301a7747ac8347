namespace Banyan.Gateway.Kinds;

/// <summary>An answer of the gateway's own.</summary>
public sealed record RouteAnswer
{
    /// <summary>200 to 599.</summary>
    public required int Status { get; init; }

    /// <summary>The body as text, at most 4 KiB of UTF-8. Default none.</summary>
    public string? Body { get; init; }

    /// <summary>The body's type. Default <c>text/plain; charset=utf-8</c>.</summary>
    public string? ContentType { get; init; }
}
