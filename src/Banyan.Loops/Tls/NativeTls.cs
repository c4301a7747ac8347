using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Banyan.Loops.Tls;

/// <summary>Finds OpenSSL, and turns its errors into words.</summary>
internal static unsafe class NativeTls
{
    public const string SslLibrary = "banyan-ssl";
    public const string CryptoLibrary = "banyan-crypto";

    private const nuint Oldest = 0x30000000;

    private static readonly string[] SslNames = ["libssl.so.3", "libssl.so"];
    private static readonly string[] CryptoNames = ["libcrypto.so.3", "libcrypto.so"];

    // Null when it is there.
    private static readonly Lazy<string?> Missing = new(Find);

    /// <summary>Why TLS on the loops cannot be had here; null when it can.</summary>
    public static string? Reason => Missing.Value;

    /// <exception cref="LoopException">OpenSSL 3 is not installed.</exception>
    public static void Require()
    {
        if (Reason is { } reason)
        {
            throw new LoopException(reason);
        }
    }

    /// <summary>Takes every error of this thread, oldest first, as words; <paramref name="otherwise"/> when there are none.</summary>
    public static string TakeErrors(string otherwise)
    {
        var text = new StringBuilder();
        nuint error;
        while ((error = LibCrypto.NextError()) != 0)
        {
            var reason = Marshal.PtrToStringUTF8((nint)LibCrypto.ErrorReason(error)) ?? "error " + error.ToString("X", CultureInfo.InvariantCulture);
            text.Append(text.Length > 0 ? "; " : string.Empty).Append(reason);
        }

        return text.Length > 0 ? text.ToString() : otherwise;
    }

#pragma warning disable CA2255 // Names of libraries must be known before the first call of any type here.
    [ModuleInitializer]
    internal static void Initialize() => NativeLibrary.SetDllImportResolver(typeof(NativeTls).Assembly, Resolve);
#pragma warning restore CA2255

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name switch
    {
        SslLibrary => Load(SslNames),
        CryptoLibrary => Load(CryptoNames),
        _ => 0,
    };

    private static nint Load(string[] names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return library;
            }
        }

        return 0;
    }

    private static string? Find()
    {
        if (Load(SslNames) == 0 || Load(CryptoNames) == 0)
        {
            return "TLS on the loops needs OpenSSL 3 (libssl.so.3), which is not installed. Install it (package libssl3 or openssl), or use the framework's transport.";
        }

        var version = LibCrypto.Version();
        return version >= Oldest ? null : $"TLS on the loops needs OpenSSL 3; installed is version 0x{version:X}. Install libssl3, or use the framework's transport.";
    }
}
