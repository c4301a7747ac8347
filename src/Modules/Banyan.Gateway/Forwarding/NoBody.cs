using System.Net;

namespace Banyan.Gateway.Forwarding;

/// <summary>
/// An empty body for methods that must not be executed twice. The framework's client sends a request without content again when a reused connection dies before
/// the first byte of an answer, whatever the method; with content it does not.
/// </summary>
internal sealed class NoBody : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.CompletedTask;

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return true;
    }
}
