using System.Runtime.InteropServices;
using System.Text;

namespace Banyan.Cli.Processes;

/// <summary>
/// One program with everything it starts, as a process group of its own: Ctrl-C in the terminal does not reach it, and a signal to the group reaches all of it.
/// A guard inside the group reads a pipe from this process; when this process ends, however it ends, the pipe closes and the guard ends the group.
/// </summary>
/// <remarks>
/// <code>
/// this process ──pipe──▶ guard (sh, ignores TERM)      both in the group whose leader is the program:
///      ◀─stdout, stderr── program (exec'd by that sh)   TERM to the group, up to 5 s, KILL to the group
/// </code>
/// </remarks>
internal sealed class ProcessGroup : IAsyncDisposable
{
    // $1 = directory, the rest = program and arguments. The guard is a subshell: $$ stays the id of the shell that becomes the program.
    private const string Script = """
        exec 3<&0
        ( trap '' TERM INT HUP
          read -r _ <&3
          kill -TERM 0
          n=0
          while kill -0 $$ 2>/dev/null && [ $n -lt 50 ]; do sleep 0.1; n=$((n+1)); done
          kill -KILL 0 ) >/dev/null 2>&1 &
        cd "$1" || exit 126
        shift
        exec "$@" </dev/null 3<&-
        """;

    private readonly UnixPipe _guard;
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ProcessGroup(int id, UnixPipe guard, Stream output, Stream error)
    {
        Id = id;
        _guard = guard;
        Output = output;
        Error = error;
    }

    /// <summary>The program's process id, and the group's.</summary>
    public int Id { get; }

    public Stream Output { get; }

    public Stream Error { get; }

    /// <summary>The exit code; 128 + signal when a signal ended it. Everything the program left behind is gone by then.</summary>
    public Task<int> Exit => _exit.Task;

    /// <summary>Starts a program. One that cannot be started ends with 127 (not found) or 126 and says so on its error stream.</summary>
    public static ProcessGroup Start(IReadOnlyList<string> command, string directory, IReadOnlyDictionary<string, string> environment)
    {
        var guard = UnixPipe.Create();
        var output = UnixPipe.Create();
        var error = UnixPipe.Create();
        try
        {
            string[] arguments = ["/bin/sh", "-c", Script, "banyan", directory, .. command];
            var variables = environment.Select(v => $"{v.Key}={v.Value}").ToArray();
            var id = PosixSpawn.InNewGroup(arguments, variables, guard.ReadEnd, output.WriteEnd, error.WriteEnd);
            guard.CloseReadEnd();
            output.CloseWriteEnd();
            error.CloseWriteEnd();
            var group = new ProcessGroup(id, guard, output.OpenReader(), error.OpenReader());

            // waitpid blocks; one small thread a child is the only way that neither polls nor races with other waiters.
            new Thread(group.WaitForEnd, 128 << 10) { IsBackground = true, Name = $"wait {id}" }.Start();
            return group;
        }
        catch
        {
            guard.Dispose();
            output.Dispose();
            error.Dispose();
            throw;
        }
    }

    /// <summary>The environment of this process, to start from.</summary>
    public static Dictionary<string, string> InheritedEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? string.Empty, StringComparer.Ordinal);

    /// <summary>Asks the whole group to end (SIGTERM), waits, then ends it (SIGKILL).</summary>
    /// <returns>True when it ended by itself in time.</returns>
    public async Task<bool> StopAsync(TimeSpan deadline, TimeProvider clock)
    {
        Signal(PosixSpawn.SigTerm);
        try
        {
            await Exit.WaitAsync(deadline, clock).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            Signal(PosixSpawn.SigKill);
            await Exit.ConfigureAwait(false);
            return false;
        }
    }

    /// <summary>Ends the whole group at once.</summary>
    public void Kill() => Signal(PosixSpawn.SigKill);

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Exit.ConfigureAwait(false);
        await Output.DisposeAsync().ConfigureAwait(false);
        await Error.DisposeAsync().ConfigureAwait(false);
    }

    // A group's id stays taken while any member lives, and the guard lives until the last signal: it cannot hit a stranger.
    private void Signal(int signal)
    {
        lock (_guard)
        {
            if (!_guard.Disposed)
            {
                PosixSpawn.SignalGroup(Id, signal);
            }
        }
    }

    private void WaitForEnd()
    {
        var code = PosixSpawn.Wait(Id);
        lock (_guard)
        {
            // The program is gone; its guard and whatever it left running go with it.
            PosixSpawn.SignalGroup(Id, PosixSpawn.SigKill);
            _guard.Dispose();
        }

        _exit.TrySetResult(code);
    }
}
