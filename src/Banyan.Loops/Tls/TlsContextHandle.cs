using System.Runtime.InteropServices;
using System.Text;

namespace Banyan.Loops.Tls;

/// <summary>An <c>SSL_CTX</c>, and the steps that servers' and clients' contexts are made of. Connections keep what they need of it by themselves.</summary>
internal sealed unsafe class TlsContextHandle : SafeHandle
{
    // With TLS 1.2 only forward secrecy and authenticated encryption; TLS 1.3 has nothing else.
    private static ReadOnlySpan<byte> Ciphers12 => "ECDHE+AESGCM:ECDHE+CHACHA20\0"u8;

    private TlsContextHandle(nint context)
        : base(0, ownsHandle: true) => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    public nint Pointer => handle;

    public static TlsContextHandle Create(bool server, TlsVersion minimum)
    {
        NativeTls.Require();
        LibCrypto.ClearErrors();
        var context = new TlsContextHandle(LibSsl.ContextNew(server ? LibSsl.ServerMethod() : LibSsl.ClientMethod()));
        context.Check(!context.IsInvalid, "OpenSSL made no context");
        var pointer = context.handle;
        _ = LibSsl.ContextOptions(pointer, LibSsl.OptionNoCompression | LibSsl.OptionNoRenegotiation);
        _ = LibSsl.ContextControl(pointer, LibSsl.ControlMode, LibSsl.ModeReleaseBuffers, null);
        _ = LibSsl.ContextControl(pointer, LibSsl.ControlReadAhead, 1, null);
        var version = minimum == TlsVersion.Tls13 ? LibSsl.Tls13 : LibSsl.Tls12;
        context.Check(LibSsl.ContextControl(pointer, LibSsl.ControlMinimumVersion, version, null) == 1, $"OpenSSL does not take {minimum} as the lowest version");
        fixed (byte* ciphers = Ciphers12)
        {
            context.Check(LibSsl.ContextCiphers(pointer, ciphers) == 1, "OpenSSL has none of the ciphers that are safe with TLS 1.2");
        }

        return context;
    }

    /// <summary>Serves or shows this certificate.</summary>
    public void Use(TlsCertificate certificate)
    {
        var what = $"The certificate '{certificate.Subject}' cannot be used";
        var first = true;
        ForEachCertificate(certificate.ChainPem, x509 =>
        {
            Check(first ? LibSsl.ContextCertificate(handle, x509) == 1 : LibSsl.ContextControl(handle, LibSsl.ControlChainCertificate, 1, (void*)x509) == 1, what);
            first = false;
        });

        fixed (byte* pem = Encoding.UTF8.GetBytes(certificate.KeyPem + "\0"), noPassword = "\0"u8)
        {
            // An encrypted key fails with the empty password; without one OpenSSL would ask at the terminal.
            var bio = LibCrypto.BioOfMemory(pem, -1);
            var key = LibCrypto.ReadKey(bio, null, null, noPassword);
            _ = LibCrypto.BioFree(bio);
            Check(key != 0, $"The key of the certificate '{certificate.Subject}' is not an unencrypted private key in PEM");
            var used = LibSsl.ContextKey(handle, key) == 1 && LibSsl.ContextCheckKey(handle) == 1;
            LibCrypto.KeyFree(key);
            Check(used, $"The key is not that of the certificate '{certificate.Subject}'");
        }
    }

    /// <summary>Trusts what comes from these; shown to clients as those asked for when <paramref name="announce"/>.</summary>
    public void Trust(string authoritiesPem, bool announce)
    {
        var store = LibSsl.ContextStore(handle);
        var count = 0;
        ForEachCertificate(authoritiesPem, x509 =>
        {
            Check(LibCrypto.StoreAdd(store, x509) == 1 && (!announce || LibSsl.ContextClientAuthority(handle, x509) == 1), "An authority's certificate cannot be used");
            count++;
        });
        Check(count > 0, "The authorities hold no certificate in PEM");
    }

    /// <exception cref="LoopException">What was tried did not work; the message ends with OpenSSL's words.</exception>
    public void Check(bool worked, string otherwise)
    {
        if (!worked)
        {
            var errors = NativeTls.TakeErrors("no reason given");
            Dispose();
            throw new LoopException($"{otherwise}: {errors}. Check the file it came from.");
        }
    }

    protected override bool ReleaseHandle()
    {
        LibSsl.ContextFree(handle);
        return true;
    }

    private static void ForEachCertificate(string pem, Action<nint> use)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(pem + "\0"))
        {
            var bio = LibCrypto.BioOfMemory(text, -1);
            try
            {
                nint certificate;
                while ((certificate = LibCrypto.ReadCertificate(bio, null, null, null)) != 0)
                {
                    try
                    {
                        use(certificate);
                    }
                    finally
                    {
                        LibCrypto.CertificateFree(certificate);
                    }
                }
            }
            finally
            {
                _ = LibCrypto.BioFree(bio);

                // The end of the text is an error to the reader.
                LibCrypto.ClearErrors();
            }
        }
    }
}
