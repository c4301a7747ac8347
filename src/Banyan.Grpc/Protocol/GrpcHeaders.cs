namespace Banyan.Grpc.Protocol;

/// <summary>Header names and values of the protocol, as lower-case strings made once.</summary>
internal static class GrpcHeaders
{
    public const string ContentType = "application/grpc";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string StatusDetails = "grpc-status-details-bin";
    public const string Te = "te";
    public const string Trailers = "trailers";
    public const string Gzip = "gzip";
    public const string Identity = "identity";
    public const string AcceptedEncodings = "identity,gzip";

    // Status codes as they stand in a header, so that no call formats a number.
    private static readonly string[] StatusTexts = [.. Enumerable.Range(0, 17).Select(c => c.ToString(System.Globalization.CultureInfo.InvariantCulture))];

    public static string StatusText(StatusCode code) =>
        (uint)code < (uint)StatusTexts.Length ? StatusTexts[(int)code] : StatusTexts[(int)StatusCode.Unknown];

    /// <summary>The code of a received <c>grpc-status</c>; numbers nobody defined become Unknown, anything else is no status.</summary>
    public static bool TryParseStatus(string text, out StatusCode code)
    {
        var valid = int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number);
        code = valid && number < StatusTexts.Length ? (StatusCode)number : StatusCode.Unknown;
        return valid;
    }

    /// <summary>True for <c>application/grpc</c>, alone or with <c>+proto</c> or parameters.</summary>
    public static bool IsGrpcContentType(string? contentType)
    {
        if (contentType is null || !contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var rest = contentType.AsSpan(ContentType.Length);
        if (rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase))
        {
            rest = rest[6..];
        }

        return rest.IsEmpty || rest[0] == ';' || rest[0] == ' ';
    }

    /// <summary>True when a comma-joined list of encodings names gzip.</summary>
    public static bool AcceptsGzip(string? encodings)
    {
        foreach (var range in encodings.AsSpan().Split(','))
        {
            if (encodings.AsSpan()[range].Trim().Equals(Gzip, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
