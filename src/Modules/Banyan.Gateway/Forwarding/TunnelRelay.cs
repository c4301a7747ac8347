using System.Buffers;

namespace Banyan.Gateway.Forwarding;

/// <summary>Carries bytes both ways after an upgrade, as they are, until one side ends.</summary>
internal static class TunnelRelay
{
    private const int Piece = 16 * 1024;

    public static async ValueTask<Failure> RunAsync(Stream client, Stream service, ExchangeDeadline deadline, TimeSpan idle, RequestRecord record)
    {
        var up = CopyAsync(client, service, deadline, idle, count => record.BytesIn += count);
        var down = CopyAsync(service, client, deadline, idle, count => record.BytesOut += count);
        var first = await Task.WhenAny(up, down);
        var reason = deadline.Reason;

        // Whatever the side that ended had sent is passed on by now. Neither stream can be half-closed, so the other direction ends too.
        deadline.Cancel();
        await Task.WhenAll(up, down);
        _ = first;
        return reason == FailureReason.TunnelIdle ? new Failure(reason) : Failure.None;
    }

    private static async Task CopyAsync(Stream from, Stream to, ExchangeDeadline deadline, TimeSpan idle, Action<int> count)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            while (true)
            {
                deadline.Arm(idle, FailureReason.TunnelIdle);
                var read = await from.ReadAsync(buffer, deadline.Token);
                if (read == 0)
                {
                    return;
                }

                await to.WriteAsync(buffer.AsMemory(0, read), deadline.Token);
                await to.FlushAsync(deadline.Token);
                count(read);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The end of a tunnel: a reset, a time-out (the deadline knows), or the other direction's end.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
