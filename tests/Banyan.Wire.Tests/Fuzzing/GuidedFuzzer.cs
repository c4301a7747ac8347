using System.Text;

namespace Banyan.Wire.Tests.Fuzzing;

/// <summary>
/// Mutates inputs and reads them, whole and in pieces, which must not matter. An input that takes a way through the code no other took, or another number of times, joins the
/// pool and is mutated on. The same seed gives the same inputs as long as the code is the same.
/// </summary>
internal static class GuidedFuzzer
{
    // Long inputs cost time and reach what short ones reach.
    private const int MaxKept = 2_000;

    /// <summary>Runs on a target in an <see cref="InstrumentedWire"/>. Public and with types of the runtime only, as it is called from outside of it.</summary>
    public static (int EdgesOfSeeds, int Edges, int Kept, int Generations, Dictionary<string, int> Outcomes) Run<TTarget>(int seed, int rounds)
        where TTarget : IFuzzTarget
    {
        var random = new Random(seed);
        var pool = TTarget.Seeds.ToList();
        var seeds = pool.Count;
        var seen = new byte[EdgeTrace.Size];
        var edges = 0;
        var generations = 0;
        var outcomes = new Dictionary<string, int>();
        for (var warm = 0; warm < 2; warm++)
        {
            // Twice: what is done once in a process is no way an input takes.
            edges = 0;
            Array.Clear(seen);
            foreach (var input in pool)
            {
                Trace<TTarget>(input, seen, ref edges);
            }
        }

        var edgesOfSeeds = edges;
        for (var round = 0; round < rounds; round++)
        {
            // Every second one from what was found, as the seeds are many; rather what was found late, as it lies deeper.
            var origin = pool.Count > seeds && random.Next(2) == 0 ? pool[Math.Max(random.Next(seeds, pool.Count), random.Next(seeds, pool.Count))] : pool[random.Next(seeds)];
            var input = TTarget.Mutate(random, origin, pool) with { Generation = origin.Generation + 1 };
            var (outcome, isNew) = Trace<TTarget>(input, seen, ref edges);
            if (isNew && input.Bytes.Length <= MaxKept)
            {
                pool.Add(input);
                generations = Math.Max(generations, input.Generation);
            }

            var kind = TTarget.KindOf(outcome);
            outcomes[kind] = outcomes.GetValueOrDefault(kind) + 1;
            Compare<TTarget>(input, outcome, [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(input.Bytes.Length + 1)).Order()]);
            if (isNew && input.Bytes.Length < 300)
            {
                Compare<TTarget>(input, outcome, [.. Enumerable.Range(0, input.Bytes.Length)]);
            }
        }

        return (edgesOfSeeds, edges, pool.Count - seeds, generations, outcomes);
    }

    private static (string Outcome, bool IsNew) Trace<TTarget>(FuzzInput input, byte[] seen, ref int edges)
        where TTarget : IFuzzTarget
    {
        EdgeTrace.Clear();
        var outcome = TTarget.Read(input);
        var (more, any) = EdgeTrace.AddTo(seen);
        edges += more;
        return (outcome, any);
    }

    private static void Compare<TTarget>(FuzzInput input, string whole, int[] cuts)
        where TTarget : IFuzzTarget
    {
        var cut = TTarget.Read(input, cuts);
        Assert.True(
            whole == cut,
            $"{input.Origin}: whole: {whole}\ncut at [{string.Join(",", cuts)}]: {cut}\n{Convert.ToHexString(input.Bytes)}\n{Encoding.Latin1.GetString(input.Bytes)}");
    }
}
