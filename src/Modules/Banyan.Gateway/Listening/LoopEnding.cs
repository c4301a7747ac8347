using Banyan.Loops.Sockets;

namespace Banyan.Gateway.Listening;

/// <summary>How loops stop serving.</summary>
internal static class LoopEnding
{
    /// <summary>How often it is looked whether everybody has left.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Takes no new connection, lets running requests end within the token's time, then cuts.</summary>
    /// <param name="loops">The loops, which run.</param>
    /// <param name="isAlone">Whether no other process serves an address too, so that its socket's file goes with it.</param>
    /// <param name="clock">Time.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async Task RunAsync(IReadOnlyCollection<GatewayLoop> loops, Func<LoopAddress, bool> isAlone, TimeProvider clock, CancellationToken cancellation)
    {
        DeleteSockets(loops, isAlone);
        await Task.WhenAll(loops.Select(loop => loop.Loop.RunAsync(loop.Drain)));
        try
        {
            while (loops.Any(loop => loop.Open > 0))
            {
                await Task.Delay(Look, clock, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over: what still runs is cut.
        }

        await Task.WhenAll(loops.Select(loop => loop.Loop.RunAsync(loop.Cut)));
    }

    /// <summary>Deletes the files of Unix sockets: while one is listened on here nobody else has its path, unless it was handed over.</summary>
    public static void DeleteSockets(IEnumerable<GatewayLoop> loops, Func<LoopAddress, bool> isAlone)
    {
        foreach (var listener in loops.SelectMany(loop => loop.GivableListeners).Where(l => l.Descriptor >= 0 && l.Address.Path is not null && isAlone(l.Address)))
        {
            File.Delete(listener.Address.Path!);
        }
    }
}
