using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Banyan.Gateway.Certificates;
using Banyan.Gateway.Kinds;
using Banyan.Resources;
using Banyan.Resources.Audit;
using Banyan.Store.Memory;
using Banyan.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Banyan.Gateway.Tests.Support;

/// <summary>The feed of certificates over a store in memory and a clock that the test moves.</summary>
internal sealed class CertificateShelf : ILogger<CertificateFeed>, IAsyncDisposable
{
    private readonly MemoryStore _store = new(TimeProvider.System);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private readonly CertificateKind _kind;

    public CertificateShelf(GatewayOptions? options = null)
    {
        Clock = new ManualClock(TestAuthority.Now);
        _kind = new CertificateKind(Clock);
        var limits = new ResourcesOptions();
        Resources = new StoreResources(_store, new KindSet([_kind]), TimeProvider.System, new AuditLog(_store, TimeProvider.System, limits), limits, NullLogger<StoreResources>.Instance);
        _running = new CertificateFeed(Resources, _kind, Table, options ?? new GatewayOptions(), Clock, this).FollowAsync(_stop.Token);
    }

    public ManualClock Clock { get; }

    public StoreResources Resources { get; }

    public CertificateTable Table { get; } = new();

    public ConcurrentQueue<string> Log { get; } = new();

    public Task<WriteResult> ApplyAsync(string name, JsonObject spec) => Resources.ApplyAsync(
        "certificates",
        new ResourceName("default", name),
        new JsonObject { ["apiVersion"] = "banyan/v1", ["kind"] = "Certificate", ["spec"] = spec.DeepClone() },
        WriteContext.System,
        default);

    public async Task<CertificateStatus?> StatusAsync(string name) => (await Resources.FindAsync(_kind, new ResourceName("default", name), default))!.Status;

    /// <summary>Lets the feed look again until something holds.</summary>
    public Task LookUntilAsync(Func<bool> condition, string what) => Eventually.True(
        () =>
        {
            Clock.Advance(CertificateFeed.LookEvery);
            return condition();
        },
        what);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Log.Enqueue($"{eventId.Id} {formatter(state, exception)}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Resources.DisposeAsync();
        await _store.DisposeAsync();
        _stop.Dispose();
    }
}
