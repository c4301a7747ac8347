using Banyan.Hosting;
using Banyan.Registry.Health;
using Banyan.Registry.Instances;
using Banyan.Resources;
using System.Threading.Channels;

namespace Banyan.Registry.Kinds;

/// <summary>Gives the table the checks of the described services, again whenever a description changes.</summary>
internal sealed class ServiceChecks(IResources resources, ServiceKind kind, InstanceTable table) : ModuleWorker
{
    public override string Name => "service-checks";

    protected override async Task RunAsync(CancellationToken ct)
    {
        var informer = resources.Informer(kind);
        var changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void OnChanged() => changed.Writer.TryWrite(true);
        informer.Changed += OnChanged;
        try
        {
            await informer.WaitForSyncAsync(ct);
            while (true)
            {
                var checks = new Dictionary<ServiceName, CheckPlan>();
                foreach (var (name, service) in informer.Snapshot)
                {
                    if (ServiceKind.PlanOf(service.Spec) is { } plan)
                    {
                        checks.Add(new ServiceName(name.Domain!, name.Name), plan);
                    }
                }

                table.UseServiceChecks(checks);
                await changed.Reader.ReadAsync(ct);
            }
        }
        finally
        {
            informer.Changed -= OnChanged;
        }
    }
}
