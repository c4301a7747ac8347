namespace Banyan.Chassis.Health;

/// <summary>Whether this instance wants requests.</summary>
internal sealed class Readiness
{
    private volatile bool _started;
    private volatile bool _leaving;

    public string? NotReadyBecause => _leaving ? "leaving" : _started ? null : "starting";

    public void Started() => _started = true;

    public void Leaving() => _leaving = true;
}
