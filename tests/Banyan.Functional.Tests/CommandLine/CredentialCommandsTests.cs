using Banyan.Contracts;
using Banyan.Functional.Tests.Platform;
using Banyan.Testing;

namespace Banyan.Functional.Tests.CommandLine;

/// <summary>Credentials by command, against a real server.</summary>
public sealed class CredentialCommandsTests(SharedServer shared) : IClassFixture<SharedServer>, IDisposable
{
    private readonly TempDirectory _directory = new();

    private BanyanServer Server => shared.Server;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Rotate_gives_a_new_token_and_ends_the_old_one()
    {
        var (old, fresh) = (_directory["old"], _directory["fresh"]);
        (await Server.CliAsync("credentials", "create", "ci", "--role", "administrator", "--out", old)).Must(0, "credential/ci created");
        (await AsAsync(old, "get", "domains")).Must(0);

        var rotated = (await Server.CliAsync("credentials", "rotate", "ci", "--out", fresh)).Must(0, "credential/ci rotated");

        Assert.Empty(rotated.Out);
        (await AsAsync(fresh, "get", "domains")).Must(0);
        (await AsAsync(old, "get", "domains")).Must(ExitCodes.Denied, "--token-file", "BANYAN_TOKEN_FILE");
        var mode = File.GetUnixFileMode(fresh);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
        Assert.DoesNotContain(await File.ReadAllTextAsync(fresh), Server.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reader_reads_and_changes_nothing()
    {
        var reader = Path.Combine(Server.Data, "reader.token");

        (await AsAsync(reader, "get", "domains")).Must(0);
        (await AsAsync(reader, "delete", "domain", "default")).Must(ExitCodes.Denied, "reader");
        (await AsAsync(reader, "credentials", "create", "mine", "--role", "administrator")).Must(ExitCodes.Denied);
        (await Server.CliAsync("get", "domain", "default")).Must(0);
    }

    [Fact]
    public async Task Unknown_and_missing_credentials_are_refused()
    {
        var wrong = _directory["wrong"];
        await File.WriteAllTextAsync(wrong, "bny_a_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n");

        (await AsAsync(wrong, "get", "domains")).Must(ExitCodes.Denied);
        (await AsAsync(_directory["nothing"], "get", "domains")).Must(ExitCodes.NotFound, "does not exist. Check --token-file and BANYAN_TOKEN_FILE.");
    }

    [Fact]
    public async Task List_shows_no_token()
    {
        var token = (await Server.CliAsync("credentials", "create", "listed", "--role", "reader")).Must(0, "The token is shown once").Out.Trim();

        var list = (await Server.CliAsync("credentials", "list", "-o", "json")).Must(0).Out;

        Assert.StartsWith("bny_r_", token, StringComparison.Ordinal);
        Assert.Contains("\"listed\"", list, StringComparison.Ordinal);
        Assert.DoesNotContain("bny_", list, StringComparison.Ordinal);
        (await Server.CliAsync("credentials", "create", "listed", "--role", "reader")).Must(ExitCodes.Conflict, "listed");
    }

    private Task<CliResult> AsAsync(string tokenFile, params string[] arguments) =>
        BanyanBinary.RunAsync([.. arguments, "--server", Server.Http.ToString(), "--token-file", tokenFile]);
}
