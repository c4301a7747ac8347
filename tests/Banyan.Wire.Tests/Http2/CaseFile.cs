using Banyan.Testing;

namespace Banyan.Wire.Tests.Http2;

/// <summary>Reads cases of three columns parted by '|'; lines that begin with '#' and empty ones are for people.</summary>
internal static class CaseFile
{
    public static TheoryData<string, string, string> Read(string name)
    {
        var cases = new TheoryData<string, string, string>();
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "tests", "Banyan.Wire.Tests", "Http2", name)))
        {
            if (line.Length > 0 && line[0] != '#')
            {
                var parts = line.Split('|', 3);
                cases.Add(parts[0].Trim(), parts[1].Trim(), parts[2].Trim().Replace('¦', '|'));
            }
        }

        return cases;
    }
}
