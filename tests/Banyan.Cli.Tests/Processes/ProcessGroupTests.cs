using System.Globalization;
using Banyan.Cli.Processes;
using Banyan.Testing;

namespace Banyan.Cli.Tests.Processes;

public sealed class ProcessGroupTests
{
    [Fact]
    public async Task Output_exit_code_directory_and_environment_are_the_programs_own()
    {
        using var directory = new TempDirectory();
        var environment = ProcessGroup.InheritedEnvironment();
        environment["GREETING"] = "hello there";
        await using var process = ProcessGroup.Start(["/bin/sh", "-c", "echo \"$GREETING\"; pwd; echo oops >&2; exit 7"], directory.Path, environment);
        var (lines, errors) = await ReadAsync(process);

        Assert.Equal(7, await process.Exit);
        Assert.Equal(["hello there", directory.Path], lines);
        Assert.Equal(["oops"], errors);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_ends_with_127_and_says_its_name()
    {
        await using var process = Start("no-such-program-here");
        var (_, errors) = await ReadAsync(process);

        Assert.Equal(127, await process.Exit);
        Assert.Contains("no-such-program-here", string.Join('\n', errors));
    }

    [Fact]
    public async Task Stop_reaches_what_the_program_started()
    {
        await using var process = Start("/bin/sh", "-c", "sleep 1000 & echo $!; wait");
        var child = await FirstLineAsync(process);

        Assert.True(await process.StopAsync(Eventually.Deadline, TimeProvider.System));

        await Eventually.True(() => !Alive(child), "the grandchild is gone");
        Assert.Equal(128 + 15, await process.Exit);
    }

    [Fact]
    public async Task A_program_that_ignores_term_is_killed_after_the_deadline()
    {
        await using var process = Start("/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done");
        await FirstLineAsync(process);

        Assert.False(await process.StopAsync(TimeSpan.FromMilliseconds(50), TimeProvider.System));

        Assert.Equal(128 + 9, await process.Exit);
    }

    [Fact]
    public async Task A_program_sees_term_and_may_end_in_its_own_way()
    {
        await using var process = Start("/bin/sh", "-c", "trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done");
        await FirstLineAsync(process);

        Assert.True(await process.StopAsync(Eventually.Deadline, TimeProvider.System));

        Assert.Equal(3, await process.Exit);
    }

    [Fact]
    public async Task What_a_program_leaves_behind_ends_with_it()
    {
        await using var process = Start("/bin/sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!");
        var child = await FirstLineAsync(process);
        await process.Exit;

        await Eventually.True(() => !Alive(child), "the program left behind is gone");
    }

    [Fact]
    public async Task Killing_the_starter_ends_the_program_and_all_it_started()
    {
        // The program ignores SIGTERM: the guard must go on to SIGKILL by itself, nobody else is left to do it.
        const string program = "trap '' TERM; sleep 1000 & echo $!; while :; do wait; done";
        await using var starter = TestProcess.Start("dotnet", [System.IO.Path.Combine(AppContext.BaseDirectory, "Banyan.Cli.TestHost.dll"), "/bin/sh", "-c", program]);
        await starter.WaitForOutputAsync("child ");
        var ids = starter.Output.Split([' ', '\n'], StringSplitOptions.TrimEntries).Where(word => word.Length > 0 && word.All(char.IsAsciiDigit)).Select(int.Parse).ToArray();
        Assert.Equal(2, ids.Length);

        starter.KillAlone();

        foreach (var id in ids)
        {
            await Eventually.True(() => !Alive(id), $"process {id} is gone");
        }
    }

    private static ProcessGroup Start(params string[] command) => ProcessGroup.Start(command, "/", ProcessGroup.InheritedEnvironment());

    private static bool Alive(int id)
    {
        try
        {
            // A zombie whose parent has not looked yet is as dead as it gets.
            return !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<int> FirstLineAsync(ProcessGroup process)
    {
        var first = new TaskCompletionSource<string>();
        _ = LineReader.ReadAsync(process.Output, line => first.TrySetResult(line));
        return int.TryParse(await first.Task.WaitAsync(Eventually.Deadline), CultureInfo.InvariantCulture, out var id) ? id : 0;
    }

    private static async Task<(List<string> Lines, List<string> Errors)> ReadAsync(ProcessGroup process)
    {
        var (lines, errors) = (new List<string>(), new List<string>());
        await Task.WhenAll(LineReader.ReadAsync(process.Output, lines.Add), LineReader.ReadAsync(process.Error, errors.Add)).WaitAsync(Eventually.Deadline);
        return (lines, errors);
    }
}
