using System.Text;
using Banyan.Wire.Fields;

namespace Banyan.Wire.Http2.Hpack;

/// <summary>The fields every connection knows (RFC 7541 appendix A), at 1 to <see cref="Count"/>.</summary>
internal static class StaticTable
{
    public const int Authority = 1;
    public const int MethodGet = 2;
    public const int MethodPost = 3;
    public const int SchemeHttp = 6;
    public const int SchemeHttps = 7;
    public const int Status200 = 8;

    private static readonly string[] Entries =
    [
        ":authority", ":method=GET", ":method=POST", ":path=/", ":path=/index.html", ":scheme=http", ":scheme=https", ":status=200", ":status=204",
        ":status=206", ":status=304", ":status=400", ":status=404", ":status=500", "accept-charset", "accept-encoding=gzip, deflate", "accept-language",
        "accept-ranges", "accept", "access-control-allow-origin", "age", "allow", "authorization", "cache-control", "content-disposition", "content-encoding",
        "content-language", "content-length", "content-location", "content-range", "content-type", "cookie", "date", "etag", "expect", "expires", "from",
        "host", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified", "link", "location", "max-forwards",
        "proxy-authenticate", "proxy-authorization", "range", "referer", "refresh", "retry-after", "server", "set-cookie", "strict-transport-security",
        "transfer-encoding", "user-agent", "vary", "via", "www-authenticate",
    ];

    private static readonly byte[][] Names = new byte[Entries.Length][];
    private static readonly byte[][] Values = new byte[Entries.Length][];
    private static readonly FieldId[] Ids = new FieldId[Entries.Length];
    private static readonly byte[] ById = new byte[64];

    static StaticTable()
    {
        for (var i = 0; i < Entries.Length; i++)
        {
            var equals = Entries[i].IndexOf('=', StringComparison.Ordinal);
            Names[i] = Encoding.ASCII.GetBytes(equals < 0 ? Entries[i] : Entries[i][..equals]);
            Values[i] = equals < 0 ? [] : Encoding.ASCII.GetBytes(Entries[i][(equals + 1)..]);
            Ids[i] = Names[i][0] == ':' ? FieldId.Unknown : FieldNames.Identify(Names[i]);
            if (Ids[i] != FieldId.Unknown)
            {
                ById[(int)Ids[i]] = (byte)(i + 1);
            }
        }
    }

    /// <summary>How many entries there are.</summary>
    public static int Count => Entries.Length;

    public static ReadOnlySpan<byte> Name(int index) => Names[index - 1];

    public static ReadOnlySpan<byte> Value(int index) => Values[index - 1];

    public static FieldId Id(int index) => Ids[index - 1];

    /// <summary>The entry with this name; 0 when there is none.</summary>
    public static int Find(FieldId id) => ById[(int)id];
}
