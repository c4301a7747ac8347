using System.Text.Json;
using Banyan.Gateway.Certificates;
using Banyan.Gateway.Listening;
using Banyan.Http.Describing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Banyan.Gateway.Endpoints;

/// <summary><c>GET /api/v1/gateway/certificates</c>: what this process gives to TLS clients, for console and command line.</summary>
internal sealed class CertificateTableEndpoint(CertificateTable table, GatewayListener listener, TimeProvider clock)
{
    public void Map(IEndpointRouteBuilder http) => http.MapGet("/api/v1/gateway/certificates", WriteAsync)
        .WithName("gateway.certificates").WithSummary("The TLS certificates of the answering process, with their hosts, dates and problems.")
        .WithMetadata(new ApiOperation { Answer = new ApiSchema("CertificateTable", CertificateTableJson.Schema) });

    /// <summary>The table now.</summary>
    public CertificateTableView View()
    {
        var current = table.Current;
        var now = clock.GetUtcNow();
        return new CertificateTableView(
            listener.Https?.ToString(), current?.Version ?? 0, table.UnknownNames, current is null ? [] : [.. table.Sources.Select(s => View(s, current, now))]);
    }

    private static CertificateView View(CertificateSource source, CertificateSnapshot table, DateTimeOffset now)
    {
        var entry = source.Entry;
        var material = entry?.Material;
        var trouble = CertificateStates.Trouble(source, table, now);
        return new CertificateView(
            source.Metadata?.Domain,
            source.Metadata?.Name ?? source.Name,
            source.HasFiles ? "files" : "inline",
            entry is not null && ReferenceEquals(table.Default, entry),
            entry is null ? [] : [.. entry.Hosts.Where(h => ReferenceEquals(table.ByHost.GetValueOrDefault(h), entry))],
            material?.Names ?? [],
            material?.Issuer,
            material?.NotBefore,
            material?.NotAfter,
            material is null ? null : (int)Math.Floor((material.NotAfter - now).TotalDays),
            material?.Fingerprint,
            entry is not null && table.Uses(entry),
            entry?.Use.Handshakes ?? 0,
            trouble?.Reason,
            trouble?.Message);
    }

    private Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return JsonSerializer.SerializeAsync(context.Response.Body, View(), CertificateTableJson.Default.CertificateTableView, context.RequestAborted);
    }
}
