using System.Net.Sockets;

using Banyan.Loops.Native;

namespace Banyan.Loops.Passing;

/// <summary>
/// Hands open descriptors to another process over a connected Unix stream socket (SCM_RIGHTS, unix(7)), so that a successor accepts on the same listening sockets and
/// no connection is refused between the two. Blocks; not for a loop's thread.
/// </summary>
public static unsafe class DescriptorChannel
{
    /// <summary>Most descriptors in one message; the system's own limit is 253.</summary>
    public const int MaxDescriptors = 250;

    private const int HeaderBytes = 16;
    private const int TypeRights = 1;
    private const int WaitMicroseconds = 1_000_000;

    /// <summary>Sends descriptors with a message of at least one byte. They stay open here.</summary>
    /// <exception cref="LoopException">The other side is gone, or the system refuses.</exception>
    public static void Send(Socket channel, ReadOnlySpan<int> descriptors, ReadOnlySpan<byte> message)
    {
        ArgumentOutOfRangeException.ThrowIfZero(message.Length, nameof(message));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaxDescriptors, nameof(descriptors));
        var control = stackalloc byte[HeaderBytes + (MaxDescriptors * sizeof(int))];
        *(nuint*)control = (nuint)(HeaderBytes + (descriptors.Length * sizeof(int)));
        *(int*)(control + 8) = Libc.SolSocket;
        *(int*)(control + 12) = TypeRights;
        descriptors.CopyTo(new Span<int>(control + HeaderBytes, MaxDescriptors));

        fixed (byte* bytes = message)
        {
            var sent = 0;
            while (sent < message.Length)
            {
                // The descriptors go with the first byte only.
                var vector = new IoVector(bytes + sent, message.Length - sent);
                var header = new MessageHeader { Vectors = &vector, VectorCount = 1 };
                if (sent == 0 && descriptors.Length > 0)
                {
                    header.Control = control;
                    header.ControlLength = Align(HeaderBytes + (descriptors.Length * sizeof(int)));
                }

                var count = Libc.SendDescriptors(Handle(channel), &header, Libc.MsgNoSignal);
                if (count < 0)
                {
                    WaitOrThrow(channel, SelectMode.SelectWrite, "send to");
                    continue;
                }

                sent += (int)count;
            }
        }
    }

    /// <summary>Receives what one <see cref="Send"/> sent, as far as the message's span reaches; both counts are 0 when the other side has ended.</summary>
    /// <param name="channel">The connected socket.</param>
    /// <param name="descriptors">Where the descriptors go, which belong to the caller then; those that do not fit are closed.</param>
    /// <param name="message">Where the message's bytes go.</param>
    /// <returns>How many descriptors and bytes came.</returns>
    /// <exception cref="LoopException">The system refuses.</exception>
    public static (int Descriptors, int Bytes) Receive(Socket channel, Span<int> descriptors, Span<byte> message)
    {
        ArgumentOutOfRangeException.ThrowIfZero(message.Length, nameof(message));
        const int ControlBytes = HeaderBytes + (256 * sizeof(int));
        var control = stackalloc byte[ControlBytes];
        fixed (byte* bytes = message)
        {
            while (true)
            {
                var vector = new IoVector(bytes, message.Length);
                var header = new MessageHeader { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = ControlBytes };
                var count = Libc.ReceiveDescriptors(Handle(channel), &header, Libc.MsgCloseOnExec);
                if (count >= 0)
                {
                    return (Take(control, (int)header.ControlLength, descriptors), (int)count);
                }

                WaitOrThrow(channel, SelectMode.SelectRead, "receive from");
            }
        }
    }

    private static int Take(byte* control, int length, Span<int> descriptors)
    {
        var taken = 0;
        for (var at = 0; at + HeaderBytes <= length;)
        {
            var size = (int)*(nuint*)(control + at);
            if (size < HeaderBytes || at + size > length)
            {
                break;
            }

            if (*(int*)(control + at + 8) == Libc.SolSocket && *(int*)(control + at + 12) == TypeRights)
            {
                foreach (var descriptor in new ReadOnlySpan<int>(control + at + HeaderBytes, (size - HeaderBytes) / sizeof(int)))
                {
                    if (taken < descriptors.Length)
                    {
                        descriptors[taken++] = descriptor;
                    }
                    else
                    {
                        _ = Libc.Close(descriptor);
                    }
                }
            }

            at += (int)Align(size);
        }

        return taken;
    }

    private static nuint Align(int size) => (nuint)((size + 7) & ~7);

    private static int Handle(Socket channel) => (int)channel.SafeHandle.DangerousGetHandle();

    private static void WaitOrThrow(Socket channel, SelectMode mode, string doing)
    {
        var error = Libc.LastError;
        if (error is not (Errno.Again or Errno.Interrupted))
        {
            throw new LoopException($"Cannot {doing} the process that takes over: {Errno.Describe(error)}. Start the hand-over again.");
        }

        // A socket of the framework may be non-blocking; poll(2) waits for it.
        _ = channel.Poll(WaitMicroseconds, mode);
    }
}
