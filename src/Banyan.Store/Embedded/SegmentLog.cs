using Banyan.Store.Mvcc;

namespace Banyan.Store.Embedded;

/// <summary>A segment that will not be written again.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="LastRevision">The store's revision at its end.</param>
/// <param name="Length">Bytes.</param>
internal sealed record SealedSegment(long Sequence, long LastRevision, long Length);

/// <summary>
/// The append-only log: one record a group of commits, one write and one sync. Nothing is acknowledged before the sync; a failed sync ends writing for good,
/// because the operating system may have dropped the bytes and would call the next sync a success.
/// </summary>
internal sealed class SegmentLog : ICommitLog
{
    private const byte RevisionItem = 1;
    private const byte GrantItem = 2;
    private const byte RevokeItem = 3;
    private const byte CompactionItem = 4;

    private readonly IStoreFiles _files;
    private readonly string _directory;
    private readonly long _segmentBytes;
    private readonly RecordBuffer _record = new();
    private readonly Lock _lock = new();
    private readonly List<SealedSegment> _sealed;
    private IStoreFile _file;
    private long _sequence;
    private long _offset;
    private long _revision;
    private long _size;
    private bool _dirtyTail;
    private bool _rotating;
    private Exception? _failed;

    public SegmentLog(IStoreFiles files, string directory, long segmentBytes, IReadOnlyList<SealedSegment> segments, LogPosition at, long otherBytes)
    {
        _files = files;
        _directory = directory;
        _segmentBytes = segmentBytes;
        _sealed = [.. segments];
        (_sequence, _offset, _revision) = (at.Sequence, at.Offset, at.Revision);
        _size = otherBytes + segments.Sum(s => s.Length) + at.Offset;
        _file = files.Open(Path.Combine(directory, RecordFormat.SegmentName(at.Sequence)), write: true);
    }

    public bool IsEmpty => _record.IsEmpty;

    public long Collected => _record.Length;

    public long Sequence => Volatile.Read(ref _sequence);

    public long Size => Volatile.Read(ref _size);

    /// <summary>Segments that will not be written again, oldest first.</summary>
    public SealedSegment[] Sealed
    {
        get
        {
            lock (_lock)
            {
                return [.. _sealed];
            }
        }
    }

    public void AddRevision(long revision, ReadOnlySpan<VersionChange> changes)
    {
        _record.Byte(RevisionItem);
        _record.Number(changes.Length);
        foreach (var change in changes)
        {
            var version = change.Now;
            _record.Byte(version.IsLive ? (byte)0 : (byte)1);
            _record.Bytes(version.Key);
            if (version.IsLive)
            {
                _record.Bytes(version.Value);
                _record.Number(version.LeaseId);
            }
        }
    }

    public void AddGrant(long leaseId, long seconds)
    {
        _record.Byte(GrantItem);
        _record.Number(leaseId);
        _record.Number(seconds);
    }

    public void AddRevoke(long leaseId)
    {
        _record.Byte(RevokeItem);
        _record.Number(leaseId);
    }

    public void AddCompaction(long revision)
    {
        _record.Byte(CompactionItem);
        _record.Number(revision);
    }

    public void Commit(long revision)
    {
        if (_failed is not null)
        {
            throw Failed(_failed, maybeDone: false);
        }

        Write(_record.Seal(RecordType.Group, revision));
        try
        {
            _file.Sync();
        }
        catch (IOException e)
        {
            _failed = e;
            throw Failed(e, maybeDone: true);
        }

        _offset += _record.Length;
        Interlocked.Add(ref _size, _record.Length);
        _revision = revision;
        _record.Clear();
    }

    public void Drop() => _record.Clear();

    /// <summary>Forgets segments whose content a snapshot holds. Their files are deleted by the caller.</summary>
    public void Forget(IReadOnlyList<SealedSegment> segments, long moreBytes)
    {
        lock (_lock)
        {
            _sealed.RemoveAll(segments.Contains);
        }

        Interlocked.Add(ref _size, moreBytes - segments.Sum(s => s.Length));
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes an empty segment, durable before anything refers to it.</summary>
    public static void Create(IStoreFiles files, string directory, FileHeader header)
    {
        var path = Path.Combine(directory, RecordFormat.SegmentName(header.Sequence));
        using (var file = files.Create(path + ".tmp"))
        {
            file.Write(0, RecordFormat.Header(RecordFormat.SegmentMagic, header));
            file.Sync();
        }

        files.Rename(path + ".tmp", path);
        files.SyncDirectory(directory);
    }

    /// <summary>Applies the items of a group record. Returns the revision after it.</summary>
    public static long Replay(ReadOnlySpan<byte> payload, long revision, IReplay into)
    {
        var reader = new RecordReader(payload);
        while (!reader.AtEnd)
        {
            switch (reader.Byte())
            {
                case RevisionItem:
                    into.BeginRevision(++revision);
                    for (var count = reader.Number(); count > 0; count--)
                    {
                        var deleted = reader.Byte() switch { 0 => false, 1 => true, _ => throw new InvalidDataException("an operation has an unknown kind") };
                        into.Change(revision, reader.Bytes(), deleted ? null : reader.Bytes(), deleted ? 0 : reader.Number());
                    }

                    into.EndRevision(revision);
                    break;
                case GrantItem:
                    into.Grant(reader.Number(), reader.Number());
                    break;
                case RevokeItem:
                    into.Revoke(reader.Number());
                    break;
                case CompactionItem:
                    into.Compact(reader.Number());
                    break;
                default:
                    throw new InvalidDataException("a record has an unknown item");
            }
        }

        return revision;
    }

    private static StoreException Failed(Exception cause, bool maybeDone) => new(
        StoreError.Unavailable,
        $"The disk could not make a write durable ({cause.Message}). Reads go on; writes are refused until the store is opened again. Check the disk.",
        cause)
    {
        MaybeDone = maybeDone,
    };

    private void Write(ReadOnlySpan<byte> record)
    {
        try
        {
            if (_dirtyTail)
            {
                _file.SetLength(_offset);
                _dirtyTail = false;
            }

            // Once the next segment may exist, nothing more may be appended to this one.
            if (_rotating || (_offset + record.Length > _segmentBytes && _offset > RecordFormat.HeaderLength))
            {
                Rotate();
            }

            _dirtyTail = true;
            _file.Write(_offset, record);
            _dirtyTail = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CutTail();
            throw IsFull(e)
                ? new StoreException(StoreError.NoSpace, $"The disk of '{_directory}' is full; nothing was written and reads go on. Free some space and try again.", e)
                : new StoreException(StoreError.Unavailable, $"Writing to '{_directory}' failed ({e.Message}); nothing was acknowledged and reads go on.", e) { MaybeDone = true };
        }
    }

    private void CutTail()
    {
        if (!_dirtyTail)
        {
            return;
        }

        try
        {
            _file.SetLength(_offset);
            _dirtyTail = false;
        }
        catch (IOException)
        {
            // The next write begins with another try; until it works, no write is done.
        }
    }

    private void Rotate()
    {
        _rotating = true;
        Create(_files, _directory, new FileHeader(_sequence + 1, _revision, _offset));
        var next = _files.Open(Path.Combine(_directory, RecordFormat.SegmentName(_sequence + 1)), write: true);
        _file.Dispose();
        lock (_lock)
        {
            _sealed.Add(new SealedSegment(_sequence, _revision, _offset));
        }

        _rotating = false;
        _file = next;
        _sequence++;
        _offset = RecordFormat.HeaderLength;
        Interlocked.Add(ref _size, _offset);
    }

    private static bool IsFull(Exception e) => e is IOException && (e.HResult & 0xFFFF) is 28 or 112 or 122;
}

/// <summary>Where the next record goes.</summary>
internal readonly record struct LogPosition(long Sequence, long Offset, long Revision);

/// <summary>Is told what records did, in order.</summary>
internal interface IReplay
{
    void BeginRevision(long revision);

    /// <summary>A put, or a delete when there is no value.</summary>
    void Change(long revision, byte[] key, byte[]? value, long leaseId);

    void EndRevision(long revision);

    void Grant(long leaseId, long seconds);

    void Revoke(long leaseId);

    void Compact(long revision);
}
