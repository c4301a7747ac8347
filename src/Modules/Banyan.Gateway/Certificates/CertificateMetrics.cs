using System.Diagnostics.Metrics;

namespace Banyan.Gateway.Certificates;

/// <summary>What certificates tell of themselves. Tag: <c>certificate</c> = domain/name.</summary>
internal sealed class CertificateMetrics : IDisposable
{
    private readonly Meter _meter = new(GatewayMetrics.MeterName);

    public CertificateMetrics(CertificateTable table, TimeProvider clock)
    {
        _meter.CreateObservableGauge(
            "banyan.gateway.certificate.expiry",
            () => (table.Current?.Entries ?? []).Select(e => new Measurement<double>((e.Material.NotAfter - clock.GetUtcNow()).TotalDays, Tag(e))),
            "d",
            "Days until a certificate expires; negative when it has.");
        _meter.CreateObservableCounter(
            "banyan.gateway.certificate.handshakes",
            () => (table.Current?.Entries ?? []).Select(e => new Measurement<long>(e.Use.Handshakes, Tag(e))),
            "{handshake}",
            "TLS handshakes that were given a certificate.");
        _meter.CreateObservableCounter(
            "banyan.gateway.certificate.unknown", () => table.UnknownNames, "{handshake}", "TLS handshakes for a name without a certificate, or for none.");
    }

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(CertificateEntry entry) => new("certificate", entry.Name);
}
