using System.Runtime.InteropServices;

namespace Banyan.Loops.Native;

/// <summary><c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector(byte* start, int length)
{
    public byte* Start = start;
    public nuint Length = (nuint)length;
}
