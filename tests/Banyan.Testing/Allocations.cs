namespace Banyan.Testing;

/// <summary>
/// What something allocates once it runs steadily. The runtime allocates now and then on any thread, when it compiles a method anew or a table of its own grows; what
/// is repeated is told from that by doing it in several stretches: its cost is in each of them, so the least one tells it.
/// </summary>
public static class Allocations
{
    private const int Stretches = 15;

    /// <summary>The bytes this thread allocates in the least of fifteen stretches.</summary>
    /// <param name="stretch">Does it, many times; called once more before, to get there.</param>
    public static long InSteadyState(Action stretch)
    {
        stretch();
        var least = long.MaxValue;
        for (var i = 0; i < Stretches; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            stretch();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    /// <summary>The bytes allocated in the least of fifteen stretches.</summary>
    /// <param name="read">Gives the bytes allocated so far by what is looked at.</param>
    /// <param name="stretch">Does it, many times; called once more before, to get there.</param>
    public static async Task<long> InSteadyStateAsync(Func<Task<long>> read, Func<Task> stretch)
    {
        await stretch();
        var least = long.MaxValue;
        for (var i = 0; i < Stretches; i++)
        {
            var before = await read();
            await stretch();
            least = Math.Min(least, await read() - before);
        }

        return least;
    }
}
