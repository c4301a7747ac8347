using System.Globalization;
using Banyan.Cli.Manifests;
using Banyan.Cli.Processes;

namespace Banyan.Cli.Up;

/// <summary>Builds services, a few at a time; what a build writes is shown only when it fails. A service whose files did not change is not built again.</summary>
internal sealed class ServiceBuilds(string stampDirectory, UpLog log, TimeProvider clock)
{
    private static readonly HashSet<string> Skipped = new(StringComparer.Ordinal) { "bin", "obj", ".git", "artifacts", "node_modules", ".banyan" };

    private readonly SemaphoreSlim _slots = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>True when the service can be started.</summary>
    public async Task<bool> BuildAsync(ServiceManifest manifest, CancellationToken cancellation)
    {
        if (manifest.Dev?.Build is not { } command)
        {
            return true;
        }

        var stamp = Path.Combine(stampDirectory, $"{manifest.Domain}.{manifest.Service}.built");
        var state = State(manifest.Directory, command);
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp, cancellation).ConfigureAwait(false) == state)
        {
            return true;
        }

        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            log.Say(manifest.Service, $"building: {command}");
            var started = clock.GetTimestamp();
            var lines = new List<string>();
            var process = ProcessGroup.Start(CommandLine.Split(command), manifest.Directory, ProcessGroup.InheritedEnvironment());
            int code;
            await using (process.ConfigureAwait(false))
            {
                var output = Task.WhenAll(LineReader.ReadAsync(process.Output, Keep), LineReader.ReadAsync(process.Error, Keep));
                code = await process.Exit.WaitAsync(cancellation).ConfigureAwait(false);
                await output.ConfigureAwait(false);
            }

            if (code == 0)
            {
                await File.WriteAllTextAsync(stamp, State(manifest.Directory, command), cancellation).ConfigureAwait(false);
                log.Say(manifest.Service, string.Create(CultureInfo.InvariantCulture, $"built in {clock.GetElapsedTime(started).TotalSeconds:0.0} s"));
                return true;
            }

            log.Text($"\n{manifest.Service} does not build (code {code}); the other services go on.\n  command:   {command}\n  directory: {manifest.Directory}\n{string.Concat(lines.Select(l => $"    {l}\n"))}\n  Correct it and run 'banyan up' again.\n");
            return false;

            void Keep(string line)
            {
                lock (lines)
                {
                    lines.Add(line);
                }
            }
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Changes whenever a file of the service, or its build command, does.</summary>
    internal static string State(string directory, string command)
    {
        var newest = 0L;
        var count = 0;
        var pending = new Stack<string>([directory]);
        while (pending.TryPop(out var current))
        {
            foreach (var entry in new DirectoryInfo(current).EnumerateFileSystemInfos())
            {
                if (entry is DirectoryInfo child)
                {
                    if (!Skipped.Contains(child.Name) && child.LinkTarget is null)
                    {
                        pending.Push(child.FullName);
                    }
                }
                else
                {
                    newest = Math.Max(newest, entry.LastWriteTimeUtc.Ticks);
                    count++;
                }
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{newest} {count} {command}");
    }
}
