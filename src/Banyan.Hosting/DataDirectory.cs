using Banyan.Contracts;

namespace Banyan.Hosting;

/// <summary>The directory everything durable of this process is in.</summary>
public static class DataDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary><c>~/.banyan</c>, or <c>.banyan</c> here where there is no home.</summary>
    public static string Default
    {
        get
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return Path.Combine(home.Length == 0 ? Environment.CurrentDirectory : home, ".banyan");
        }
    }

    /// <summary>The full path of what a user wrote; a leading <c>~/</c> is the home directory.</summary>
    public static string Resolve(string path) =>
        path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[2..])
        : string.IsNullOrWhiteSpace(path) ? path
        : Path.GetFullPath(path);

    /// <summary>Creates the directory, readable by its owner only, when it is not there, and makes sure that it can be written.</summary>
    /// <exception cref="HostStartException">It cannot be created or written.</exception>
    public static void Prepare(string path)
    {
        try
        {
            if (!Directory.Exists(path))
            {
                if (OperatingSystem.IsWindows())
                {
                    Directory.CreateDirectory(path);
                }
                else
                {
                    Directory.CreateDirectory(path, OwnerOnly);
                }
            }

            // A mode bit says little (read-only mounts, root, ACLs): writing is the only test of writing.
            var probe = Path.Combine(path, $".probe-{Environment.ProcessId}");
            using (new FileStream(probe, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostStartException(
                HostErrors.DataDirectoryUnusable,
                ExitCodes.DataDirectoryUnusable,
                $"The data directory '{path}' cannot be written: {e.Message.TrimEnd('.')}. Make it writable for this user, or choose another with '--data DIRECTORY'.",
                e);
        }
    }
}
