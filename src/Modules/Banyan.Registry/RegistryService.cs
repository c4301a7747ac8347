using System.Runtime.CompilerServices;
using Banyan.Contracts;
using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Instances;
using Banyan.Registry.Storage;
using Banyan.Registry.Watch;
using Banyan.Resources;
using Banyan.Store;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace Banyan.Registry;

/// <summary>Both contracts of the registry, for callers in this process and for the endpoints alike. Who may call is the endpoints' business.</summary>
internal sealed class RegistryService(
    InstanceTable table,
    RegistrationStore store,
    InstanceAudit audit,
    WatchHub hub,
    IDomainCheck domains,
    RegistryOptions options,
    TimeProvider clock,
    RegistryMetrics metrics,
    ILogger<RegistryService> log) : IInstanceDirectory, IInstanceRegistrar
{
    private const int Attempts = 8;

    public async ValueTask<RegisterResponse> RegisterAsync(RegisterRequest request, CancellationToken cancellation) =>
        await RegisterAsync(request, "/instance", cancellation);

    /// <inheritdoc cref="RegisterAsync(RegisterRequest, CancellationToken)"/>
    /// <param name="request">The registration.</param>
    /// <param name="prefix">What stands before the instance's fields in the pointers of faults.</param>
    /// <param name="cancellation">Gives up.</param>
    public ValueTask<RegisterResponse> RegisterAsync(RegisterRequest request, string prefix, CancellationToken cancellation) =>
        StoringAsync(RegisterNowAsync(request, prefix, cancellation));

    private async ValueTask<RegisterResponse> RegisterNowAsync(RegisterRequest request, string prefix, CancellationToken cancellation)
    {
        // 1. Every fault at once.
        RequireReady();
        var faults = RegistrationRules.Check(request, prefix);
        if (request.Instance is { } given && ResourceNames.IsLabel(given.Domain) && !await domains.ExistsAsync(given.Domain, cancellation))
        {
            faults.Add(new Fault($"{prefix}/domain", $"Domain '{given.Domain}' does not exist. Create it first, or correct the name.", "not-found"));
        }

        if (faults.Count > 0)
        {
            throw RegistryErrors.Faulty(RegistryErrors.InvalidRegistration, "The instance cannot be registered", faults);
        }

        // 2. The same again changes nothing: it counts as a heartbeat, and nothing is written.
        var clean = Clean(request);
        var name = InstanceName.Of(clean.Instance);
        var known = table.Find(name) is { } entry ? table.Read(entry, e => (e.Registration.Stored, e.Mine, e.Draining)) : default;
        if (known is { Stored: not null, Mine: true, Draining: false } && known.Stored.Request.Equals(clean)
            && table.TryHear(name, clean.Instance.State, string.Empty, out _))
        {
            return Answer(clean, table.Find(name)?.Current);
        }

        // 3. Durable first, then visible.
        var stored = new StoredRegistration
        {
            Request = clean,
            RegisteredAt = Timestamp.FromDateTimeOffset(clock.GetUtcNow()),
            Owner = options.Node,
        };
        var revision = await store.PutAsync(name, stored, cancellation);
        metrics.Writes.Add(1);
        log.Registered(name.ToString());
        return Answer(clean, table.Apply(stored, revision, heard: true));
    }

    public ValueTask<HeartbeatResponse> HeartbeatAsync(HeartbeatRequest request, CancellationToken cancellation)
    {
        RequireReady();
        var faults = RegistrationRules.Check(request.Key);
        if (request.Self is not (InstanceState.Unspecified or InstanceState.Up or InstanceState.Down))
        {
            faults.Add(new Fault("/self", "An instance says 'up' or 'down' of itself, or nothing.", "out-of-range"));
        }

        if (request.Reason.Length > RegistrationRules.MaxMetadataLength)
        {
            faults.Add(new Fault("/reason", $"At most {RegistrationRules.MaxMetadataLength} characters.", "out-of-range"));
        }

        if (faults.Count > 0)
        {
            throw RegistryErrors.Faulty(RegistryErrors.InvalidRequest, "The heartbeat has faults", faults);
        }

        metrics.Heartbeats.Add(1);
        var name = InstanceName.Of(request.Key);
        return table.TryHear(name, request.Self, request.Reason, out var state)
            ? ValueTask.FromResult(new HeartbeatResponse { State = state })
            : throw RegistryErrors.NoInstance(name);
    }

    public ValueTask<DrainResponse> DrainAsync(DrainRequest request, CancellationToken cancellation) => StoringAsync(DrainNowAsync(request, cancellation));

    private async ValueTask<DrainResponse> DrainNowAsync(DrainRequest request, CancellationToken cancellation)
    {
        RequireReady();
        var name = NameOf(request.Key);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var entry = table.Find(name) ?? throw RegistryErrors.NoInstance(name);
            var (stored, revision) = table.Read(entry, e => (e.Registration.Stored, e.Revision));
            if (stored.Draining)
            {
                return new DrainResponse();
            }

            var next = stored.Clone();
            next.Draining = true;
            next.DrainReason = Shortened(request.Reason);
            var record = await audit.DrainAsync(request.Requester, name, entry.Current, next.DrainReason, cancellation);
            if (await store.ReplaceAsync([(name, next, revision)], cancellation, record) is { } written)
            {
                metrics.Writes.Add(1);
                log.Drains(name.ToString(), next.DrainReason);
                table.Apply(next, written, heard: false);
                return new DrainResponse();
            }

            // Somebody else wrote it in between: that news is on its way, or here already.
            await Task.Delay(TimeSpan.FromMilliseconds(5 << attempt), clock, cancellation);
        }

        throw new BanyanException(RegistryErrors.Contended, $"Instance '{name}' is being registered over and over; it could not be drained. Try again.");
    }

    public ValueTask<DeregisterResponse> DeregisterAsync(DeregisterRequest request, CancellationToken cancellation) =>
        StoringAsync(DeregisterNowAsync(request, cancellation));

    private async ValueTask<DeregisterResponse> DeregisterNowAsync(DeregisterRequest request, CancellationToken cancellation)
    {
        RequireReady();
        var name = NameOf(request.Key);
        var record = await audit.DeregisterAsync(request.Requester, name, table.Find(name)?.Current, cancellation);
        var revision = await store.DeleteAsync(name, cancellation, record);
        table.Remove(name, revision);
        log.Deregistered(name.ToString(), Shortened(request.Reason));
        return new DeregisterResponse();
    }

    public ValueTask<LookupResponse> LookupAsync(LookupRequest request, CancellationToken cancellation)
    {
        RequireReady();
        var faults = new List<Fault>();
        if (ResourceNames.Problem(request.Domain, "Domain name") is { } badDomain)
        {
            faults.Add(new Fault("/domain", badDomain, request.Domain.Length == 0 ? "required" : "bad-name"));
        }

        if (ResourceNames.Problem(request.Service, "Service name") is { } badService)
        {
            faults.Add(new Fault("/service", badService, request.Service.Length == 0 ? "required" : "bad-name"));
        }

        return faults.Count == 0
            ? ValueTask.FromResult(table.Lookup(new ServiceName(request.Domain, request.Service)))
            : throw RegistryErrors.Faulty(RegistryErrors.InvalidRequest, "The lookup has faults", faults);
    }

    public async IAsyncEnumerable<WatchResponse> WatchAsync(WatchRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var frame in FramesAsync(request, cancellation))
        {
            yield return frame.Response;
        }
    }

    /// <summary>The watch with its shared bytes.</summary>
    public IAsyncEnumerable<WatchFrame> FramesAsync(WatchRequest request, CancellationToken cancellation) =>
        hub.SubscribeAsync(WatchSelection.Of(request), cancellation);

    // The contract knows no store: what it promises is one of its own errors, on both sides of the wire.
    private static async ValueTask<T> StoringAsync<T>(ValueTask<T> change)
    {
        try
        {
            return await change;
        }
        catch (StoreException e) when (e.Error is StoreError.Unavailable or StoreError.NoSpace)
        {
            throw RegistryErrors.Of(e);
        }
    }

    private static string Shortened(string text) => text.Length <= RegistrationRules.MaxMetadataLength ? text : text[..RegistrationRules.MaxMetadataLength];

    private static InstanceName NameOf(InstanceKey? key)
    {
        var faults = RegistrationRules.Check(key);
        return faults.Count == 0 ? InstanceName.Of(key!) : throw RegistryErrors.Faulty(RegistryErrors.InvalidRequest, "The request has faults", faults);
    }

    // What the registry itself decides does not belong into a registration, or the same registration would look like another one.
    private static RegisterRequest Clean(RegisterRequest request)
    {
        var clean = request.Clone();
        clean.Instance.Reason = string.Empty;
        clean.Instance.Since = null;
        clean.Instance.RegisteredAt = null;
        clean.Instance.VersionNumber = 0;
        clean.Instance.Leased = false;
        return clean;
    }

    private static RegisterResponse Answer(RegisterRequest request, Instance? instance)
    {
        var response = new RegisterResponse { Instance = instance ?? request.Instance };
        if (request.Ttl is { } ttl)
        {
            response.HeartbeatInterval = Duration.FromTimeSpan(ttl.ToTimeSpan() / 3);
        }

        return response;
    }

    private void RequireReady()
    {
        if (!table.Ready)
        {
            throw RegistryErrors.NotReadyYet();
        }
    }
}
