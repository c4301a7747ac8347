using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Banyan.Testing.Peers;

/// <summary>What the programs of tests/interop say on their output, each of them in the same words.</summary>
internal static partial class PeerWords
{
    /// <summary>Waits for a server to listen; returns its port.</summary>
    public static async Task<int> PortAsync(TestProcess server)
    {
        await server.WaitForOutputAsync(".\n");
        return int.Parse(PortLine().Match(server.Output).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Waits for a client to end well; returns what came out of each of its scenarios, by name.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> OutcomesAsync(TestProcess client)
    {
        var code = await client.WaitForExitAsync();
        Assert.True(code == 0, client.Output);
        return client.Output.Split('\n')
            .Where(line => line.StartsWith('{'))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(e => e.GetProperty("name").GetString()!, e => e.GetProperty("outcome").GetString()!);
    }

    [GeneratedRegex(@"port (\d+)\.")]
    private static partial Regex PortLine();
}
