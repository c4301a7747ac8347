using System.Net.Sockets;

using Banyan.Loops.Native;

namespace Banyan.Loops.Portable;

/// <summary>One operation of a socket at a time; its end is reported to the loop.</summary>
/// <param name="loop">The loop.</param>
/// <param name="token">Whose operation it is.</param>
/// <param name="events">What its end is reported as.</param>
internal sealed class SocketOperation(EventLoop loop, ulong token, PollEvents events) : SocketAsyncEventArgs(true)
{
    protected override void OnCompleted(SocketAsyncEventArgs e) => loop.Report(token, events);
}
