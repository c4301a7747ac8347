using System.Runtime.InteropServices;

namespace Banyan.Loops.Tls;

/// <summary>OpenSSL 3, the library the framework itself uses: what the loops need of libssl. Handles are pointers.</summary>
internal static unsafe partial class LibSsl
{
    public const int Tls12 = 0x0303;
    public const int Tls13 = 0x0304;

    public const int ErrorWantRead = 2;
    public const int ErrorSystemCall = 5;
    public const int ErrorZeroReturn = 6;

    public const ulong OptionNoCompression = 1UL << 17;
    public const ulong OptionNoRenegotiation = 1UL << 30;

    public const int ModeReleaseBuffers = 0x10;

    public const int VerifyNone = 0;
    public const int VerifyPeer = 1;
    public const int VerifyRequired = 3;

    public const int CacheOff = 0;
    public const int CacheClientOutside = 0x301;

    public const int ControlMode = 33;
    public const int ControlReadAhead = 41;
    public const int ControlSessionCache = 44;
    public const int ControlServerNameCallback = 53;
    public const int ControlHostName = 55;
    public const int ControlChainCertificate = 89;
    public const int ControlMinimumVersion = 123;

    public const int ExtensionOk = 0;
    public const int ExtensionFatal = 2;
    public const int ExtensionIgnored = 3;

    public const int AlertUnrecognizedName = 112;

    private const string Name = NativeTls.SslLibrary;

    [LibraryImport(Name, EntryPoint = "TLS_server_method")]
    public static partial nint ServerMethod();

    [LibraryImport(Name, EntryPoint = "TLS_client_method")]
    public static partial nint ClientMethod();

    [LibraryImport(Name, EntryPoint = "SSL_CTX_new")]
    public static partial nint ContextNew(nint method);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_free")]
    public static partial void ContextFree(nint context);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint ContextControl(nint context, int command, nint number, void* pointer);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_callback_ctrl")]
    public static partial nint ContextCallback(nint context, int command, void* callback);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_options")]
    public static partial ulong ContextOptions(nint context, ulong options);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_cipher_list")]
    public static partial int ContextCiphers(nint context, byte* list);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_num_tickets")]
    public static partial int ContextTickets(nint context, nuint count);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_timeout")]
    public static partial nint ContextSessionSeconds(nint context, nint seconds);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_session_id_context")]
    public static partial int ContextSessionName(nint context, byte* name, uint length);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_tlsext_ticket_key_evp_cb")]
    public static partial int ContextTicketCallback(nint context, void* callback);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_alpn_select_cb")]
    public static partial void ContextProtocolCallback(nint context, void* callback, void* argument);

    /// <summary>0 when it worked, unlike the others.</summary>
    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_alpn_protos")]
    public static partial int ContextProtocols(nint context, byte* list, uint length);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_sess_set_new_cb")]
    public static partial void ContextSessionCallback(nint context, void* callback);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_use_certificate")]
    public static partial int ContextCertificate(nint context, nint certificate);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_use_PrivateKey")]
    public static partial int ContextKey(nint context, nint key);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_check_private_key")]
    public static partial int ContextCheckKey(nint context);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_verify")]
    public static partial void ContextVerify(nint context, int mode, void* callback);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_default_verify_paths")]
    public static partial int ContextSystemAuthorities(nint context);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_get_cert_store")]
    public static partial nint ContextStore(nint context);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_add_client_CA")]
    public static partial int ContextClientAuthority(nint context, nint certificate);

    [LibraryImport(Name, EntryPoint = "SSL_new")]
    public static partial nint New(nint context);

    [LibraryImport(Name, EntryPoint = "SSL_free")]
    public static partial void Free(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_set_bio")]
    public static partial void Attach(nint ssl, nint readBio, nint writeBio);

    [LibraryImport(Name, EntryPoint = "SSL_set_accept_state")]
    public static partial void AcceptState(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_set_connect_state")]
    public static partial void ConnectState(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_do_handshake")]
    public static partial int Handshake(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_read")]
    public static partial int Read(nint ssl, byte* buffer, int length);

    [LibraryImport(Name, EntryPoint = "SSL_peek")]
    public static partial int Peek(nint ssl, byte* buffer, int length);

    [LibraryImport(Name, EntryPoint = "SSL_write")]
    public static partial int Write(nint ssl, byte* buffer, int length);

    [LibraryImport(Name, EntryPoint = "SSL_shutdown")]
    public static partial int Shutdown(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_get_error"), SuppressGCTransition]
    public static partial int Error(nint ssl, int result);

    [LibraryImport(Name, EntryPoint = "SSL_has_pending"), SuppressGCTransition]
    public static partial int HasPending(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_ctrl")]
    public static partial nint Control(nint ssl, int command, nint number, void* pointer);

    [LibraryImport(Name, EntryPoint = "SSL_set_SSL_CTX")]
    public static partial nint UseContext(nint ssl, nint context);

    [LibraryImport(Name, EntryPoint = "SSL_get_servername")]
    public static partial byte* ServerName(nint ssl, int type);

    [LibraryImport(Name, EntryPoint = "SSL_get0_alpn_selected")]
    public static partial void SelectedProtocol(nint ssl, byte** name, uint* length);

    [LibraryImport(Name, EntryPoint = "SSL_get_version")]
    public static partial byte* Version(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_version")]
    public static partial int VersionNumber(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_session_reused")]
    public static partial int Resumed(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_get1_peer_certificate")]
    public static partial nint PeerCertificate(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_get_verify_result")]
    public static partial nint VerifyResult(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_set1_host")]
    public static partial int ExpectHost(nint ssl, byte* name);

    [LibraryImport(Name, EntryPoint = "SSL_set_hostflags")]
    public static partial void HostFlags(nint ssl, uint flags);

    [LibraryImport(Name, EntryPoint = "SSL_get0_param")]
    public static partial nint VerifyParameters(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_set_session")]
    public static partial int UseSession(nint ssl, nint session);

    [LibraryImport(Name, EntryPoint = "SSL_SESSION_get_protocol_version")]
    public static partial int SessionVersion(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_SESSION_free")]
    public static partial void SessionFree(nint session);
}
