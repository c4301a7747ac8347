using System.Globalization;

namespace Banyan.Bench.Gateways;

/// <summary>What a process and its children have used, from <c>/proc</c>.</summary>
/// <param name="CpuMicroseconds">User and system time; the kernel counts in steps of 10 ms.</param>
/// <param name="ResidentBytes">Memory in use now.</param>
internal readonly record struct ProcessUsage(double CpuMicroseconds, long ResidentBytes)
{
    private const double MicrosecondsPerTick = 10_000;

    public static ProcessUsage Of(int process)
    {
        double ticks = 0;
        long bytes = 0;
        foreach (var id in WithChildren(process))
        {
            try
            {
                // The name, in brackets, may hold spaces: the fields are counted from behind it.
                var stat = File.ReadAllText($"/proc/{id}/stat");
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                ticks += double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
                bytes += long.Parse(File.ReadAllText($"/proc/{id}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
            }
            catch (IOException)
            {
                // A child that has just ended.
            }
        }

        return new ProcessUsage(ticks * MicrosecondsPerTick, bytes);
    }

    public static IEnumerable<int> WithChildren(int process)
    {
        yield return process;
        var children = $"/proc/{process}/task/{process}/children";
        foreach (var child in File.Exists(children) ? File.ReadAllText(children).Split(' ', StringSplitOptions.RemoveEmptyEntries) : [])
        {
            foreach (var id in WithChildren(int.Parse(child, CultureInfo.InvariantCulture)))
            {
                yield return id;
            }
        }
    }
}
