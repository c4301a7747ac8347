using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Banyan.Store.Embedded;

/// <summary>Kinds of record; the numbers are in files.</summary>
internal enum RecordType : byte
{
    /// <summary>In segments: what one group of commits did.</summary>
    Group = 1,

    /// <summary>In snapshots: entries.</summary>
    Entries = 2,

    /// <summary>In snapshots: leases.</summary>
    Leases = 3,

    /// <summary>In snapshots: the last record, with counts.</summary>
    End = 4,
}

/// <summary>A file's first bytes.</summary>
/// <param name="Sequence">Of a segment: its number. Of a snapshot: the first segment to read after it.</param>
/// <param name="Revision">The store's revision where the file begins (segment) or as of which it is (snapshot).</param>
/// <param name="PreviousLength">Of a segment: the length of the one before; 0 for none.</param>
internal readonly record struct FileHeader(long Sequence, long Revision, long PreviousLength);

/// <summary>The bytes of headers and records; <c>docs/internals/store-format.md</c> draws them.</summary>
internal static class RecordFormat
{
    public const int Version = 1;

    public const int HeaderLength = 48;

    /// <summary>Length, CRC, type, revision.</summary>
    public const int RecordHeader = 17;

    /// <summary>Longest payload; longer means damage.</summary>
    public const int MaxPayload = 1 << 30;

    public static ReadOnlySpan<byte> SegmentMagic => "BANYANSG"u8;

    public static ReadOnlySpan<byte> SnapshotMagic => "BANYANSN"u8;

    public static string SegmentName(long sequence) => $"segment-{sequence:D16}.log";

    public static string SnapshotName(long revision) => $"snapshot-{revision:D16}.snap";

    /// <summary>The number in a name, or -1 when it is not such a name.</summary>
    public static long NumberIn(string name, string start, string end) =>
        name.Length == start.Length + 16 + end.Length && name.StartsWith(start, StringComparison.Ordinal) && name.EndsWith(end, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(start.Length, 16), System.Globalization.NumberStyles.None, null, out var number) ? number : -1;

    public static byte[] Header(ReadOnlySpan<byte> magic, FileHeader header)
    {
        var bytes = new byte[HeaderLength];
        magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), header.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), header.Revision);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), header.PreviousLength);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(40), Crc(bytes.AsSpan(0, 40)));
        return bytes;
    }

    public static FileHeader ReadHeader(IStoreFile file, ReadOnlySpan<byte> magic, string path)
    {
        Span<byte> bytes = stackalloc byte[HeaderLength];
        var read = file.Read(0, bytes);
        if (read >= 12 && bytes[..8].SequenceEqual(magic) && BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) is > Version and < 1000 and var newer)
        {
            throw new StoreException(
                StoreError.NewerFormat,
                $"'{path}' has format {newer}; this program knows formats up to {Version}. Start the newer version of the program that wrote it.");
        }

        if (read < HeaderLength || !bytes[..8].SequenceEqual(magic) || BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) != Version
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]) != Crc(bytes[..40]) || bytes[44..].ContainsAnyExcept((byte)0))
        {
            throw Corrupt(path, 0, "its header is damaged");
        }

        return new FileHeader(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]));
    }

    /// <summary>Fills in the header of a record whose payload is already in place.</summary>
    public static void Seal(Span<byte> record, RecordType type, long revision)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - RecordHeader);
        record[8] = (byte)type;
        BinaryPrimitives.WriteInt64LittleEndian(record[9..], revision);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Crc(record[..4], record[8..]));
    }

    /// <summary>Reads a record at the start of some bytes; false when there is no whole and valid one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out RecordType type, out long revision, out ReadOnlySpan<byte> payload)
    {
        type = default;
        revision = 0;
        payload = default;
        if (bytes.Length < RecordHeader)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length is < 1 or > MaxPayload || length > bytes.Length - RecordHeader || bytes[8] is < 1 or > 4)
        {
            return false;
        }

        var record = bytes[..(RecordHeader + length)];
        if (BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) != Crc(record[..4], record[8..]))
        {
            return false;
        }

        type = (RecordType)bytes[8];
        revision = BinaryPrimitives.ReadInt64LittleEndian(record[9..]);
        payload = record[RecordHeader..];
        return true;
    }

    public static StoreException Corrupt(string path, long offset, string what, Exception? inner = null) => new(
        StoreError.Corrupt,
        $"'{path}' is damaged at offset {offset}: {what}. Run 'banyan store verify' on the directory, then restore a snapshot or repair the disk; nothing was changed.",
        inner);

    /// <summary>CRC-32C of one or two runs of bytes.</summary>
    public static uint Crc(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default) => ~Continue(Continue(uint.MaxValue, first), second);

    private static uint Continue(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (var b in bytes[(bytes.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}
