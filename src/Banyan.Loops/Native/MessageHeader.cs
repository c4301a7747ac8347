using System.Runtime.InteropServices;

namespace Banyan.Loops.Native;

/// <summary><c>struct msghdr</c> of 64-bit Linux (glibc and, on little-endian machines, musl).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}
