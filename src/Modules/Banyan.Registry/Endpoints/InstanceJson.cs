using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Banyan.Contracts.Registry.V1;

namespace Banyan.Registry.Endpoints;

/// <summary>Instances as JSON, written straight from the messages.</summary>
internal static class InstanceJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static byte[] Write(WatchResponse response) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("reset", response.Reset);
        writer.WriteNumber("version", response.VersionNumber);
        writer.WriteStartArray("changed");
        foreach (var instance in response.Changed)
        {
            Write(writer, instance);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("removed");
        foreach (var key in response.Removed)
        {
            writer.WriteStartObject();
            writer.WriteString("domain", key.Domain);
            writer.WriteString("service", key.Service);
            writer.WriteString("id", key.Id);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>A list: <c>{version, items}</c>.</summary>
    public static byte[] Write(IEnumerable<Instance> instances, long version) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("version", version);
        writer.WriteStartArray("items");
        foreach (var instance in instances)
        {
            Write(writer, instance);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public static byte[] Write(Instance instance) => Write(writer => Write(writer, instance));

    public static byte[] Write(RegisterResponse response) => Write(writer =>
    {
        writer.WriteStartObject();
        WriteFields(writer, response.Instance);
        if (response.HeartbeatInterval is { } interval)
        {
            writer.WriteString("heartbeatInterval", $"{interval.ToTimeSpan().TotalSeconds:0.###}s");
        }

        writer.WriteEndObject();
    });

    public static byte[] Write(HeartbeatResponse response) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("state", Word(response.State));
        writer.WriteEndObject();
    });

    public static string Word(InstanceState state) => state switch
    {
        InstanceState.Starting => "starting",
        InstanceState.Up => "up",
        InstanceState.Down => "down",
        InstanceState.Draining => "draining",
        InstanceState.Lost => "lost",
        _ => "unknown",
    };

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, Instance instance)
    {
        writer.WriteStartObject();
        WriteFields(writer, instance);
        writer.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter writer, Instance instance)
    {
        writer.WriteString("domain", instance.Domain);
        writer.WriteString("service", instance.Service);
        writer.WriteString("id", instance.Id);
        writer.WriteString("host", instance.Host);
        writer.WriteNumber("port", instance.Port);
        writer.WriteString("scheme", instance.Scheme);
        writer.WriteString("zone", instance.Zone);
        writer.WriteNumber("weight", instance.Weight);
        writer.WriteString("version", instance.Version);
        writer.WriteStartObject("metadata");
        foreach (var (key, value) in instance.Metadata)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
        writer.WriteString("state", Word(instance.State));
        writer.WriteString("reason", instance.Reason);
        if (instance.Since is not null)
        {
            writer.WriteString("since", instance.Since.ToDateTimeOffset());
        }

        if (instance.RegisteredAt is not null)
        {
            writer.WriteString("registeredAt", instance.RegisteredAt.ToDateTimeOffset());
        }

        writer.WriteBoolean("leased", instance.Leased);
    }
}
