using System.Text.Json;
using Banyan.Contracts;
using Banyan.Gateway.Kinds;
using Banyan.Hosting;
using Banyan.Resources;
using Banyan.Resources.Watching;
using Banyan.Store;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Certificates;

/// <summary>Keeps the table as the objects and the files say, tells what expires, and writes what became of each object.</summary>
internal sealed class CertificateFeed(
    IResources resources, CertificateKind kind, CertificateTable table, GatewayOptions options, TimeProvider clock, ILogger<CertificateFeed> log) : ModuleWorker
{
    /// <summary>How often files are looked at, and dates.</summary>
    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan WarnBefore = TimeSpan.FromDays(14);

    private readonly CertificateSource? _ofOptions = CertificateSource.OfOptions(options);
    private readonly Dictionary<ResourceName, CertificateSource> _ofObjects = [];

    // What this process wrote last. Another gateway may see other files and write otherwise: each writes only when what it sees itself changes, so they never chase each other.
    private readonly Dictionary<ResourceName, (string Uid, string Status)> _written = [];
    private readonly Dictionary<string, (DateOnly Day, bool Expired)> _warned = [];
    private HashSet<CertificateConflict> _told = [];

    public override string Name => "certificates";

    protected override Task RunAsync(CancellationToken cancellation) => FollowAsync(cancellation);

    internal async Task FollowAsync(CancellationToken cancellation)
    {
        await foreach (var snapshot in resources.Informer(kind).FollowAsync(clock, LookEvery, cancellation))
        {
            if (await ReloadAsync(snapshot, cancellation) || table.Current is null)
            {
                Replace();
            }

            WarnOfExpiry();
            await WriteStatusAsync(cancellation);
        }
    }

    /// <returns>True when the table must be compiled anew.</returns>
    private async Task<bool> ReloadAsync(IReadOnlyDictionary<ResourceName, Resource<CertificateSpec, CertificateStatus>> objects, CancellationToken cancellation)
    {
        var changed = false;
        foreach (var gone in _ofObjects.Keys.Where(n => objects.GetValueOrDefault(n) is not { Metadata.DeletedAt: null }).ToArray())
        {
            changed |= _ofObjects.Remove(gone);
            _written.Remove(gone);
        }

        foreach (var (name, certificate) in objects.Where(o => o.Value.Metadata.DeletedAt is null))
        {
            var source = _ofObjects.GetValueOrDefault(name);
            if (source is null || source.Differs(certificate.Metadata))
            {
                changed |= await LoadAsync(name, certificate, source, cancellation);
            }
            else
            {
                changed |= Look(source);
            }
        }

        return changed | (_ofOptions is not null && Look(_ofOptions));
    }

    private async Task<bool> LoadAsync(ResourceName name, Resource<CertificateSpec, CertificateStatus> certificate, CertificateSource? earlier, CancellationToken cancellation)
    {
        var source = CertificateSource.Of(certificate, earlier);
        if (source.HasFiles)
        {
            source.Reload();
        }
        else
        {
            var revealed = await RevealAsync(name, cancellation);
            if (revealed?.Metadata.Generation != certificate.Metadata.Generation)
            {
                // Changed or gone meanwhile, which will be told; or the store does not answer, and the next look tries again.
                return false;
            }

            source.Take(revealed.Spec.Certificate ?? string.Empty, revealed.Spec.PrivateKey ?? string.Empty);
        }

        _ofObjects[name] = source;
        TellProblem(source);
        return true;
    }

    private async Task<Resource<CertificateSpec, CertificateStatus>?> RevealAsync(ResourceName name, CancellationToken cancellation)
    {
        try
        {
            return await resources.RevealAsync(kind, name, cancellation);
        }
        catch (StoreException e)
        {
            GatewayLog.CertificateUnread(log, name.ToString(), e.Message);
            return null;
        }
    }

    private bool Look(CertificateSource source)
    {
        if (!source.Reload())
        {
            return false;
        }

        TellProblem(source);
        return true;
    }

    private void TellProblem(CertificateSource source)
    {
        if (source.Problem is { } problem)
        {
            GatewayLog.CertificateProblem(log, source.Name, problem, source.Entry is null ? "It is not served." : $"What was read before stays in use, until {source.Entry.Material.NotAfter:u}.");
        }
    }

    private void Replace()
    {
        var next = table.Replace([.. _ofObjects.Values.Append(_ofOptions).OfType<CertificateSource>().OrderBy(s => s.Name, StringComparer.Ordinal)]);
        GatewayLog.CertificatesReplaced(log, next.Entries.Count, next.Version);
        foreach (var conflict in next.Conflicts.Where(c => !_told.Contains(c)))
        {
            GatewayLog.CertificateConflict(log, conflict.Certificate, conflict.Message);
        }

        _told = [.. next.Conflicts];
    }

    /// <summary>Once a day for each certificate that soon is no longer valid, and when it is so.</summary>
    private void WarnOfExpiry()
    {
        var now = clock.GetUtcNow();
        foreach (var entry in table.Current!.Entries)
        {
            var left = entry.Material.NotAfter - now;
            if (left >= WarnBefore)
            {
                _warned.Remove(entry.Name);
            }
            else if ((DateOnly.FromDateTime(now.UtcDateTime), left <= TimeSpan.Zero) is var today && _warned.GetValueOrDefault(entry.Name) != today)
            {
                _warned[entry.Name] = today;
                if (left > TimeSpan.Zero)
                {
                    GatewayLog.CertificateExpires(log, entry.Name, (int)left.TotalDays, entry.Material.NotAfter);
                }
                else
                {
                    GatewayLog.CertificateExpired(log, entry.Name, entry.Material.NotAfter);
                }
            }
        }
    }

    private async Task WriteStatusAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        foreach (var (name, source) in _ofObjects)
        {
            var status = CertificateStates.StatusOf(source, table.Current!, now);
            var text = JsonSerializer.Serialize(status with { Conditions = [.. status.Conditions!.Select(c => c with { Since = default })] }, CertificateJson.Default.CertificateStatus);
            if (_written.GetValueOrDefault(name) == (source.Metadata!.Uid, text))
            {
                continue;
            }

            try
            {
                await resources.WriteStatusAsync(kind, name, before => CertificateStates.Since(status, before), cancellation);
                _written[name] = (source.Metadata.Uid, text);
            }
            catch (Exception e) when (e is StoreException or BanyanException)
            {
                // Gone meanwhile, or the store does not answer: the next look tries again.
                GatewayLog.CertificateStatusUnwritten(log, name.ToString(), e.Message);
            }
        }
    }
}
