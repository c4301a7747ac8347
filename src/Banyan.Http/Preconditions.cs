using System.Globalization;
using Banyan.Contracts;
using Microsoft.AspNetCore.Http;

namespace Banyan.Http;

/// <summary>Revisions as entity tags: <c>ETag: "42"</c>, <c>If-Match</c>, <c>If-None-Match</c>.</summary>
public static class Preconditions
{
    /// <summary>The revision a write is conditioned on: <c>If-Match: "42"</c> gives 42, <c>If-None-Match: *</c> gives 0 (must not exist), nothing gives null.</summary>
    /// <exception cref="BanyanException">http/bad-request: something else.</exception>
    public static long? ReadForWrite(HttpRequest request)
    {
        if (request.Headers.IfNoneMatch is { Count: > 0 } none)
        {
            return none == "*" ? 0 : throw new BanyanException(HttpErrors.BadRequest, "Only 'If-None-Match: *' (create, never replace) is understood with a write.");
        }

        if (request.Headers.IfMatch is not { Count: > 0 } match)
        {
            return null;
        }

        return TryRead(match.ToString(), out var revision) && revision > 0
            ? revision
            : throw new BanyanException(HttpErrors.BadRequest, $"If-Match is {match}; it must be one revision in quotes, as the ETag of the object was: \"42\".");
    }

    /// <summary>True when the client has this revision already (<c>If-None-Match</c> of a read): answer 304.</summary>
    public static bool IsKnown(HttpRequest request, long revision)
    {
        foreach (var value in request.Headers.IfNoneMatch)
        {
            foreach (var tag in (value ?? string.Empty).Split(','))
            {
                if (TryRead(tag.Trim(), out var known) && known == revision)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Sets the ETag.</summary>
    public static void Write(HttpResponse response, long revision) => response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    private static bool TryRead(string tag, out long revision)
    {
        revision = 0;
        return tag.Length > 2 && tag[0] == '"' && tag[^1] == '"' && long.TryParse(tag.AsSpan(1, tag.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out revision);
    }
}
