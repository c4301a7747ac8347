using Banyan.Store.Embedded;

namespace Banyan.Store.Tests;

/// <summary>
/// A disk in memory that behaves as badly as real ones may: what was not synced survives a crash or not, sector by sector and in any order; directory changes
/// survive up to some point; writing can be stopped at any step, fail, or find the disk full.
/// </summary>
internal sealed class SimulatedFiles : IStoreFiles
{
    private const int Sector = 64;
    private readonly Lock _lock = new();
    private readonly List<Action<Dictionary<string, Node>>> _directoryChanges = [];
    private Dictionary<string, Node> _names = [];
    private Dictionary<string, Node> _durableNames = [];
    private bool _crashed;

    /// <summary>The step (a write, sync, rename, …) at which everything stops; 0 = never.</summary>
    public int CrashAt { get; set; }

    public int Steps { get; private set; }

    public bool FailSyncs { get; set; }

    public bool FailWrites { get; set; }

    public bool FailTruncation { get; set; }

    /// <summary>Bytes that may still be written before the disk is full.</summary>
    public long Free { get; set; } = long.MaxValue;

    public IReadOnlyList<string> Names => List(string.Empty);

    /// <summary>Bytes of all files.</summary>
    public long Length
    {
        get
        {
            lock (_lock)
            {
                return _names.Values.Sum(node => (long)node.Bytes.Length);
            }
        }
    }

    /// <summary>What is found after the power came back.</summary>
    public SimulatedFiles AfterCrash(Random random)
    {
        lock (_lock)
        {
            _crashed = true;
            var survived = new Dictionary<string, Node>(_durableNames);
            foreach (var change in _directoryChanges.Take(random.Next(_directoryChanges.Count + 1)))
            {
                change(survived);
            }

            var after = new SimulatedFiles { _names = survived.ToDictionary(n => n.Key, n => n.Value.AfterCrash(random)) };
            after._durableNames = new(after._names);
            return after;
        }
    }

    /// <summary>The same disk for the next process: as after a kill, when the operating system lives on.</summary>
    public SimulatedFiles Copy()
    {
        lock (_lock)
        {
            return new SimulatedFiles { _names = _names.ToDictionary(n => n.Key, n => new Node { Bytes = [.. n.Value.Bytes], Durable = [.. n.Value.Bytes] }) };
        }
    }

    public byte[] this[string name]
    {
        get => _names[name].Bytes;
        set => _names[name].Bytes = value;
    }

    public void Remove(string name) => _names.Remove(name);

    public void CreateDirectory(string path)
    {
    }

    public IReadOnlyList<string> List(string directory)
    {
        lock (_lock)
        {
            return [.. _names.Keys];
        }
    }

    public IStoreFile Open(string path, bool write)
    {
        lock (_lock)
        {
            return _names.TryGetValue(Path.GetFileName(path), out var node) ? new Handle(this, node) : throw new FileNotFoundException(path);
        }
    }

    public IStoreFile Create(string path)
    {
        var node = new Node();
        Change(names => names[Path.GetFileName(path)] = node);
        return new Handle(this, node);
    }

    public void Rename(string from, string to) => Change(names =>
    {
        if (names.Remove(Path.GetFileName(from), out var node))
        {
            names[Path.GetFileName(to)] = node;
        }
    });

    public void Delete(string path) => Change(names => names.Remove(Path.GetFileName(path)));

    public void SyncDirectory(string directory)
    {
        lock (_lock)
        {
            Step();
            _durableNames = new(_names);
            _directoryChanges.Clear();
        }
    }

    public IDisposable Lock(string directory) => new MemoryStream();

    private void Change(Action<Dictionary<string, Node>> change)
    {
        lock (_lock)
        {
            Step();
            change(_names);
            _directoryChanges.Add(change);
        }
    }

    private void Step()
    {
        if (_crashed || ++Steps == CrashAt)
        {
            _crashed = true;
            throw new IOException("The power is off.");
        }
    }

    private sealed class Node
    {
        public byte[] Bytes { get; set; } = [];

        public byte[] Durable { get; set; } = [];

        public List<Func<byte[], Random, byte[]>> Pending { get; } = [];

        public Node AfterCrash(Random random)
        {
            var bytes = Durable;
            foreach (var change in Pending.OrderBy(_ => random.Next()))
            {
                bytes = change(bytes, random);
            }

            return new Node { Bytes = [.. bytes], Durable = [.. bytes] };
        }
    }

    private sealed class Handle(SimulatedFiles disk, Node node) : IStoreFile
    {
        public long Length => node.Bytes.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            lock (disk._lock)
            {
                var count = (int)Math.Clamp(node.Bytes.Length - offset, 0, buffer.Length);
                node.Bytes.AsSpan((int)offset, count).CopyTo(buffer);
                return count;
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (disk._lock)
            {
                var copy = bytes.ToArray();
                var written = disk.FailWrites || disk.Free < copy.Length ? copy[..(copy.Length / 2)] : copy;
                node.Bytes = Put(node.Bytes, offset, written);
                node.Pending.Add((durable, random) => Torn(durable, offset, copy, random));
                disk.Step();
                if (disk.FailWrites)
                {
                    throw new IOException("Input/output error", 5);
                }

                if (written.Length < copy.Length)
                {
                    throw new IOException("No space left on device", 28);
                }

                disk.Free -= disk.Free == long.MaxValue ? 0 : copy.Length;
            }
        }

        public void SetLength(long length)
        {
            lock (disk._lock)
            {
                disk.Step();
                if (disk.FailTruncation)
                {
                    throw new IOException("Input/output error", 5);
                }

                node.Bytes = Resize(node.Bytes, length);
                node.Pending.Add((durable, random) => random.Next(2) == 0 ? durable : Resize(durable, length));
            }
        }

        public void Sync()
        {
            lock (disk._lock)
            {
                disk.Step();
                if (disk.FailSyncs)
                {
                    throw new IOException("Input/output error", 5);
                }

                node.Durable = [.. node.Bytes];
                node.Pending.Clear();
            }
        }

        public void Dispose()
        {
        }

        private static byte[] Put(byte[] into, long offset, byte[] bytes)
        {
            var result = into.Length >= offset + bytes.Length ? [.. into] : Resize(into, offset + bytes.Length);
            bytes.CopyTo(result, offset);
            return result;
        }

        private static byte[] Torn(byte[] into, long offset, byte[] bytes, Random random)
        {
            for (var at = 0; at < bytes.Length; at += Sector)
            {
                if (random.Next(3) > 0)
                {
                    into = Put(into, offset + at, bytes[at..Math.Min(bytes.Length, at + random.Next(1, Sector + 1))]);
                }
            }

            return into;
        }

        private static byte[] Resize(byte[] bytes, long length)
        {
            var result = new byte[length];
            bytes.AsSpan(0, (int)Math.Min(length, bytes.Length)).CopyTo(result);
            return result;
        }
    }
}
