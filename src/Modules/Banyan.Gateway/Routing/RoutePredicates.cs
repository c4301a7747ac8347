using System.Buffers;

namespace Banyan.Gateway.Routing;

/// <summary>What a route asks for beside host and path: method, header fields, query parameters. All of it must hold.</summary>
internal sealed class RoutePredicates(byte[][] methods, FieldPredicate[] headers, FieldPredicate[] query)
{
    public static readonly RoutePredicates None = new([], [], []);

    /// <summary>One of these; empty = any method.</summary>
    public byte[][] Methods { get; } = methods;

    public FieldPredicate[] Headers { get; } = headers;

    public FieldPredicate[] Query { get; } = query;

    public bool IsEmpty { get; } = methods.Length + headers.Length + query.Length == 0;

    public bool Matches(in RequestMatch request) => IsEmpty || Unmet(request) is null;

    /// <summary>The first condition that does not hold: the list of methods, or a <see cref="FieldPredicate"/>; null when all hold.</summary>
    public object? Unmet(in RequestMatch request)
    {
        if (Methods.Length > 0 && !HasMethod(request.Method))
        {
            return Methods;
        }

        foreach (var header in Headers)
        {
            if (!HasHeader(header, request))
            {
                return header;
            }
        }

        foreach (var parameter in Query)
        {
            if (!HasParameter(parameter, request.Query))
            {
                return parameter;
            }
        }

        return null;
    }

    /// <summary>
    /// Orders routes of one place: those that name methods first, then the one with more headers, then the one with more query parameters. The age of the routes
    /// decides the rest.
    /// </summary>
    public static int Compare(RoutePredicates a, RoutePredicates b)
    {
        var order = (b.Methods.Length > 0).CompareTo(a.Methods.Length > 0);
        order = order != 0 ? order : b.Headers.Length.CompareTo(a.Headers.Length);
        return order != 0 ? order : b.Query.Length.CompareTo(a.Query.Length);
    }

    /// <summary>True when every request that meets <paramref name="other"/> certainly meets this. May be false for some that do; never true for one that does not.</summary>
    public bool Covers(RoutePredicates other) =>
        (Methods.Length == 0 || (other.Methods.Length > 0 && other.Methods.All(HasMethod)))
        && Headers.All(mine => other.Headers.Any(mine.Covers))
        && Query.All(mine => other.Query.Any(mine.Covers));

    private bool HasMethod(byte[] method) => HasMethod(method.AsSpan());

    private bool HasMethod(ReadOnlySpan<byte> method)
    {
        foreach (var one in Methods)
        {
            if (method.SequenceEqual(one))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasHeader(FieldPredicate header, in RequestMatch request)
    {
        for (var i = 0; request.Fields is { } fields && fields.TryGetField(request.Head, header.Name, i, out var value); i++)
        {
            if (header.Accepts(value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasParameter(FieldPredicate parameter, ReadOnlySpan<byte> query)
    {
        if (query.IsEmpty)
        {
            return false;
        }

        byte[]? rented = null;
        var buffer = query.Length <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(query.Length);
        try
        {
            var reader = new QueryReader(query);
            while (reader.Next())
            {
                if (QueryReader.Unescape(reader.RawName, buffer).SequenceEqual(parameter.Name) && parameter.Accepts(QueryReader.Unescape(reader.RawValue, buffer)))
                {
                    return true;
                }
            }

            return false;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }
}
