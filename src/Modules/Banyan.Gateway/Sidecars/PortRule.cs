using System.Diagnostics.CodeAnalysis;
using Banyan.Gateway.Clusters;
using Banyan.Hosting;

namespace Banyan.Gateway.Sidecars;

/// <summary>One port of the sidecar that leads to one service: <c>9001=pets</c>.</summary>
/// <param name="Address">Where it listens; a port alone is one of loopback.</param>
/// <param name="Service">Where it leads.</param>
internal sealed record PortRule(ListenAddress Address, ServiceName Service)
{
    /// <summary>Reads the text of <see cref="SidecarOptions.Ports"/>.</summary>
    /// <param name="text">The rule as written.</param>
    /// <param name="domain">The domain of services without one.</param>
    /// <param name="rule">The rule.</param>
    public static bool TryParse(string text, string domain, [NotNullWhen(true)] out PortRule? rule)
    {
        var equals = text.LastIndexOf('=');
        rule = equals > 0 && ListenAddress.TryParse(text[..equals], null, out var address) && SidecarOptions.TryParseService(text[(equals + 1)..], domain, out var service)
            ? new PortRule(address, service)
            : null;
        return rule is not null;
    }
}
