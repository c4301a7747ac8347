using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Banyan.Loops.Sockets;

namespace Banyan.Loops.Tls;

/// <summary>
/// A server's certificates and rules. Never changes: to change certificates, make another with the same <see cref="TlsServerOptions.Tickets"/> and use it for the
/// connections that come; those that are there go on with what they have.
/// </summary>
public sealed unsafe class TlsServerContext : TlsContext
{
    private const int LongestName = 255;
    private const int SessionSeconds = 4 * 3600;

    private readonly TlsContextHandle[] _contexts;
    // Places in the list of certificates, and of contexts.
    private readonly FrozenDictionary<string, int> _byName;
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly IReadOnlyList<TlsCertificate> _certificates;
    private readonly bool _refuseUnknown;
    private readonly Action<TlsCertificate?>? _onName;
    private readonly TicketKeys _tickets;

    /// <summary>Loads the certificates.</summary>
    /// <exception cref="LoopException">OpenSSL is missing, or a certificate, key or authority cannot be used; the message says which.</exception>
    public TlsServerContext(TlsServerOptions options)
        : base(options.Protocols)
    {
        if (options.Certificates.Count == 0)
        {
            throw new LoopException("A TLS listener needs a certificate. Give at least one, the first being for clients that name no host.");
        }

        if (options.ClientCertificates != ClientCertificates.None && options.ClientAuthoritiesPem is null)
        {
            throw new LoopException("Client certificates are asked for, but nothing says whom to trust. Give the authorities' certificates in PEM.");
        }

        _tickets = options.Tickets ?? new TicketKeys(TimeProvider.System);
        _certificates = options.Certificates;
        _refuseUnknown = options.RefuseUnknownNames;
        _onName = options.OnName;
        var contexts = new List<TlsContextHandle>();
        var byName = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        try
        {
            foreach (var certificate in options.Certificates)
            {
                foreach (var host in certificate.Hosts)
                {
                    byName.TryAdd(host, contexts.Count);
                }

                contexts.Add(CreateContext(certificate, options));
            }
        }
        catch
        {
            contexts.ForEach(c => c.Dispose());
            throw;
        }

        _contexts = [.. contexts];
        _byName = byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _lookup = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>
    /// Speaks TLS on an accepted socket, which belongs to the stream from here on. The handshake happens as bytes come, without calls to the owner; a failed one shows
    /// as the result of a receive with <see cref="TlsStream.Failure"/>. Limiting its time is the owner's.
    /// </summary>
    /// <param name="socket">A <see cref="LoopSocket"/>: OpenSSL reads and writes descriptors' bytes itself. On portable loops <see cref="Portable.PortableTls"/> does this.</param>
    public TlsStream Accept(LoopStream socket)
    {
        ObjectDisposedException.ThrowIf(_contexts[0].IsClosed, this);
        return TlsStream.Accept(this, _contexts[0].Pointer, (LoopSocket)socket);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var context in _contexts)
        {
            context.Dispose();
        }
    }

    private static TlsContextHandle CreateContext(TlsCertificate certificate, TlsServerOptions options)
    {
        var context = TlsContextHandle.Create(server: true, options.MinimumVersion);
        var pointer = context.Pointer;
        context.Use(certificate);

        // Sessions live in tickets only, so that every loop and every context with the same keys resumes them. One a handshake: each costs both sides.
        _ = LibSsl.ContextControl(pointer, LibSsl.ControlSessionCache, LibSsl.CacheOff, null);
        _ = LibSsl.ContextTickets(pointer, 1);
        _ = LibSsl.ContextSessionSeconds(pointer, SessionSeconds);
        _ = LibSsl.ContextTicketCallback(pointer, (delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint, nint, int, int>)&SealTicket);
        fixed (byte* name = "banyan"u8)
        {
            _ = LibSsl.ContextSessionName(pointer, name, 6);
        }

        _ = LibSsl.ContextCallback(pointer, LibSsl.ControlServerNameCallback, (delegate* unmanaged[Cdecl]<nint, int*, void*, int>)&SelectCertificate);
        LibSsl.ContextProtocolCallback(pointer, (delegate* unmanaged[Cdecl]<nint, byte**, byte*, byte*, uint, void*, int>)&SelectProtocol, null);

        if (options.ClientCertificates != ClientCertificates.None)
        {
            context.Trust(options.ClientAuthoritiesPem!, announce: true);
            LibSsl.ContextVerify(pointer, options.ClientCertificates == ClientCertificates.Required ? LibSsl.VerifyRequired : LibSsl.VerifyPeer, null);
        }

        return context;
    }

    /// <summary>The place of the certificate for a name in bytes; -1 when there is none of that name.</summary>
    private int Find(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[LongestName];
        if (name.Length > LongestName)
        {
            return -1;
        }

        for (var i = 0; i < name.Length; i++)
        {
            text[i] = (char)name[i];
        }

        text = text[..name.Length];
        if (_lookup.TryGetValue(text, out var place))
        {
            return place;
        }

        // '*.example.com' is for one label more: the name with its first label replaced by the star.
        var dot = text.IndexOf('.');
        if (dot <= 0)
        {
            return -1;
        }

        text[dot - 1] = '*';
        return _lookup.TryGetValue(text[(dot - 1)..], out place) ? place : -1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SelectCertificate(nint ssl, int* alert, void* argument)
    {
        var name = LibSsl.ServerName(ssl, 0);
        if (TlsBio.Current?.Context is not TlsServerContext server)
        {
            return LibSsl.ExtensionIgnored;
        }

        var place = name is null ? -1 : server.Find(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
        server._onName?.Invoke(place < 0 ? null : server._certificates[place]);
        if (place >= 0)
        {
            return LibSsl.UseContext(ssl, server._contexts[place].Pointer) == 0 ? LibSsl.ExtensionFatal : LibSsl.ExtensionOk;
        }

        *alert = LibSsl.AlertUnrecognizedName;
        return server._refuseUnknown ? LibSsl.ExtensionFatal : LibSsl.ExtensionIgnored;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SelectProtocol(nint ssl, byte** chosen, byte* chosenLength, byte* offered, uint offeredLength, void* argument)
    {
        var list = new ReadOnlySpan<byte>(offered, (int)offeredLength);
        if (TlsBio.Current?.Context is not { ProtocolNames.Length: > 0 } context)
        {
            return LibSsl.ExtensionIgnored;
        }

        foreach (var protocol in context.ProtocolNames)
        {
            for (var at = 0; at < list.Length && at + 1 + list[at] <= list.Length; at += 1 + list[at])
            {
                if (System.Text.Ascii.Equals(list.Slice(at + 1, list[at]), protocol))
                {
                    *chosen = offered + at + 1;
                    *chosenLength = list[at];
                    return LibSsl.ExtensionOk;
                }
            }
        }

        return LibSsl.ExtensionFatal;
    }

    /// <summary>Encryption of tickets: AES-256-CBC and HMAC-SHA-256, as RFC 5077 section 4 recommends. 0 is 'no such key', 2 'opened, and give a new one'.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SealTicket(nint ssl, byte* name, byte* vector, nint cipher, nint mac, int sealing)
    {
        const int NameBytes = 16;
        const int Failed = -1;
        if (TlsBio.Current?.Context is not TlsServerContext server)
        {
            return Failed;
        }

        var newest = true;
        var key = sealing == 1 ? server._tickets.Newest() : server._tickets.Find(new ReadOnlySpan<byte>(name, NameBytes), out newest);
        if (key is null)
        {
            return 0;
        }

        fixed (byte* cipherKey = key.Cipher, macKey = key.Mac, keyName = "key\0"u8, digestName = "digest\0"u8, digest = "sha256\0"u8)
        {
            var parameters = stackalloc NativeParameter[3];
            parameters[0] = new NativeParameter(keyName, NativeParameter.Bytes, macKey, key.Mac.Length);
            parameters[1] = new NativeParameter(digestName, NativeParameter.Text, digest, 6);
            parameters[2] = default;
            if (sealing == 1)
            {
                key.Name.CopyTo(new Span<byte>(name, NameBytes));
                System.Security.Cryptography.RandomNumberGenerator.Fill(new Span<byte>(vector, 16));
                return LibCrypto.EncryptInit(cipher, LibCrypto.Aes256Cbc(), 0, cipherKey, vector) == 1 && LibCrypto.MacParameters(mac, parameters) == 1 ? 1 : Failed;
            }

            // With TLS 1.3 a client uses a ticket once only (RFC 8446 appendix C.4), so each needs a successor.
            var renew = !newest || LibSsl.VersionNumber(ssl) == LibSsl.Tls13;
            return LibCrypto.DecryptInit(cipher, LibCrypto.Aes256Cbc(), 0, cipherKey, vector) == 1 && LibCrypto.MacParameters(mac, parameters) == 1 ? (renew ? 2 : 1) : Failed;
        }
    }
}
