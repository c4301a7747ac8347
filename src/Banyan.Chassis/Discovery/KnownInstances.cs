using Banyan.Contracts.Registry.V1;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace Banyan.Chassis.Discovery;

/// <summary>The last known instances of each used service, on disk, so that a program can start while Banyan is away. One file a service, replaced whole.</summary>
internal sealed class KnownInstances(ChassisOptions options, ILogger<KnownInstances> log)
{
    public WatchResponse? Read(string service)
    {
        if (PathOf(service) is not { } path)
        {
            return null;
        }

        try
        {
            return WatchResponse.Parser.ParseFrom(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidProtocolBufferException)
        {
            // No copy, or not one of ours: as good as none.
            return null;
        }
    }

    public void Keep(string service, IEnumerable<Instance> instances)
    {
        if (PathOf(service) is not { } path)
        {
            return;
        }

        var next = $"{path}.{Environment.ProcessId}.{options.Instance}.tmp";
        try
        {
            Directory.CreateDirectory(options.CacheDirectory!);
            var copy = new WatchResponse { Reset = true };
            copy.Changed.AddRange(instances);
            File.WriteAllBytes(next, copy.ToByteArray());

            // A reader sees the old file or the new one, never half of one.
            File.Move(next, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.NotKept(service, path, e.Message);
        }
    }

    private string? PathOf(string service) =>
        options.CacheDirectory is { } directory ? Path.Combine(directory, $"{options.Domain}.{service}.instances") : null;
}
