namespace Banyan.Testing;

/// <summary>Programs that tests may need beyond the SDK, and where each is found.</summary>
public static class Needs
{
    /// <summary>True under <c>./banyan test --all</c>: nothing may be skipped for want of a program.</summary>
    public static bool All => Environment.GetEnvironmentVariable("BANYAN_TEST_ALL") == "1";

    /// <summary>Why a test is skipped, or null when it runs.</summary>
    public static string? SkipReason(params string[] needs)
    {
        var missing = needs.Where(n => Find(n) is null).ToArray();
        return missing.Length == 0 || All ? null : $"needs {string.Join(", ", missing)}: install it (.ci/run lists the packages) and run './banyan test --all'";
    }

    /// <summary>The program's full path, or null when it is not installed. <c>python3-grpc</c> is Debian's interpreter with its grpc package; <c>grpc-js</c> and <c>ws</c>
    /// are node with the packages of tests/interop/node; <c>long</c> exists only under --all.</summary>
    public static string? Find(string need) => need switch
    {
        "long" => All ? "long" : null,
        "python3-grpc" => File.Exists("/usr/lib/python3/dist-packages/grpc/__init__.py") ? "/usr/bin/python3" : null,
        "grpc-js" => Node("@grpc/grpc-js"),
        "ws" => Node("ws"),
        _ => OnPath(need),
    };

    /// <summary>The program's full path; fails the test with the reason when it is not installed.</summary>
    public static string Require(string need) =>
        Find(need) ?? throw new InvalidOperationException($"'{need}' is not installed; .ci/run lists the packages the full test run needs.");

    private static string? Node(string package) => Repository.Find("tests/interop/node/node_modules/" + package) is null ? null : OnPath("node");

    private static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Append("/usr/sbin")
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(File.Exists);
}
