using System.Buffers.Binary;

namespace Banyan.Gateway.Quotas;

/// <summary>What one gateway has of a limit, as it stands in the store.</summary>
/// <param name="Part">The part it may give out, 0 to 1.</param>
/// <param name="Need">What it would use, as a part of the whole limit; may be above 1.</param>
internal readonly record struct QuotaRecord(double Part, double Need)
{
    private const byte Version = 1;
    private const int Length = 1 + sizeof(double) + sizeof(double);

    /// <summary>The stored form: a version, then both numbers, little-endian.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(1), Part);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(1 + sizeof(double)), Need);
        return bytes;
    }

    /// <summary>Reads the stored form. What cannot be read counts as holding everything: too little is given out then, never too much.</summary>
    public static QuotaRecord Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length || bytes[0] != Version)
        {
            return new QuotaRecord(1, 1);
        }

        var part = BinaryPrimitives.ReadDoubleLittleEndian(bytes[1..]);
        var need = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(1 + sizeof(double))..]);
        return part is >= 0 and <= 1 && need >= 0 ? new QuotaRecord(part, need) : new QuotaRecord(1, 1);
    }
}
