using Banyan.Console.Views;
using Banyan.Hosting;

namespace Banyan.Console.Parts;

/// <summary>The names of signs and colours in the style sheet, and the words beside them.</summary>
internal static class Tones
{
    public static string Of(InstanceStatus status) => status switch
    {
        InstanceStatus.Up => "up",
        InstanceStatus.Down => "down",
        InstanceStatus.Lost => "lost",
        InstanceStatus.Draining => "draining",
        _ => "starting",
    };

    public static string WordOf(InstanceStatus status) => status switch
    {
        InstanceStatus.Up => "Up",
        InstanceStatus.Down => "Down",
        InstanceStatus.Lost => "Lost",
        InstanceStatus.Draining => "Draining",
        _ => "Starting",
    };

    public static string Of(ServiceHealth health) => health switch
    {
        ServiceHealth.Up => "up",
        ServiceHealth.Down => "down",
        ServiceHealth.Degraded => "degraded",
        _ => "empty",
    };

    public static string WordOf(ServiceView service) => service.Health switch
    {
        ServiceHealth.Up => "Up",
        ServiceHealth.Down => "Down",
        ServiceHealth.Degraded => "Degraded",
        _ => "No instances",
    };

    public static string Of(ModuleStatus module) => module switch
    {
        { State: ModuleState.Failed } => "down",
        { State: ModuleState.Running, NotReadyBecause: null } => "up",
        { State: ModuleState.Running } => "degraded",
        { State: ModuleState.Stopping } => "draining",
        { State: ModuleState.Terminated } => "empty",
        _ => "starting",
    };

    public static string WordOf(ModuleStatus module) =>
        module is { State: ModuleState.Running, NotReadyBecause: not null } ? "Not ready" : module.State.ToString();
}
