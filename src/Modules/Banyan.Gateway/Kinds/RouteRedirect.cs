namespace Banyan.Gateway.Kinds;

/// <summary>Where clients are sent. What is absent stays as they asked for it; the query stays always.</summary>
public sealed record RouteRedirect
{
    /// <summary>301, 302, 303, 307 or 308. Default 302.</summary>
    public int? Status { get; init; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public string? Scheme { get; init; }

    /// <summary>A host name without port.</summary>
    public string? Host { get; init; }

    /// <summary>1 to 65535. Absent = the client's port; none when scheme or host change.</summary>
    public int? Port { get; init; }

    /// <summary>A whole path; with <see cref="RouteSpec.PathTemplate"/> its parameters may stand in it.</summary>
    public string? Path { get; init; }

    /// <summary>What takes the place of <see cref="RouteSpec.Path"/>.</summary>
    public string? Prefix { get; init; }
}
