using System.Net;
using System.Text;
using Banyan.Contracts;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Routing.Actions;

namespace Banyan.Gateway.Endpoints;

/// <summary>A request that somebody asks about, in the form the table takes.</summary>
internal sealed class AskedRequest : IFieldSource
{
    private readonly (byte[] Name, byte[] Value)[] _fields;

    private AskedRequest(string method, bool https, string host, string target, byte[] address, (byte[] Name, byte[] Value)[] fields)
    {
        Method = method;
        Https = https;
        Host = host;
        Target = target;
        Address = address;
        _fields = fields;
    }

    public string Method { get; }

    public bool Https { get; }

    /// <summary>The authority as a client would send it.</summary>
    public string Host { get; }

    /// <summary>The target in origin-form as a client would send it.</summary>
    public string Target { get; }

    public byte[] Address { get; }

    /// <summary>Reads a question; adds a fault and gives null when it is none that a client could send.</summary>
    public static AskedRequest? TryRead(ExplainRequest request, List<Fault> faults)
    {
        var method = request.Method ?? "GET";
        if (!FieldText.IsToken(method))
        {
            faults.Add(new Fault("/method", $"'{method}' is no method.", "invalid"));
        }

        // Not the framework's parser: it would tidy up what the gateway is about to judge. A fragment never leaves the client.
        var url = request.Url.Split('#')[0];
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        var host = request.Headers?.FirstOrDefault(h => h.Name.Equals("Host", StringComparison.OrdinalIgnoreCase))?.Value.Trim() ?? string.Empty;
        var target = url;
        if (!url.StartsWith('/'))
        {
            if (scheme > 0 && url[..scheme] is not ("http" or "https"))
            {
                faults.Add(new Fault("/url", $"'{url}': write http or https before '://'.", "invalid"));
            }

            var authority = scheme < 0 ? url : url[(scheme + 3)..];
            var end = authority.AsSpan().IndexOfAny('/', '?');
            target = end < 0 ? "/" : authority[end] == '/' ? authority[end..] : "/" + authority[end..];
            var named = end < 0 ? authority : authority[..end];
            if (named.Contains('@') || named.Length == 0)
            {
                faults.Add(new Fault("/url", $"'{url}' has {(named.Length == 0 ? "no host" : "a user before its host")}. Write http://HOST/PATH, or /PATH alone.", "invalid"));
            }

            host = host.Length > 0 ? host : named;
        }

        for (var i = 0; i < (request.Headers?.Count ?? 0); i++)
        {
            if (!FieldText.IsToken(request.Headers![i].Name))
            {
                faults.Add(new Fault($"/headers/{i}/name", $"'{request.Headers[i].Name}' is no field name.", "invalid"));
            }
        }

        return faults.Count > 0 ? null : new AskedRequest(
            method,
            url.StartsWith("https://", StringComparison.Ordinal),
            host,
            target,
            IPAddress.TryParse(request.Address, out var address) ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes() : [],
            [.. (request.Headers ?? []).Select(h => (Encoding.ASCII.GetBytes(h.Name.ToLowerInvariant()), Encoding.Latin1.GetBytes(h.Value.Trim(' ', '\t'))))]);
    }

    public bool TryGetField(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, int occurrence, out ReadOnlySpan<byte> value)
    {
        foreach (var (own, content) in _fields)
        {
            if (name.SequenceEqual(own) && occurrence-- == 0)
            {
                value = content;
                return true;
            }
        }

        value = [];
        return false;
    }
}
