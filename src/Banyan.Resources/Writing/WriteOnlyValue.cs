using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Banyan.Resources.Writing;

/// <summary>The stored value of one write-only field, and the mark that stands for it in the document.</summary>
/// <param name="Salt">Random, so that the mark of a short value cannot be looked up.</param>
/// <param name="Value">The value itself.</param>
internal sealed record WriteOnlyValue(byte[] Salt, string Value)
{
    private const string Before = "(write-only ";
    private const string Behind = ")";
    private const int FingerprintBytes = 8;

    /// <summary><c>(write-only 4f1c09d2a4b7e310)</c>: the beginning of HMAC-SHA256 of the value under the salt. Changes with the value, tells nothing of it.</summary>
    [JsonIgnore]
    public string Mark =>
        $"{Before}{Convert.ToHexStringLower(HMACSHA256.HashData(Salt, Encoding.UTF8.GetBytes(Value)).AsSpan(0, FingerprintBytes))}{Behind}";

    public static WriteOnlyValue Of(string value) => new(RandomNumberGenerator.GetBytes(16), value);

    /// <summary>True when a text has the form of a mark, whichever value it stands for.</summary>
    public static bool IsMark(string text) =>
        text.Length == Before.Length + (2 * FingerprintBytes) + Behind.Length
        && text.StartsWith(Before, StringComparison.Ordinal) && text.EndsWith(Behind, StringComparison.Ordinal);
}
