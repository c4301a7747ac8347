namespace Banyan.Gateway.Limits;

/// <summary>Who gives way first when a service is full. The default is <see cref="Normal"/>.</summary>
internal enum RequestPriority
{
    /// <summary>Users wait for it.</summary>
    Normal,

    /// <summary>Given by the route: health, sign-in, payment. Refused last.</summary>
    High,

    /// <summary>Background work; refused first.</summary>
    Low,
}
