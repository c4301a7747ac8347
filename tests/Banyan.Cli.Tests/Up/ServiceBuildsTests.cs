using Banyan.Cli.Manifests;
using Banyan.Cli.Up;
using Banyan.Cli.Output;
using Banyan.Testing;

namespace Banyan.Cli.Tests.Up;

public sealed class ServiceBuildsTests : IDisposable
{
    private readonly TempDirectory _service = new();
    private readonly TempDirectory _stamps = new();
    private readonly StringWriter _out = new();

    public void Dispose()
    {
        _service.Dispose();
        _stamps.Dispose();
    }

    [Fact]
    public async Task A_service_that_did_not_change_is_not_built_again()
    {
        File.WriteAllText(_service["source"], "1");

        Assert.True(await BuildAsync("echo x >> bin.log; mkdir -p bin; echo x >> bin/count"));
        Assert.True(await BuildAsync("echo x >> bin.log; mkdir -p bin; echo x >> bin/count"));

        Assert.Single(File.ReadAllLines(_service["bin/count"]));
    }

    [Fact]
    public async Task An_edited_or_removed_file_builds_again()
    {
        const string command = "mkdir -p bin; echo x >> bin/count";
        File.WriteAllText(_service["source"], "1");
        File.WriteAllText(_service["other"], "1");
        await BuildAsync(command);

        File.Delete(_service["other"]);
        await BuildAsync(command);
        File.SetLastWriteTimeUtc(_service["source"], new DateTime(2040, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await BuildAsync(command);

        Assert.Equal(3, File.ReadAllLines(_service["bin/count"]).Length);
    }

    [Fact]
    public async Task A_failed_build_shows_what_it_wrote_and_is_tried_again()
    {
        Assert.False(await BuildAsync("echo 'a.cs(1,2): error: no'; exit 3"));
        Assert.Contains("a.cs(1,2): error: no", _out.ToString());

        Assert.False(await BuildAsync("echo 'a.cs(1,2): error: no'; exit 3"));
    }

    [Fact]
    public async Task A_build_that_works_keeps_its_output_to_itself()
    {
        Assert.True(await BuildAsync("echo noise; true"));

        Assert.DoesNotContain("noise\n", _out.ToString().Replace("building: echo noise; true\n", string.Empty, StringComparison.Ordinal));
    }

    private Task<bool> BuildAsync(string command)
    {
        var io = new CliIo { Out = _out, Error = _out, In = TextReader.Null, Variable = _ => null, WorkingDirectory = "/", HomeDirectory = "/", OutIsTerminal = false, ErrorIsTerminal = false };
        var manifest = new ServiceManifest
        {
            File = _service["banyan.yaml"],
            Directory = _service.Path,
            Service = "pets",
            Dev = new DevSection { Run = ["true"], Build = command },
        };
        return new ServiceBuilds(_stamps.Path, new UpLog(io), TimeProvider.System).BuildAsync(manifest, CancellationToken.None);
    }
}
