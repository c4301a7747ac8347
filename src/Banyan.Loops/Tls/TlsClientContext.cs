using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

using Banyan.Loops.Sockets;

namespace Banyan.Loops.Tls;

/// <summary>How connections to servers are secured: whom to trust, what to offer, and the sessions to resume.</summary>
public sealed unsafe class TlsClientContext : TlsContext
{
    // Sessions kept, one a server; beyond that new servers are greeted in full.
    private const int MostSessions = 1024;
    private const uint NoPartialWildcards = 0x4;
    private const int HostNameType = 0;

    private readonly TlsContextHandle _context;
    private readonly bool _acceptAny;
    private readonly ConcurrentDictionary<string, nint> _sessions = new(StringComparer.Ordinal);

    /// <summary>Loads what is trusted and shown.</summary>
    /// <exception cref="LoopException">OpenSSL is missing, or a certificate, key or authority cannot be used.</exception>
    public TlsClientContext(TlsClientOptions options)
        : base(options.Protocols)
    {
        _acceptAny = options.AcceptAnyCertificate;
        _context = TlsContextHandle.Create(server: false, options.MinimumVersion);
        var pointer = _context.Pointer;
        if (options.AuthoritiesPem is { } authorities)
        {
            _context.Trust(authorities, announce: false);
        }
        else
        {
            _context.Check(LibSsl.ContextSystemAuthorities(pointer) == 1, "The system's trusted certificates cannot be read");
        }

        if (options.Certificate is { } certificate)
        {
            _context.Use(certificate);
        }

        if (ProtocolList.Length > 0)
        {
            fixed (byte* list = ProtocolList)
            {
                _context.Check(LibSsl.ContextProtocols(pointer, list, (uint)ProtocolList.Length) == 0, "OpenSSL does not take the list of application protocols");
            }
        }

        LibSsl.ContextVerify(pointer, _acceptAny ? LibSsl.VerifyNone : LibSsl.VerifyPeer, null);
        _ = LibSsl.ContextControl(pointer, LibSsl.ControlSessionCache, LibSsl.CacheClientOutside, null);
        LibSsl.ContextSessionCallback(pointer, (delegate* unmanaged[Cdecl]<nint, nint, int>)&KeepSession);
    }

    /// <summary>
    /// Opens a connection and secures it. The outcome comes to <see cref="IStreamOwner.OnConnected"/> after the server's certificate has been verified for the name.
    /// </summary>
    /// <param name="loop">The loop it lives on.</param>
    /// <param name="address">Where to connect.</param>
    /// <param name="serverName">The host name or IP address the certificate must be for; a host name is also told to the server (SNI).</param>
    /// <param name="owner">Who is called.</param>
    public TlsStream Connect(EventLoop loop, in LoopAddress address, string serverName, IStreamOwner owner)
    {
        ObjectDisposedException.ThrowIf(_context.IsClosed, this);
        return TlsStream.Connect(this, _context.Pointer, loop, address, serverName, owner);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _context.Dispose();
        foreach (var server in _sessions.Keys)
        {
            if (_sessions.TryRemove(server, out var session))
            {
                LibSsl.SessionFree(session);
            }
        }
    }

    /// <summary>Says who is expected, and resumes a session if there is one.</summary>
    internal void Prepare(nint ssl, string serverName)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(serverName + "\0"))
        {
            if (IPAddress.TryParse(serverName, out _))
            {
                _ = LibCrypto.ExpectAddress(LibSsl.VerifyParameters(ssl), name);
            }
            else
            {
                LibSsl.HostFlags(ssl, NoPartialWildcards);
                _ = LibSsl.ExpectHost(ssl, name);
                _ = LibSsl.Control(ssl, LibSsl.ControlHostName, HostNameType, name);
            }
        }

        // A ticket of TLS 1.3 should be used once only (RFC 8446 appendix C.4), and the server gives another; one of TLS 1.2 is used until another comes.
        if (_sessions.TryRemove(serverName, out var session))
        {
            _ = LibSsl.UseSession(ssl, session);
            if (LibSsl.SessionVersion(session) == LibSsl.Tls13 || !_sessions.TryAdd(serverName, session))
            {
                LibSsl.SessionFree(session);
            }
        }
    }

    /// <inheritdoc/>
    internal override bool Keep(TlsStream stream, nint session)
    {
        if (_context.IsClosed || _sessions.Count >= MostSessions)
        {
            return false;
        }

        while (!_sessions.TryAdd(stream.ServerName!, session))
        {
            if (_sessions.TryRemove(stream.ServerName!, out var older))
            {
                LibSsl.SessionFree(older);
            }
        }

        return true;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int KeepSession(nint ssl, nint session) => TlsBio.Current is { } stream && stream.Context.Keep(stream, session) ? 1 : 0;
}
