using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Banyan.Loops.Tls;

/// <summary>
/// What OpenSSL reads from and writes to: the stream on whose behalf it was called. Reading asks the loop's socket, which knows without a system call when it is
/// empty; writing always succeeds, because the stream keeps what the socket does not take.
/// </summary>
internal static unsafe class TlsBio
{
    private static readonly nint Method = CreateMethod();

    // OpenSSL calls back only from inside a call on one stream, on that stream's thread: so no handle needs to be passed through it.
    [ThreadStatic]
    private static TlsStream? t_current;

    /// <summary>The stream that the present call of OpenSSL is for. Set before every call that may read, write, choose a certificate or see a ticket.</summary>
    public static TlsStream? Current
    {
        get => t_current;
        set => t_current = value;
    }

    public static nint Create() => LibCrypto.BioNew(Method);

    private static nint CreateMethod()
    {
        fixed (byte* name = "banyan loop\0"u8)
        {
            var method = LibCrypto.BioMethodNew(LibCrypto.BioNewIndex() | LibCrypto.BioSourceSink, name);
            _ = LibCrypto.BioMethodRead(method, (delegate* unmanaged[Cdecl]<nint, byte*, int, int>)&Read);
            _ = LibCrypto.BioMethodWrite(method, (delegate* unmanaged[Cdecl]<nint, byte*, int, int>)&Write);
            _ = LibCrypto.BioMethodControl(method, (delegate* unmanaged[Cdecl]<nint, int, nint, void*, nint>)&Control);
            return method;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(nint bio, byte* into, int length) => t_current!.ReadSealed(new Span<byte>(into, length));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint bio, byte* from, int length)
    {
        t_current!.WriteSealed(new ReadOnlySpan<byte>(from, length));
        return length;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Control(nint bio, int command, nint number, void* pointer) => command switch
    {
        LibCrypto.BioControlFlush => 1,
        LibCrypto.BioControlEnd => t_current is { SealedEnd: true } ? 1 : 0,
        _ => 0,
    };
}
