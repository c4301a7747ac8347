using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace Banyan.Gateway.Forwarding;

/// <summary>Who this gateway is to others: the name in <c>Via</c>, and the peers whose word about the client it believes.</summary>
internal sealed class GatewayIdentity
{
    private readonly IPNetwork[] _trusted;

    /// <summary>Takes the trusted networks from the options.</summary>
    public GatewayIdentity(GatewayOptions options)
    {
        _trusted = [.. options.TrustedProxies.Select(IPNetwork.Parse)];
        Pseudonym = $"banyan-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
    }

    /// <summary>Differs between processes, so that a request that comes back to this one is known as a loop.</summary>
    public string Pseudonym { get; }

    /// <summary>True when <c>X-Forwarded-*</c> and <c>Forwarded</c> from this peer are kept.</summary>
    public bool Trusts(IPAddress? peer)
    {
        if (peer is null || _trusted.Length == 0)
        {
            return false;
        }

        var address = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        return _trusted.Any(network => network.Contains(address));
    }

    /// <summary>True when this gateway is already in the list.</summary>
    public bool IsIn(StringValues via)
    {
        foreach (var line in via)
        {
            if (line?.Contains(Pseudonym, StringComparison.Ordinal) == true)
            {
                return true;
            }
        }

        return false;
    }
}
