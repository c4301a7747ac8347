using System.Buffers.Binary;
using System.Buffers.Text;
using Banyan.Contracts;
using Banyan.Store;

namespace Banyan.Resources.Storage;

/// <summary>Where the next page begins: the revision of the first page and the last key seen.</summary>
internal readonly record struct ContinueToken(long Revision, StoreKey LastKey)
{
    public override string ToString()
    {
        var bytes = new byte[8 + LastKey.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Revision);
        LastKey.Span.CopyTo(bytes.AsSpan(8));
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="BanyanException">resources/bad-continue: not a token, or of another list.</exception>
    public static ContinueToken Parse(string text, KeyRange range)
    {
        if (Base64Url.IsValid(text) && Base64Url.DecodeFromChars(text) is { Length: > 8 } bytes)
        {
            var token = new ContinueToken(BinaryPrimitives.ReadInt64BigEndian(bytes), new StoreKey(bytes[8..]));
            if (token.Revision > 0 && range.Contains(token.LastKey))
            {
                return token;
            }
        }

        throw new BanyanException(ResourceErrors.BadContinue, "The continue token was not made by this list. Ask for the first page again.");
    }
}
