using System.Net;
using System.Text;
using Banyan.Gateway.Routing;

namespace Banyan.Gateway.Tests.Support;

/// <summary>A request as the route table sees it, from texts.</summary>
internal sealed record Asked(string Host = "", string Path = "/", string Method = "GET", string Query = "", string? Address = null, params (string Name, string Value)[] Fields) : IFieldSource
{
    private readonly byte[] _host = Encoding.Latin1.GetBytes(Host);
    private readonly byte[] _path = Encoding.Latin1.GetBytes(Path);
    private readonly byte[] _method = Encoding.Latin1.GetBytes(Method);
    private readonly byte[] _query = Encoding.Latin1.GetBytes(Query);
    private readonly byte[] _address = Address is null ? [] : IPAddress.Parse(Address).GetAddressBytes();
    private readonly (byte[] Name, byte[] Value)[] _fields = [.. Fields.Select(f => (Encoding.Latin1.GetBytes(f.Name.ToLowerInvariant()), Encoding.Latin1.GetBytes(f.Value)))];

    public RequestMatch Match => new() { Host = _host, Path = _path, Method = _method, Query = _query, Address = _address, Fields = this };

    /// <summary>The name of the route that takes this request; null = none.</summary>
    public string? In(RouteSnapshot table) => table.Find(Match)?.Name.Name;

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
