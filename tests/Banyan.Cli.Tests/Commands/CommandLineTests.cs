using Banyan.Contracts;
using Banyan.Testing;

namespace Banyan.Cli.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("Unknown option '--foce' for 'banyan apply'. Did you mean '--force'?", "apply", "-f", "x", "--foce")]
    [InlineData("Unknown command 'aply'. Did you mean 'apply'?", "aply")]
    [InlineData("Unknown option '--sever' for 'banyan get'. Did you mean '--server'?", "get", "services", "--sever", "x")]
    [InlineData("Unknown option '--wach' for 'banyan get'. Did you mean '--watch'?", "get", "services", "--wach")]
    [InlineData("Unknown command 'drian'. Did you mean 'drain'?", "instances", "drian")]
    public async Task A_mistyped_word_is_named_with_what_was_probably_meant(string expected, params string[] args)
    {
        var run = new CliRun();

        Assert.Equal(ExitCodes.Usage, await run.RunAsync(args));

        Assert.Contains(expected, run.Error.ToString());
        Assert.Empty(run.Out.ToString());
    }

    [Theory]
    [InlineData("get")]
    [InlineData("up", "--port-gateway", "70000")]
    [InlineData("get", "services", "-o", "xml")]
    [InlineData("apply")]
    public async Task A_wrong_command_line_ends_with_2(params string[] args) => Assert.Equal(ExitCodes.Usage, await new CliRun().RunAsync(args));

    [Fact]
    public async Task A_server_that_is_not_there_ends_with_6_and_says_how_to_start_it()
    {
        var run = new CliRun();

        Assert.Equal(ExitCodes.Unreachable, await run.RunAsync("get", "services", "--server", $"http://127.0.0.1:{FreePort.Next()}"));

        Assert.Contains("banyan up", run.Error.ToString());
    }

    [Fact]
    public async Task A_missing_credential_file_is_named()
    {
        var run = new CliRun();

        Assert.Equal(ExitCodes.NotFound, await run.RunAsync("get", "services", "--token-file", "/no/such/file"));

        Assert.Contains("/no/such/file", run.Error.ToString());
    }

    [Fact]
    public async Task Targets_are_a_table_for_people()
    {
        var run = new CliRun();

        Assert.Equal(ExitCodes.Success, await run.RunAsync("targets"));

        Assert.Equal(
            """
            NAME       PROVIDES                                REQUIRES   SUMMARY
            store      store                                   -          Keeps everything
            registry   registry.directory,registry.registrar   store      Knows who is there

            """,
            run.Out.ToString());
    }

    [Fact]
    public async Task Targets_are_yaml_for_machines()
    {
        var run = new CliRun();

        await run.RunAsync("targets", "-o", "yaml");

        Assert.Equal(
            """
            items:
            - name: store
              summary: Keeps everything
              provides:
              - store
              requires: []
            - name: registry
              summary: Knows who is there
              provides:
              - registry.directory
              - registry.registrar
              requires:
              - store

            """,
            run.Out.ToString());
    }

    [Fact]
    public async Task Config_print_shows_only_what_changed_when_asked()
    {
        var run = new CliRun { Directory = "/somewhere" };

        await run.RunAsync("config", "print", "--changed", "--data", "d");

        Assert.Equal("SETTING     VALUE          DEFAULT   SOURCE\nhost.data   /somewhere/d   data      flag\n", run.Out.ToString());
    }

    [Fact]
    public async Task A_store_operations_exit_code_is_the_commands()
    {
        var run = new CliRun { Directory = "/somewhere" };

        Assert.Equal(ExitCodes.DataDamaged, await run.RunAsync("store", "verify", "d", "-o", "json"));

        Assert.Equal("{\n  \"ok\": false,\n  \"summary\": \"Verify /somewhere/d\",\n  \"keys\": \"7\"\n}\n", run.Out.ToString());
    }

    [Fact]
    public async Task A_setting_without_a_value_is_refused_with_an_example()
    {
        var run = new CliRun();

        Assert.Equal(ExitCodes.Usage, await run.RunAsync("server", "--set", "gateway.http"));

        Assert.Contains("--set NAME=VALUE", run.Error.ToString());
    }

    [Fact]
    public async Task Apply_tells_every_fault_of_every_file_with_its_place()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["a.yaml"], "kind: Route\nmetadata: {}\n---\n- 1\n");
        File.WriteAllText(directory["b.json"], "{ \"kind\": ");
        var run = new CliRun { Directory = directory.Path };

        Assert.Equal(ExitCodes.InvalidInput, await run.RunAsync("apply", "-f", "."));

        var said = run.Error.ToString();
        Assert.Contains("a.yaml:1:1: The field 'metadata.name' is missing", said);
        Assert.Contains("a.yaml:4:1: A document must be a mapping", said);
        Assert.Contains("b.json:", said);
    }

    [Fact]
    public async Task Up_refuses_to_start_while_a_file_is_wrong()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["banyan.yaml"], "service: pets\nlisten: { prt: 1 }\n");
        var run = new CliRun { Directory = directory.Path };

        Assert.Equal(ExitCodes.InvalidInput, await run.RunAsync("up"));

        Assert.Contains("banyan.yaml:2:11: Unknown field 'prt' in 'listen'. Did you mean 'port'?", run.Error.ToString());
        Assert.False(System.IO.Directory.Exists(directory[".banyan"]));
    }

    [Fact]
    public async Task Up_whose_port_is_taken_ends_with_9()
    {
        using var directory = new TempDirectory();

        Assert.Equal(ExitCodes.PortInUse, await new CliRun { Directory = directory.Path }.RunAsync("up"));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _banyan banyan")]
    [InlineData("zsh", "compdef _banyan banyan")]
    [InlineData("fish", "complete -c banyan")]
    public async Task Completion_prints_a_script(string shell, string expected)
    {
        var run = new CliRun();

        Assert.Equal(ExitCodes.Success, await run.RunAsync("completion", shell));

        Assert.Contains(expected, run.Out.ToString());
    }

    [Fact]
    public async Task Completion_suggests_what_can_come_next()
    {
        var run = new CliRun();

        Assert.Equal(ExitCodes.Success, await run.RunAsync("[suggest:20]", "banyan instances dr"));

        Assert.Contains("drain", run.Out.ToString().Split('\n', StringSplitOptions.TrimEntries));
    }

    [Fact]
    public async Task Doctor_says_what_to_do_when_nothing_runs()
    {
        using var directory = new TempDirectory();
        var run = new CliRun { Directory = directory.Path };

        Assert.Equal(ExitCodes.Failure, await run.RunAsync("doctor", "--server", $"http://127.0.0.1:{FreePort.Next()}"));

        Assert.Matches(@"server +fail +The server at http://127\.0\.0\.1:\d+/ does not answer", run.Out.ToString());
        Assert.Matches("credential +fail +none found", run.Out.ToString());
    }
}
