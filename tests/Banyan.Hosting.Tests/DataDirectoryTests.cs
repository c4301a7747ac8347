using System.Runtime.Versioning;
using Banyan.Contracts;
using Banyan.Testing;

namespace Banyan.Hosting.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class DataDirectoryTests
{
    [Fact]
    public void Directory_that_is_not_there_is_created_for_its_owner_only()
    {
        using var directory = new TempDirectory();

        DataDirectory.Prepare(directory["deep/data"]);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory["deep/data"]));
        Assert.Empty(Directory.GetFileSystemEntries(directory["deep/data"]));
    }

    [Fact]
    public async Task Directory_that_cannot_be_written_stops_the_start_with_its_own_code()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["file"], "in the way");
        await using var host = Hosts.Builder([new TestModule("alpha")], null, ("host.data", directory["file/data"])).Build();

        var error = await Assert.ThrowsAsync<HostStartException>(() => host.StartAsync(CancellationToken.None));

        Assert.Equal(ExitCodes.DataDirectoryUnusable, error.ExitCode);
        Assert.StartsWith($"The data directory '{directory["file/data"]}' cannot be written", error.Message, StringComparison.Ordinal);
        Assert.Contains("--data DIRECTORY", error.Message, StringComparison.Ordinal);
    }
}
