using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Banyan.Gateway.Forwarding;

/// <summary>Writes the head of the service's answer to the client, field by field.</summary>
internal static class AnswerFields
{
    /// <summary>Says what is wrong with the head of an answer; null when it can be passed on.</summary>
    public static string? Fault(HttpResponseMessage from)
    {
        if ((int)from.StatusCode is (< 200 or > 599) and not 101)
        {
            return $"status {(int)from.StatusCode}";
        }

        // Anything but plain chunked would leave a coding in the body that the client is not told of.
        if (from.Headers.NonValidated.TryGetValues("Transfer-Encoding", out var codings)
            && !(codings.Count == 1 && codings.ToString().Equals("chunked", StringComparison.OrdinalIgnoreCase)))
        {
            return $"transfer coding '{codings}'";
        }

        // The framework's client takes the first of several lengths and passes on all of them.
        if (from.Content.Headers.NonValidated.TryGetValues("Content-Length", out var lengths)
            && !(lengths.Count == 1 && long.TryParse(lengths.ToString(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out _)))
        {
            return $"length '{lengths}'";
        }

        return null;
    }

    public static void Copy(HttpResponseMessage from, HttpResponse to, bool trailers)
    {
        to.StatusCode = (int)from.StatusCode;
        var connection = from.Headers.NonValidated.TryGetValues("Connection", out var options) ? Values(options) : StringValues.Empty;
        var nominated = FieldRules.Nominated(connection);

        // A length beside a chunked body, or on a status without one, is not to be believed.
        var dropLength = from.Headers.TransferEncodingChunked == true || (int)from.StatusCode == StatusCodes.Status204NoContent;
        foreach (var (name, values) in from.Headers.NonValidated)
        {
            Add(to, name, values, nominated, trailers);
        }

        foreach (var (name, values) in from.Content.Headers.NonValidated)
        {
            if (!(dropLength && name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)))
            {
                Add(to, name, values, nominated, trailers);
            }
        }
    }

    private static void Add(HttpResponse to, string name, System.Net.Http.Headers.HeaderStringValues values, HashSet<string>? nominated, bool trailers)
    {
        if (FieldRules.IsHopByHop(name) ? !(trailers && name.Equals("Trailer", StringComparison.OrdinalIgnoreCase)) : nominated?.Contains(name) == true)
        {
            return;
        }

        to.Headers.Append(name, Values(values));
    }

    private static StringValues Values(System.Net.Http.Headers.HeaderStringValues values) => values.Count == 1 ? values.ToString() : values.ToArray();
}
