using Banyan.Gateway.Kinds;
using Banyan.Resources;

namespace Banyan.Gateway.Certificates;

/// <summary>What became of a declared certificate, in words.</summary>
internal static class CertificateStates
{
    public const string Ready = "Ready";

    /// <summary>Why a certificate is not served as declared; null when it is.</summary>
    public static (string Reason, string Message)? Trouble(CertificateSource source, CertificateSnapshot table, DateTimeOffset now) => source switch
    {
        { Problem: { } problem } => (source.Entry is null ? "Broken" : "BrokenKept", problem),
        { Entry: null } => ("Unread", "It has not been read yet."),
        { Entry: { } entry } when entry.Material.NotAfter <= now => ("Expired", $"It expired at {entry.Material.NotAfter:u}. Have it issued again."),
        { Entry: { } entry } when entry.Material.NotBefore > now => ("NotYetValid", $"It is valid from {entry.Material.NotBefore:u} on. Clients refuse it until then."),
        _ when table.Conflicts.FirstOrDefault(c => c.Certificate == source.Name) is { } conflict => ("Conflict", conflict.Message),
        _ => null,
    };

    public static CertificateStatus StatusOf(CertificateSource source, CertificateSnapshot table, DateTimeOffset now)
    {
        var material = source.Entry?.Material;
        var trouble = Trouble(source, table, now);
        return new CertificateStatus
        {
            ObservedGeneration = source.Metadata?.Generation ?? 0,
            Names = material?.Names,
            NotBefore = material?.NotBefore,
            NotAfter = material?.NotAfter,
            Fingerprint = material?.Fingerprint,
            InUse = source.Entry is { } entry && table.Uses(entry),
            Conditions = [new Condition(Ready, trouble is null, trouble?.Reason ?? "Served", trouble?.Message ?? "Clients of its hosts get it.", now)],
        };
    }

    /// <summary>The status with the times at which its conditions last changed.</summary>
    public static CertificateStatus Since(CertificateStatus status, CertificateStatus? before) => status with
    {
        Conditions = [.. status.Conditions!.Select(c => before?.Conditions?.FirstOrDefault(b => b.Type == c.Type && b.Holds == c.Holds) is { } same ? c with { Since = same.Since } : c)],
    };
}
