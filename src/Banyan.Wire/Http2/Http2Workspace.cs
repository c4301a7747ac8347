namespace Banyan.Wire.Http2;

/// <summary>What the HTTP/2 connections of one thread share, so that an idle one owns little: room to decode heads, and streams to use again.</summary>
public sealed class Http2Workspace
{
    private const int MaxFree = 1024;

    private readonly Stack<Http2Stream> _free = new();

    internal Http2Head Head { get; } = new();

    internal Http2Stream Take() => _free.TryPop(out var stream) ? stream : new Http2Stream();

    internal void Return(Http2Stream stream)
    {
        stream.Owner = null;
        if (_free.Count < MaxFree)
        {
            _free.Push(stream);
        }
    }
}
