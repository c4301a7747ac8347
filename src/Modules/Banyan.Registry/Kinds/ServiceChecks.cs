using Banyan.Hosting;
using Banyan.Registry.Health;
using Banyan.Registry.Instances;
using Banyan.Resources;
using Banyan.Resources.Watching;

namespace Banyan.Registry.Kinds;

/// <summary>Gives the table the checks of the described services, again whenever a description changes.</summary>
internal sealed class ServiceChecks(IResources resources, ServiceKind kind, InstanceTable table) : ModuleWorker
{
    public override string Name => "service-checks";

    protected override async Task RunAsync(CancellationToken ct)
    {
        await foreach (var snapshot in resources.Informer(kind).FollowAsync(ct))
        {
            var checks = new Dictionary<ServiceName, CheckPlan>();
            foreach (var (name, service) in snapshot)
            {
                if (ServiceKind.PlanOf(service.Spec) is { } plan)
                {
                    checks.Add(new ServiceName(name.Domain!, name.Name), plan);
                }
            }

            table.UseServiceChecks(checks);
        }
    }
}
