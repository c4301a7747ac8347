namespace Banyan.Console.Views;

/// <summary>An instance's state as the console shows it; the order is that of urgency, worst first.</summary>
public enum InstanceStatus
{
    Down,
    Lost,
    Draining,
    Starting,
    Up,
}

/// <summary>How a service is as a whole; worst first.</summary>
public enum ServiceHealth
{
    Down,
    Degraded,
    Empty,
    Up,
}
