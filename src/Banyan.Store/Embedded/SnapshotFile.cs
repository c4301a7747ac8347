using Banyan.Store.Mvcc;

namespace Banyan.Store.Embedded;

/// <summary>What a snapshot says of itself in its last record.</summary>
internal readonly record struct SnapshotCounts(long Entries, long Leases);

/// <summary>Writes a snapshot: header, entries in key order, leases, and a last record with counts. The same format inside a store and as a portable file.</summary>
internal sealed class SnapshotWriter(IStoreFile file, FileHeader header)
{
    private const int ChunkBytes = 64 << 10;

    private readonly RecordBuffer _record = new();
    private long _offset;
    private long _entries;
    private long _leases;

    public long Length => _offset;

    public SnapshotCounts Counts => new(_entries, _leases);

    public void Begin()
    {
        var bytes = RecordFormat.Header(RecordFormat.SnapshotMagic, header);
        file.Write(0, bytes);
        _offset = bytes.Length;
    }

    public void Add(StoreEntry entry)
    {
        _record.Bytes(entry.Key.Span);
        _record.Bytes(entry.Value.Span);
        _record.Number(entry.CreateRevision);
        _record.Number(entry.ModRevision);
        _record.Number(entry.Version);
        _record.Number(entry.LeaseId);
        _entries++;
        if (_record.Length > ChunkBytes)
        {
            Write(RecordType.Entries);
        }
    }

    public void End(IEnumerable<(long Id, long Seconds)> leases)
    {
        Write(RecordType.Entries);
        foreach (var (id, seconds) in leases)
        {
            _record.Number(id);
            _record.Number(seconds);
            _leases++;
        }

        Write(RecordType.Leases);
        _record.Number(_entries);
        _record.Number(_leases);
        Write(RecordType.End);
        file.Sync();
    }

    private void Write(RecordType type)
    {
        if (_record.IsEmpty)
        {
            return;
        }

        var bytes = _record.Seal(type, header.Revision);
        file.Write(_offset, bytes);
        _offset += bytes.Length;
        _record.Clear();
    }
}

/// <summary>Reads a snapshot, every byte checked.</summary>
internal static class SnapshotReader
{
    /// <summary>Gives every entry and lease to a sink; throws Corrupt or NewerFormat.</summary>
    public static FileHeader Read(IStoreFile file, string path, Action<StoreEntry> entry, Action<long, long> lease, out SnapshotCounts counts)
    {
        var header = RecordFormat.ReadHeader(file, RecordFormat.SnapshotMagic, path);
        using var records = new RecordScanner(file, RecordFormat.HeaderLength);
        long entries = 0, leases = 0;
        StoreKey last = default;
        counts = default;
        while (records.TryNext(out var type, out var revision, out var payload))
        {
            try
            {
                if (revision != header.Revision)
                {
                    throw new InvalidDataException("a record belongs to another revision");
                }

                var reader = new RecordReader(payload);
                if (type == RecordType.End)
                {
                    counts = new SnapshotCounts(reader.Number(), reader.Number());
                    if (counts != new SnapshotCounts(entries, leases) || !reader.AtEnd || records.Next != file.Length)
                    {
                        throw new InvalidDataException("its counts do not match its content");
                    }

                    return header;
                }

                while (!reader.AtEnd)
                {
                    switch (type)
                    {
                        case RecordType.Entries:
                            var key = new StoreKey(reader.Bytes());
                            if (key.CompareTo(last) <= 0)
                            {
                                throw new InvalidDataException("its keys are not in order");
                            }

                            last = key;
                            entry(new StoreEntry(key, reader.Bytes(), reader.Number(), reader.Number(), reader.Number(), reader.Number()));
                            entries++;
                            break;
                        case RecordType.Leases:
                            lease(reader.Number(), reader.Number());
                            leases++;
                            break;
                        default:
                            throw new InvalidDataException("it has a record of another kind of file");
                    }
                }
            }
            catch (InvalidDataException e)
            {
                throw RecordFormat.Corrupt(path, records.Offset, e.Message, e);
            }
        }

        throw RecordFormat.Corrupt(path, records.Next, "it ends before its last record or a record is damaged");
    }
}
