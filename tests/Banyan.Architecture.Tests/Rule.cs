namespace Banyan.Architecture.Tests;

/// <summary>Tells every violation in full; the assertion library would cut them.</summary>
internal static class Rule
{
    public static void Holds(IEnumerable<string> violations)
    {
        var all = violations.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }
}
