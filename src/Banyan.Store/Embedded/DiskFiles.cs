using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Banyan.Store.Embedded;

/// <summary>The real file system.</summary>
internal sealed class DiskFiles(bool flush) : IStoreFiles
{
    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public IReadOnlyList<string> List(string directory) => [.. Directory.EnumerateFiles(directory).Select(p => Path.GetFileName(p)!)];

    public IStoreFile Open(string path, bool write) =>
        new DiskFile(File.OpenHandle(path, FileMode.Open, write ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite), flush);

    public IStoreFile Create(string path) => new DiskFile(File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite), flush);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    public void SyncDirectory(string directory)
    {
        // Elsewhere the file system makes directory changes durable by itself or not at all.
        if (!flush || !OperatingSystem.IsLinux())
        {
            return;
        }

        using var handle = Native.Open(directory);
        if (Native.FSync(handle) != 0)
        {
            throw new IOException($"Directory '{directory}' could not be made durable (error {Marshal.GetLastPInvokeError()}).", Marshal.GetLastPInvokeError());
        }
    }

    public IDisposable Lock(string directory)
    {
        var path = Path.Combine(directory, "LOCK");
        try
        {
            var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            RandomAccess.SetLength(handle, 0);
            RandomAccess.Write(handle, Encoding.UTF8.GetBytes($"{Environment.ProcessId} {Environment.ProcessPath} on {Environment.MachineName}\n"), 0);
            return handle;
        }
        catch (IOException e) when (e is not FileNotFoundException and not DirectoryNotFoundException)
        {
            throw new StoreException(
                StoreError.Locked,
                $"The store in '{directory}' is in use by process {Holder(path)}. Stop that process, or give this one another directory.",
                e);
        }
    }

    private static string Holder(string path)
    {
        // The framework's own open asks for a shared lock, which the holder does not give.
        if (!OperatingSystem.IsLinux())
        {
            return "unknown";
        }

        using var handle = Native.Open(path);
        var buffer = new byte[512];
        return handle.IsInvalid ? "unknown" : Encoding.UTF8.GetString(buffer, 0, RandomAccess.Read(handle, buffer, 0)).Trim();
    }

    private static class Native
    {
        private const int CloseOnExec = 0x80000;

        public static SafeFileHandle Open(string path) => new(OpenFile(path, CloseOnExec), ownsHandle: true);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int FSync(SafeFileHandle file);

        [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int FDataSync(SafeFileHandle file);

        [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern nint OpenFile([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
    }

    private sealed class DiskFile(SafeFileHandle handle, bool flush) : IStoreFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> buffer)
        {
            var read = 0;
            while (read < buffer.Length)
            {
                var n = RandomAccess.Read(handle, buffer[read..], offset + read);
                if (n == 0)
                {
                    break;
                }

                read += n;
            }

            return read;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Sync()
        {
            if (!flush)
            {
                return;
            }

            if (!OperatingSystem.IsLinux())
            {
                RandomAccess.FlushToDisk(handle);
            }
            else if (Native.FDataSync(handle) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                throw new IOException($"The disk refused to make a write durable (error {error}).", error);
            }
        }

        public void Dispose() => handle.Dispose();
    }
}
