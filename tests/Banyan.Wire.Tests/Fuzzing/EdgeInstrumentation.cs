using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Banyan.Wire.Tests.Fuzzing;

/// <summary>Writes an assembly anew with a call of <see cref="EdgeTrace.Reach"/> at the beginning of each block of code.</summary>
internal static class EdgeInstrumentation
{
    /// <summary>The instrumented assembly, and how many blocks it has. The same file gives the same blocks.</summary>
    public static (MemoryStream Assembly, int Blocks) Instrument(string path)
    {
        using var module = ModuleDefinition.ReadModule(path);
        var reach = module.ImportReference(typeof(EdgeTrace).GetMethod(nameof(EdgeTrace.Reach)));
        var blocks = 0;
        foreach (var method in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody))
        {
            blocks = Instrument(method.Body, reach, blocks);
        }

        var assembly = new MemoryStream();
        module.Write(assembly);
        assembly.Position = 0;
        return (assembly, blocks);
    }

    private static int Instrument(MethodBody body, MethodReference reach, int blocks)
    {
        // Short branches become long ones here and short again below, where they still reach.
        body.SimplifyMacros();
        var starts = Starts(body);
        var processor = body.GetILProcessor();
        var probes = new Dictionary<Instruction, Instruction>();
        foreach (var start in body.Instructions.Where(starts.Contains).ToArray())
        {
            // Odd, so that no two blocks get one number as long as there are numbers; neighbours lie far apart.
            var probe = processor.Create(OpCodes.Ldc_I4, (blocks++ * 40_503) & (EdgeTrace.Size - 1));
            processor.InsertBefore(start, probe);
            processor.InsertBefore(start, processor.Create(OpCodes.Call, reach));
            probes.Add(start, probe);
        }

        Instruction? Moved(Instruction? to) => to is null ? null : probes.GetValueOrDefault(to, to);
        foreach (var instruction in body.Instructions)
        {
            instruction.Operand = instruction.Operand switch
            {
                Instruction target => Moved(target),
                Instruction[] targets => Array.ConvertAll(targets, target => Moved(target)!),
                var operand => operand,
            };
        }

        foreach (var handler in body.ExceptionHandlers)
        {
            handler.TryStart = Moved(handler.TryStart);
            handler.TryEnd = Moved(handler.TryEnd);
            handler.FilterStart = Moved(handler.FilterStart);
            handler.HandlerStart = Moved(handler.HandlerStart);
            handler.HandlerEnd = Moved(handler.HandlerEnd);
        }

        body.OptimizeMacros();
        return blocks;
    }

    // The first instruction, what branches lead to, what follows a branch, and handlers.
    private static HashSet<Instruction> Starts(MethodBody body)
    {
        var starts = new HashSet<Instruction?> { body.Instructions[0] };
        foreach (var instruction in body.Instructions)
        {
            if (instruction.Operand is Instruction or Instruction[])
            {
                starts.UnionWith(instruction.Operand as Instruction[] ?? [(Instruction)instruction.Operand]);
                starts.Add(instruction.Next);
            }
        }

        starts.UnionWith(body.ExceptionHandlers.SelectMany(handler => new[] { handler.FilterStart, handler.HandlerStart }));
        return [.. starts.OfType<Instruction>()];
    }
}
