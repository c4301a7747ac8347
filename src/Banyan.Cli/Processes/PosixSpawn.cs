using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Banyan.Cli.Processes;

/// <summary>
/// posix_spawn(3), kill(2) and waitpid(2): what <see cref="System.Diagnostics.Process"/> lacks is a new process group, which must be made before the program runs.
/// The framework's own child handling ignores processes it did not start.
/// </summary>
internal static class PosixSpawn
{
    public const int SigKill = 9;
    public const int SigTerm = 15;

    private const int ErrorInterrupted = 4;

    // POSIX_SPAWN_SETPGROUP | SETSIGDEF | SETSIGMASK; the same numbers on Linux (glibc, musl) and macOS.
    private const short Flags = 0x02 | 0x04 | 0x08;

    // posix_spawnattr_t, posix_spawn_file_actions_t and sigset_t are at most 336, 80 and 128 bytes on the systems .NET runs on.
    private const int OpaqueSize = 1024;

    public static int InNewGroup(string[] arguments, string[] environment, SafeHandle input, SafeHandle output, SafeHandle error)
    {
        var attributes = Marshal.AllocHGlobal(OpaqueSize);
        var actions = Marshal.AllocHGlobal(OpaqueSize);
        var signals = Marshal.AllocHGlobal(OpaqueSize);
        try
        {
            Check(posix_spawnattr_init(attributes));
            Check(posix_spawn_file_actions_init(actions));
            Check(posix_spawnattr_setflags(attributes, Flags));
            Check(posix_spawnattr_setpgroup(attributes, 0));

            // The runtime ignores SIGPIPE and handles others; the program starts with the defaults, none blocked.
            _ = sigfillset(signals);
            Check(posix_spawnattr_setsigdefault(attributes, signals));
            _ = sigemptyset(signals);
            Check(posix_spawnattr_setsigmask(attributes, signals));
            Check(posix_spawn_file_actions_adddup2(actions, (int)input.DangerousGetHandle(), 0));
            Check(posix_spawn_file_actions_adddup2(actions, (int)output.DangerousGetHandle(), 1));
            Check(posix_spawn_file_actions_adddup2(actions, (int)error.DangerousGetHandle(), 2));
            Check(posix_spawn(out var id, arguments[0], actions, attributes, [.. arguments, null], [.. environment, null]));
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
            GC.KeepAlive(input);
            GC.KeepAlive(output);
            GC.KeepAlive(error);
            return id;
        }
        finally
        {
            Marshal.FreeHGlobal(attributes);
            Marshal.FreeHGlobal(actions);
            Marshal.FreeHGlobal(signals);
        }
    }

    public static void SignalGroup(int id, int signal) => _ = kill(-id, signal);

    /// <summary>Blocks until the process ends; its exit code, or 128 + the signal that ended it.</summary>
    public static int Wait(int id)
    {
        int status;
        while (waitpid(id, out status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != ErrorInterrupted)
            {
                return 255;
            }
        }

        var signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new Win32Exception(error);
        }
    }

#pragma warning disable SYSLIB1054 // Called a few times in a process's life; generated marshalling would need unsafe code.
    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false)]
    private static extern int posix_spawn(out int id, string path, IntPtr actions, IntPtr attributes, string?[] arguments, string?[] environment);

    [DllImport("libc")]
    private static extern int posix_spawnattr_init(IntPtr attributes);

    [DllImport("libc")]
    private static extern int posix_spawnattr_destroy(IntPtr attributes);

    [DllImport("libc")]
    private static extern int posix_spawnattr_setflags(IntPtr attributes, short flags);

    [DllImport("libc")]
    private static extern int posix_spawnattr_setpgroup(IntPtr attributes, int group);

    [DllImport("libc")]
    private static extern int posix_spawnattr_setsigdefault(IntPtr attributes, IntPtr signals);

    [DllImport("libc")]
    private static extern int posix_spawnattr_setsigmask(IntPtr attributes, IntPtr signals);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_init(IntPtr actions);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_destroy(IntPtr actions);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_adddup2(IntPtr actions, int from, int to);

    [DllImport("libc")]
    private static extern int sigfillset(IntPtr signals);

    [DllImport("libc")]
    private static extern int sigemptyset(IntPtr signals);

    [DllImport("libc")]
    private static extern int kill(int id, int signal);

    [DllImport("libc", SetLastError = true)]
    private static extern int waitpid(int id, out int status, int options);
#pragma warning restore SYSLIB1054
}
