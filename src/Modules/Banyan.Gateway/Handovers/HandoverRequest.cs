using System.Net.Sockets;
using Banyan.Loops;
using Banyan.Loops.Passing;
using Banyan.Loops.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Banyan.Gateway.Handovers;

/// <summary>The starting gateway's side of a hand-over.</summary>
internal static class HandoverRequest
{
    /// <summary>How long the start waits for the running gateway at most.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks whoever listens on the path for its listeners. Nobody there, silence and nonsense give none.</summary>
    public static GivenListeners Make(string path, TimeProvider clock, ILogger log)
    {
        var channel = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            // Bounds a connect to a socket whose queue is full.
            SendTimeout = (int)Patience.TotalMilliseconds,
        };
        try
        {
            channel.Connect(new UnixDomainSocketEndPoint(path));
            DescriptorChannel.Send(channel, [], HandoverMessage.Write(HandoverMessage.Ask, []));
            return new GivenListeners(channel, Receive(channel, clock));
        }
        catch (Exception e) when (e is SocketException or LoopException or InvalidDataException)
        {
            channel.Dispose();
            if (e is not SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.AddressNotAvailable } && File.Exists(path))
            {
                GatewayLog.HandoverNotReceived(log, path, e.Message);
            }

            return new GivenListeners(null, []);
        }
    }

    private static List<(LoopAddress Address, int Descriptor)> Receive(Socket channel, TimeProvider clock)
    {
        var descriptors = new int[DescriptorChannel.MaxDescriptors];
        var bytes = new byte[HandoverMessage.MaxLength];
        var count = 0;
        var length = 0;
        var begin = clock.GetTimestamp();
        try
        {
            do
            {
                var left = Patience - clock.GetElapsedTime(begin);
                if (left <= TimeSpan.Zero || !channel.Poll(left, SelectMode.SelectRead))
                {
                    throw new InvalidDataException($"It said nothing whole within {Patience.TotalSeconds:0} s.");
                }

                if (length == bytes.Length)
                {
                    throw new InvalidDataException("It said too much.");
                }

                var (more, read) = DescriptorChannel.Receive(channel, descriptors.AsSpan(count), bytes.AsSpan(length));
                count += more;
                length += read;
                if (read == 0)
                {
                    throw new InvalidDataException("It ended the connection.");
                }
            }
            while (!HandoverMessage.IsWhole(bytes.AsSpan(0, length)));

            var addresses = HandoverMessage.Read(HandoverMessage.Give, bytes.AsSpan(0, length));
            if (addresses is null || addresses.Count != count)
            {
                throw new InvalidDataException("It said something else than a gateway of this version does.");
            }

            return [.. addresses.Zip(descriptors)];
        }
        catch
        {
            foreach (var descriptor in descriptors.AsSpan(0, count))
            {
                new SafeFileHandle(descriptor, ownsHandle: true).Dispose();
            }

            throw;
        }
    }
}
