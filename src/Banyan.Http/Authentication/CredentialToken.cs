using System.Security.Cryptography;
using System.Text;
using Banyan.Resources;

namespace Banyan.Http.Authentication;

/// <summary>Tokens: <c>bny_</c>, a letter for the role, and 160 random bits in base 32. Only their SHA-256 is ever stored; with that much chance in them no salt is needed.</summary>
internal static class CredentialToken
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int Length = 32;

    public static string Create(ActorRole role) => $"bny_{Letter(role)}_{RandomNumberGenerator.GetString(Alphabet, Length)}";

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>False for what cannot be a token; such text is not worth hashing.</summary>
    public static bool LooksRight(string token) => token.Length is > 8 and < 128 && token.StartsWith("bny_", StringComparison.Ordinal);

    private static char Letter(ActorRole role) => role switch
    {
        ActorRole.Administrator => 'a',
        ActorRole.Reader => 'r',
        _ => 's',
    };
}
