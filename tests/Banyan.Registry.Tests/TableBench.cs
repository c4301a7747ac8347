using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Health;
using Banyan.Registry.Instances;
using Banyan.Testing;
using Google.Protobuf.WellKnownTypes;

namespace Banyan.Registry.Tests;

/// <summary>A table with a clock that stands still, and short ways to tell it things.</summary>
internal sealed class TableBench
{
    public static readonly TimeSpan Ttl = TimeSpan.FromSeconds(15);

    private long _revision = 1;

    public TableBench(Action<RegistryOptions>? configure = null)
    {
        Options = new RegistryOptions { Node = "here" };
        configure?.Invoke(Options);
        Table = new InstanceTable(Clock, Options, Metrics) { StateOutdated = e => Outdated.Add(e.Name) };
        Table.MarkReady();
    }

    public ManualClock Clock { get; } = new();

    public RegistryOptions Options { get; }

    public RegistryMetrics Metrics { get; } = new();

    public InstanceTable Table { get; }

    public List<InstanceName> Outdated { get; } = [];

    public static InstanceName Name(string id, string service = "pets") => new("default", service, id);

    public static HealthCheck HttpCheck(uint rise = 2, uint fall = 3) => new() { Http = new HttpProbe(), Rise = rise, Fall = fall };

    public static StoredRegistration Stored(
        string id, TimeSpan? ttl = null, HealthCheck? check = null, string service = "pets", string zone = "", InstanceState self = InstanceState.Unspecified) => new()
        {
            Request = new RegisterRequest
            {
                Instance = new Instance { Domain = "default", Service = service, Id = id, Host = "127.0.0.1", Port = 8000, Zone = zone, State = self },
                Ttl = ttl is { } time ? Duration.FromTimeSpan(time) : null,
                Check = check,
            },
            RegisteredAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
            Owner = "here",
        };

    public Instance Register(StoredRegistration stored, bool heard = true) => Table.Apply(stored, ++_revision, heard)!;

    public Instance Register(string id, TimeSpan? ttl = null, HealthCheck? check = null, string service = "pets", string zone = "") =>
        Register(Stored(id, ttl, check, service, zone));

    public void Remove(string id, string service = "pets") => Table.Remove(Name(id, service), ++_revision);

    public InstanceEntry Entry(string id, string service = "pets") => Table.Find(Name(id, service))!;

    public Instance this[string id] => Entry(id).Current;

    public void Hear(string id, InstanceState self = InstanceState.Unspecified, string reason = "", string service = "pets") =>
        Assert.True(Table.TryHear(Name(id, service), self, reason, out _));

    public void Check(string id, bool passed, bool refused = false, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            var entry = Entry(id);
            Table.Report(entry, entry.PlanNumber, new CheckOutcome(passed, passed ? "http GET /healthz answered 200" : "http GET /healthz answered 503", refused));
        }
    }

    public IReadOnlyList<InstanceEntry> Pass(TimeSpan time)
    {
        Clock.Advance(time);
        return Table.Sweep();
    }
}
