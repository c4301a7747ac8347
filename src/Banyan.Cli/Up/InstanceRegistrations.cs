using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Cli.Manifests;
using Banyan.Cli.Output;
using Banyan.Client;
using Banyan.Contracts;

namespace Banyan.Cli.Up;

/// <summary>Tells the registry about instances on behalf of programs that know nothing of it, and cleans up after those that do.</summary>
internal sealed class InstanceRegistrations(BanyanClient client, UpLog log, TimeProvider clock)
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(3);

    /// <summary>Registers the instance, unless it does so itself.</summary>
    public Task StartedAsync(ServiceManifest manifest, InstanceSupervisor instance, int processId, CancellationToken cancellation)
    {
        if (manifest.Dev!.RegistersItself)
        {
            return Task.CompletedTask;
        }

        var registration = new InstanceRegistration
        {
            Host = "127.0.0.1",
            Port = instance.Port,
            Scheme = manifest.Listen.Protocol,
            Metadata = new Dictionary<string, string> { ["pid"] = processId.ToString(CultureInfo.InvariantCulture), ["registered-by"] = "banyan up" },
            Check = Check(manifest.Listen.Check),
        };
        return TryAsync(instance.Id, "register", token => client.Instances.RegisterAsync(instance.Address, registration, token), cancellation);
    }

    /// <summary>Its program is gone, which nobody knows sooner or surer: it leaves the list now, whoever registered it, instead of with its lease.</summary>
    public Task EndedAsync(InstanceSupervisor instance, CancellationToken cancellation) =>
        TryAsync(instance.Id, "remove", token => client.Instances.DeregisterAsync(instance.Address, token), cancellation);

    public Task DrainAsync(InstanceSupervisor instance) =>
        TryAsync(instance.Id, "drain", token => client.Instances.DrainAsync(instance.Address, "banyan up is stopping", token), CancellationToken.None);

    public Task RemoveAsync(InstanceSupervisor instance) =>
        TryAsync(instance.Id, "remove", token => client.Instances.DeregisterAsync(instance.Address, token), CancellationToken.None);

    /// <summary>The check in the form of the registry; none written = open a connection every two seconds.</summary>
    internal static InstanceCheck Check(JsonObject? written)
    {
        if (written is null)
        {
            return new InstanceCheck { Tcp = new TcpCheck(), Interval = "2s", Timeout = "1s" };
        }

        return new InstanceCheck
        {
            Http = written["http"] is JsonObject http ? new HttpCheck((string?)http["path"] ?? "/healthz") : null,
            Tcp = written["tcp"] is JsonObject ? new TcpCheck() : null,
            Grpc = written["grpc"] is JsonObject grpc ? new GrpcCheck((string?)grpc["service"]) : null,
            Interval = (string?)written["interval"] ?? "2s",
            Timeout = (string?)written["timeout"] ?? HalfOf((string?)written["interval"] ?? "2s"),
            Rise = (int?)written["rise"],
            Fall = (int?)written["fall"],
        };
    }

    // The registry wants a timeout below the interval; who writes only the interval means "well below".
    private static string HalfOf(string interval) =>
        string.Create(CultureInfo.InvariantCulture, $"{(Ages.Duration(interval) ?? TimeSpan.FromSeconds(2)).TotalMilliseconds / 2:0}ms");

    // What fails here must not stop a service from running: it is shown, and the next start tries again.
    private async Task TryAsync(string id, string verb, Func<CancellationToken, Task> call, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(CallDeadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            await call(either.Token).ConfigureAwait(false);
        }
        catch (BanyanException refused)
        {
            if (refused.Error.Kind != ErrorKind.NotFound)
            {
                log.Say(id, $"could not {verb} it in the registry: {refused.Message}{string.Concat(refused.Faults.Select(f => $" {f.Pointer}: {f.Message}"))}");
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            log.Say(id, $"could not {verb} it in the registry: no answer within {CallDeadline.TotalSeconds:0} s.");
        }
    }
}
