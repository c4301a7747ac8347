using System.Runtime.InteropServices;

namespace Banyan.Loops.Tls;

/// <summary><c>OSSL_PARAM</c> of OpenSSL 3.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeParameter(byte* key, uint type, void* value, int length)
{
    public const uint Text = 4;
    public const uint Bytes = 5;

    public byte* Key = key;
    public uint Type = type;
    public void* Value = value;
    public nuint Length = (nuint)length;
    public nuint ReturnLength;
}
