namespace Banyan.Hosting;

/// <summary>One module at one moment.</summary>
/// <param name="Name">The module.</param>
/// <param name="Summary">Its one line.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Since">Since when.</param>
/// <param name="NotReadyBecause">Why it should get no work now; null when it is ready.</param>
public sealed record ModuleStatus(string Name, string Summary, ModuleState State, DateTimeOffset Since, string? NotReadyBecause);
