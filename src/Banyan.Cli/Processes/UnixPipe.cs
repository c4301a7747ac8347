using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Banyan.Cli.Processes;

/// <summary>An anonymous pipe of which no end leaks into programs started meanwhile.</summary>
internal sealed class UnixPipe : IDisposable
{
    private readonly AnonymousPipeServerStream _reader;

    private UnixPipe(AnonymousPipeServerStream reader) => _reader = reader;

    public SafePipeHandle ReadEnd => _reader.SafePipeHandle;

    public SafePipeHandle WriteEnd => _reader.ClientSafePipeHandle;

    public bool Disposed { get; private set; }

    /// <summary>Close-on-exec on both ends; a child gets its end by being given it as a standard stream.</summary>
    public static UnixPipe Create() => new(new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None));

    public void CloseReadEnd() => _reader.SafePipeHandle.Dispose();

    public void CloseWriteEnd() => _reader.DisposeLocalCopyOfClientHandle();

    public Stream OpenReader() => _reader;

    public void Dispose()
    {
        Disposed = true;
        CloseWriteEnd();
        _reader.Dispose();
    }
}
