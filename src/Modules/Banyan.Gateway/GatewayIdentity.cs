using System.Net;
using System.Security.Cryptography;

namespace Banyan.Gateway;

/// <summary>Who this gateway is to others: the name in <c>Via</c>, and the peers whose word about the client it believes.</summary>
internal sealed class GatewayIdentity
{
    private readonly IPNetwork[] _trusted;

    /// <summary>Takes the trusted networks from the options.</summary>
    public GatewayIdentity(EngineOptions options)
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

    /// <summary>The client's address as far as it is believed: the peer's, or what the nearest peer that is not trusted was said to be by those that are.</summary>
    /// <param name="peer">Who is connected.</param>
    /// <param name="forwardedFor">The field <c>X-Forwarded-For</c> as received, line by line.</param>
    public IPAddress? ClientAddress(IPAddress? peer, IReadOnlyList<string> forwardedFor)
    {
        var client = peer;
        for (var i = forwardedFor.Count - 1; i >= 0 && Trusts(client); i--)
        {
            var line = forwardedFor[i].Split(',', StringSplitOptions.TrimEntries);
            for (var j = line.Length - 1; j >= 0 && Trusts(client); j--)
            {
                if (!IPAddress.TryParse(line[j], out var before))
                {
                    return client;
                }

                client = before;
            }
        }

        return client is { IsIPv4MappedToIPv6: true } ? client.MapToIPv4() : client;
    }
}
