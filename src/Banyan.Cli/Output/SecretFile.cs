namespace Banyan.Cli.Output;

/// <summary>Files only their owner may read, from their first byte on.</summary>
internal static class SecretFile
{
    /// <summary>Writes and replaces in one step: a reader sees the old secret or the new one, never half of it.</summary>
    public static void Write(string path, string secret)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(fresh, options))
        {
            writer.Write(secret + "\n");
        }

        File.Move(fresh, path, overwrite: true);
    }
}
