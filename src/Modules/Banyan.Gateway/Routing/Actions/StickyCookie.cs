using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Routing.Actions;

/// <summary>
/// The cookie by which a client that brings no key stays with its part of a split: a value drawn by chance, which the client brings from then on (RFC 6265 section
/// 4.1). It identifies nobody and protects nothing.
/// </summary>
internal sealed class StickyCookie
{
    /// <summary>Characters of a value: 64 bits in hexadecimal digits.</summary>
    public const int ValueLength = 16;

    private readonly byte[] _name;
    private readonly byte[] _attributes;

    /// <summary>Makes a cookie.</summary>
    /// <param name="name">A token.</param>
    /// <param name="maxAge">How long clients keep it; whole seconds.</param>
    public StickyCookie(string name, TimeSpan maxAge)
    {
        _name = Encoding.ASCII.GetBytes($"Set-Cookie: {name}=");
        _attributes = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"; Path=/; Max-Age={(long)maxAge.TotalSeconds}; HttpOnly; SameSite=Lax"));
    }

    /// <summary>Writes a value as the client will bring it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="to">At least <see cref="ValueLength"/> bytes.</param>
    public static ReadOnlySpan<byte> Format(ulong value, Span<byte> to)
    {
        Utf8Formatter.TryFormat(value, to, out var length, new System.Buffers.StandardFormat('x', ValueLength));
        return to[..length];
    }

    /// <summary>Writes the line of an answer's head.</summary>
    /// <param name="to">The head.</param>
    /// <param name="value">The value.</param>
    /// <param name="secure">True: the client came by TLS, and is to bring it by TLS only.</param>
    public void Write(ref HeadWriter to, ulong value, bool secure)
    {
        Span<byte> text = stackalloc byte[ValueLength];
        to.Lines(_name);
        to.Lines(Format(value, text));
        to.Lines(_attributes);
        to.Lines(secure ? "; Secure\r\n"u8 : "\r\n"u8);
    }
}
