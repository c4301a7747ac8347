using Banyan.Wire.Http2;
using Banyan.Wire.Tests.Http2;

namespace Banyan.Wire.Tests.Fuzzing;

/// <summary>What both ends of a connection of HTTP/2 have in common as targets.</summary>
internal static class SessionReading
{
    public static FuzzInput Script(string name, string frames) => new(name, null, FrameScript.Frames(frames));

    /// <summary>The peer's steps of a file of cases; those are in upper case.</summary>
    public static IEnumerable<FuzzInput> Scripts(string file) => CaseFile.Read(file).Select(row =>
    {
        var steps = ((string)row[1]).Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return Script((string)row[0], string.Join(';', steps.Where(step => char.IsUpper(step[0]))));
    });

    public static FuzzInput Mutate(Random random, FuzzInput origin, IReadOnlyList<FuzzInput> pool) =>
        origin with { Bytes = FrameMutation.Mutate(random, origin.Bytes, () => pool[random.Next(pool.Count)].Bytes) };

    public static void Feed(Http2Session session, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> cuts)
    {
        var start = 0;
        foreach (var cut in cuts)
        {
            session.Receive(bytes[start..cut], now: 0);
            start = cut;
        }

        session.Receive(bytes[start..], now: 0);
    }

    /// <summary>Why the connection ended, what happened, and what was sent.</summary>
    public static string End(Http2Session session, SessionLog log, List<string> requests)
    {
        session.Flush();
        log.TakeOutput();
        return $"{session.FailureReason}| {string.Join(", ", requests)}| {log}";
    }

    public static string KindOf(string outcome) => outcome[..outcome.IndexOf('|', StringComparison.Ordinal)];
}
