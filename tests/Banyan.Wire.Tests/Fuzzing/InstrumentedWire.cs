using System.Reflection;
using System.Runtime.Loader;
using Banyan.Wire.Http1;

namespace Banyan.Wire.Tests.Fuzzing;

/// <summary>Banyan.Wire with <see cref="EdgeInstrumentation"/>, and these tests a second time to drive it. All other tests keep the assembly as it was built.</summary>
internal sealed class InstrumentedWire : AssemblyLoadContext
{
    private readonly Assembly _wire;
    private readonly Assembly _tests;

    public InstrumentedWire()
        : base(nameof(InstrumentedWire))
    {
        (var assembly, Blocks) = EdgeInstrumentation.Instrument(typeof(RequestHead).Assembly.Location);
        using (assembly)
        {
            _wire = LoadFromStream(assembly);
        }

        _tests = LoadFromAssemblyPath(typeof(InstrumentedWire).Assembly.Location);
    }

    /// <summary>How many blocks of code the instrumented assembly has.</summary>
    public int Blocks { get; }

    /// <summary>Runs the fuzzer on a target there. What it throws comes through.</summary>
    public FuzzReport Fuzz<TTarget>(int seed, int rounds)
        where TTarget : IFuzzTarget
    {
        // No type of the tests is the same over there: only numbers and text cross.
        var run = _tests.GetType(typeof(GuidedFuzzer).FullName!)!.GetMethod(nameof(GuidedFuzzer.Run))!.MakeGenericMethod(_tests.GetType(typeof(TTarget).FullName!)!);
        var (start, end, pool, generations, outcomes) = ((int, int, int, int, Dictionary<string, int>))run.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [seed, rounds], null)!;
        return new FuzzReport(start, end, pool, generations, outcomes);
    }

    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name == _wire?.GetName().Name ? _wire : assemblyName.Name == _tests?.GetName().Name ? _tests : null;
}
