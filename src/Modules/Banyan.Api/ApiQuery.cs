using System.Globalization;
using Banyan.Contracts;
using Banyan.Resources;
using Microsoft.AspNetCore.Http;

namespace Banyan.Api;

/// <summary>Query parameters, read strictly: an unknown one is an error, not silence.</summary>
internal sealed class ApiQuery
{
    public const int MaxLimit = 1000;

    private readonly IQueryCollection _query;

    private ApiQuery(IQueryCollection query) => _query = query;

    /// <exception cref="BanyanException">api/bad-query: a parameter that is not known here, or given twice.</exception>
    public static ApiQuery Read(HttpRequest request, params ReadOnlySpan<string> known)
    {
        foreach (var (name, values) in request.Query)
        {
            if (!known.Contains(name))
            {
                throw Bad(name, $"There is no query parameter '{name}' here. Known are {string.Join(", ", known.ToArray())}.", "unknown-field");
            }

            if (values.Count > 1)
            {
                throw Bad(name, $"The query parameter '{name}' is given {values.Count} times. Give it once.", "duplicate");
            }
        }

        return new ApiQuery(request.Query);
    }

    public string? Text(string name) => _query.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;

    public bool Flag(string name) => Text(name) switch
    {
        null or "false" => false,
        "true" => true,
        var other => throw Bad(name, $"'{name}' is '{other}'; it must be true or false.", "wrong-type"),
    };

    public int Limit(int byDefault) =>
        Text("limit") is not { } text ? byDefault
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit ? limit
        : throw Bad("limit", $"'limit' is '{text}'; it must be 1 to {MaxLimit}.", "out-of-range");

    public TimeSpan Seconds(string name, int most) =>
        Text(name) is not { } text ? TimeSpan.Zero
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= most ? TimeSpan.FromSeconds(seconds)
        : throw Bad(name, $"'{name}' is '{text}'; it must be whole seconds up to {most}.", "out-of-range");

    public string? Manager()
    {
        var manager = Text("manager");
        return manager is null || (manager.Length <= 128 && manager.All(c => c is > ' ' and < '\x7f')) ? manager
            : throw Bad("manager", "'manager' must be up to 128 printable characters without spaces.", "out-of-range");
    }

    public LabelSelector? Selector() => LabelSelector.Parse(Text("labelSelector"));

    private static BanyanException Bad(string name, string message, string code) => new(ApiErrors.BadQuery, message) { Faults = [new Fault($"?{name}", message, code)] };
}
