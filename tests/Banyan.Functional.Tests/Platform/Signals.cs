using System.Runtime.InteropServices;

namespace Banyan.Functional.Tests.Platform;

/// <summary>Signals to processes of the tests.</summary>
internal static partial class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>Sends a signal to one process.</summary>
    public static void Send(int process, int signal) => Assert.Equal(0, SendTo(process, signal));

    /// <summary>True when the process still runs; one that has ended but was not waited for yet does not.</summary>
    public static bool IsAlive(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendTo(int process, int signal);
}
