namespace Banyan.Store.Embedded;

/// <summary>Every access of the embedded engine to a file system, so that tests can put one in that tears, reorders, fails and is full.</summary>
internal interface IStoreFiles
{
    void CreateDirectory(string path);

    /// <summary>Names (not paths) of the files in a directory.</summary>
    IReadOnlyList<string> List(string directory);

    IStoreFile Open(string path, bool write);

    /// <summary>Makes an empty file; one that exists is emptied.</summary>
    IStoreFile Create(string path);

    void Rename(string from, string to);

    void Delete(string path);

    /// <summary>Makes creations, renames and deletions in a directory durable.</summary>
    void SyncDirectory(string directory);

    /// <summary>Takes the directory for this process alone.</summary>
    /// <exception cref="StoreException">Locked.</exception>
    IDisposable Lock(string directory);
}

/// <summary>An open file. Written by one thread at a time.</summary>
internal interface IStoreFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    int Read(long offset, Span<byte> buffer);

    void Write(long offset, ReadOnlySpan<byte> bytes);

    void SetLength(long length);

    /// <summary>Makes everything written durable.</summary>
    void Sync();
}
