namespace Banyan.Gateway.Kinds;

/// <summary>The limit on requests in progress from one gateway, which moves by itself between its bounds as answers come faster or slower.</summary>
public sealed record ConcurrencySpec
{
    /// <summary>False: no limit. Default true.</summary>
    public bool? Enabled { get; init; }

    /// <summary>The limit never falls below this: default 50.</summary>
    public int? Min { get; init; }

    /// <summary>The limit never rises above this: default 20000. Equal to <see cref="Min"/> it is a fixed limit.</summary>
    public int? Max { get; init; }

    /// <summary>
    /// Requests one instance may have in progress from one gateway process: 1 to 100000; absent = as many as come. Who would find it full goes to another instance; when
    /// all are full, the service is. Holds without <see cref="Enabled"/> too.
    /// </summary>
    public int? MaxPerInstance { get; init; }

    /// <summary>Requests that may wait up to a second for room: 0 to 10000, default 100.</summary>
    public int? Queue { get; init; }
}
