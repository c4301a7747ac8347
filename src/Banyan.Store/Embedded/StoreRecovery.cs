using System.Runtime.InteropServices;
using Banyan.Store.Mvcc;

namespace Banyan.Store.Embedded;

/// <summary>What reading a directory gave.</summary>
/// <param name="State">For the engine.</param>
/// <param name="Position">Where the next record goes.</param>
/// <param name="Sealed">Segments that are complete.</param>
/// <param name="SnapshotBytes">Length of the snapshot; 0 = none.</param>
/// <param name="TornBytes">Bytes after the last whole record that were never acknowledged.</param>
/// <param name="Records">Records read from segments.</param>
/// <param name="Leftovers">Files that are no longer needed.</param>
internal sealed record RecoveredStore(
    EngineState State, LogPosition Position, IReadOnlyList<SealedSegment> Sealed, long SnapshotBytes, long TornBytes, long Records, IReadOnlyList<string> Leftovers);

/// <summary>Reads a directory from the newest snapshot and the segments after it. Changes nothing.</summary>
internal sealed class StoreRecovery(IStoreFiles files, string directory) : IReplay
{
    private readonly EngineState _state = new();
    private readonly Dictionary<long, long> _leases = [];
    private readonly List<VersionChange> _changes = [];
    private readonly List<SealedSegment> _sealed = [];
    private readonly List<string> _leftovers = [];
    private long _compacted;
    private long _base = 1;
    private long _records;
    private long _tornBytes;

    /// <summary>Null when the directory holds no store yet.</summary>
    public RecoveredStore? Read()
    {
        var names = files.List(directory);
        _leftovers.AddRange(names.Where(n => n.EndsWith(".tmp", StringComparison.Ordinal)));
        var snapshots = names.Select(n => (Name: n, Number: RecordFormat.NumberIn(n, "snapshot-", ".snap"))).Where(n => n.Number >= 0).OrderBy(n => n.Number).ToArray();
        var segments = names.Select(n => (Name: n, Number: RecordFormat.NumberIn(n, "segment-", ".log"))).Where(n => n.Number >= 0).OrderBy(n => n.Number).ToArray();
        if (snapshots.Length == 0 && segments.Length == 0)
        {
            return null;
        }

        var first = 1L;
        var snapshotBytes = 0L;
        if (snapshots.Length > 0)
        {
            _leftovers.AddRange(snapshots[..^1].Select(s => s.Name));
            first = ReadSnapshot(snapshots[^1].Name, out snapshotBytes);
        }

        _leftovers.AddRange(segments.Where(s => s.Number < first).Select(s => s.Name));
        var position = ReadSegments([.. segments.Where(s => s.Number >= first)], first);
        if (_compacted > _state.Compacted)
        {
            _state.Compact(Math.Min(_compacted, _state.Revision));
        }

        BindLeases();
        return new RecoveredStore(_state, position, _sealed, snapshotBytes, _tornBytes, _records, _leftovers);
    }

    public void BeginRevision(long revision) => _changes.Clear();

    public void Change(long revision, byte[] key, byte[]? value, long leaseId)
    {
        if (revision <= _base)
        {
            return;
        }

        var before = _state.Tree.Seek(key);
        if (value is null && before is not { IsLive: true })
        {
            throw new InvalidDataException("it deletes a key that does not exist");
        }

        var version = value is null ? StoredVersion.Deletion(before!, revision) : StoredVersion.Write(key, value, leaseId, revision, before);
        _state.Tree.Set(version);
        _state.Keys += value is null ? -1 : before is { IsLive: true } ? 0 : 1;
        _changes.Add(new VersionChange(version, before));
    }

    public void EndRevision(long revision)
    {
        if (revision > _base)
        {
            _state.History.Add([.. _changes]);
            _state.Revision = revision;
        }
    }

    public void Grant(long leaseId, long seconds) => _leases[leaseId] = seconds;

    public void Revoke(long leaseId) => _leases.Remove(leaseId);

    public void Compact(long revision) => _compacted = Math.Max(_compacted, revision);

    private long ReadSnapshot(string name, out long length)
    {
        var path = Path.Combine(directory, name);
        using var file = files.Open(path, write: false);
        length = file.Length;
        var header = SnapshotReader.Read(
            file,
            path,
            entry =>
            {
                _state.Tree.Insert(new StoredVersion(
                    Array(entry.Key.Memory), Array(entry.Value), entry.CreateRevision, entry.ModRevision, entry.Version, entry.LeaseId, null));
                _state.Keys++;
            },
            (id, seconds) => _leases[id] = seconds,
            out _);
        if (RecordFormat.SnapshotName(header.Revision) != name)
        {
            throw RecordFormat.Corrupt(path, 0, "its name and its header disagree");
        }

        (_base, _state.Revision, _state.Compacted) = (header.Revision, header.Revision, header.Revision);
        return header.Sequence;
    }

    /// <summary>The reader made these arrays for us.</summary>
    private static byte[] Array(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var array) && array.Array!.Length == array.Count ? array.Array : memory.ToArray();

    private LogPosition ReadSegments((string Name, long Number)[] segments, long first)
    {
        if (segments.Length == 0 || segments[0].Number != first)
        {
            throw RecordFormat.Corrupt(Path.Combine(directory, RecordFormat.SegmentName(first)), 0, "the file is missing");
        }

        var revision = -1L;
        var previousLength = -1L;
        for (var i = 0; i < segments.Length; i++)
        {
            var path = Path.Combine(directory, segments[i].Name);
            if (segments[i].Number != first + i)
            {
                throw RecordFormat.Corrupt(Path.Combine(directory, RecordFormat.SegmentName(first + i)), 0, "the file is missing");
            }

            using var file = files.Open(path, write: false);
            var header = RecordFormat.ReadHeader(file, RecordFormat.SegmentMagic, path);
            if (header.Sequence != segments[i].Number || (i > 0 && (header.Revision != revision || header.PreviousLength != previousLength))
                || (i == 0 && header.Revision > _base))
            {
                throw RecordFormat.Corrupt(path, 0, "it does not follow the segment or snapshot before it");
            }

            (revision, previousLength) = ReadSegment(file, path, header.Revision, last: i == segments.Length - 1);
            if (i < segments.Length - 1)
            {
                _sealed.Add(new SealedSegment(segments[i].Number, revision, previousLength));
            }
        }

        if (revision < _base)
        {
            throw RecordFormat.Corrupt(Path.Combine(directory, segments[^1].Name), previousLength, $"it ends at revision {revision}, before the snapshot's {_base}");
        }

        return new LogPosition(segments[^1].Number, previousLength, revision);
    }

    private (long Revision, long Length) ReadSegment(IStoreFile file, string path, long revision, bool last)
    {
        using var records = new RecordScanner(file, RecordFormat.HeaderLength);
        while (records.TryNext(out var type, out var stated, out var payload))
        {
            try
            {
                if (type != RecordType.Group)
                {
                    throw new InvalidDataException("it has a record of another kind of file");
                }

                revision = SegmentLog.Replay(payload, revision, this);
                if (revision != stated)
                {
                    throw new InvalidDataException($"a record says revision {stated} where {revision} follows");
                }
            }
            catch (InvalidDataException e)
            {
                throw RecordFormat.Corrupt(path, records.Offset, e.Message, e);
            }

            _records++;
        }

        if (records.Next < file.Length)
        {
            if (!last)
            {
                throw RecordFormat.Corrupt(path, records.Next, "a record is damaged, and a later segment follows");
            }

            if (TailSearch.FindRecord(file, records.Next + 1, revision) is { } found)
            {
                throw RecordFormat.Corrupt(path, records.Next, $"a record is damaged, and a valid one follows at offset {found}");
            }

            _tornBytes = file.Length - records.Next;
        }

        return (revision, records.Next);
    }

    private void BindLeases()
    {
        var records = _leases.ToDictionary(l => l.Key, l => new LeaseRecord(l.Key, l.Value));
        if (records.Count > 0)
        {
            var binder = new LeaseBinder(records);
            _state.Tree.Visit(KeyRange.All, ref binder);
        }

        _state.Leases.AddRange(records.Values);
    }

    private readonly struct LeaseBinder(Dictionary<long, LeaseRecord> leases) : IVersionVisitor
    {
        public bool Visit(StoredVersion newest)
        {
            if (newest.LeaseId != 0 && leases.TryGetValue(newest.LeaseId, out var lease))
            {
                lease.Bind(newest.Key);
            }

            return true;
        }
    }
}

/// <summary>Tells a torn tail, which was never acknowledged, from damage in the middle of what was.</summary>
internal static class TailSearch
{
    /// <summary>The offset of a valid record at or after one; null when there is none.</summary>
    public static long? FindRecord(IStoreFile file, long from, long revision)
    {
        var length = file.Length;
        var tail = new byte[(int)Math.Min(length - from, int.MaxValue / 2)];
        var bytes = tail.AsSpan(0, file.Read(from, tail));
        for (var i = 0; i + RecordFormat.RecordHeader < bytes.Length; i++)
        {
            // The cheap tests first: a CRC over what merely looks like a length would make this quadratic.
            if (bytes[i + 8] == (byte)RecordType.Group && RevisionAt(bytes[i..]) is var stated && stated >= revision && stated <= revision + length
                && RecordFormat.TryRead(bytes[i..], out _, out _, out _))
            {
                return from + i;
            }
        }

        return null;
    }

    private static long RevisionAt(ReadOnlySpan<byte> record) => System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(record[9..]);
}
