using System.Text.Json;
using Banyan.Contracts;
using Banyan.Contracts.Registry.V1;
using Banyan.Contracts.Text;
using Google.Protobuf.WellKnownTypes;

namespace Banyan.Registry.Endpoints;

/// <summary>Reads JSON bodies into requests. Structural faults are collected, all at once: unknown fields, wrong types, values that cannot be read.</summary>
internal sealed class RegistrationReader
{
    private static readonly string[] RegistrationFields = ["host", "port", "scheme", "zone", "weight", "version", "metadata", "state", "check", "ttl"];
    private static readonly string[] CheckFields = ["http", "tcp", "grpc", "interval", "timeout", "rise", "fall"];

    private readonly List<Fault> _faults = [];

    public IReadOnlyList<Fault> Faults => _faults;

    /// <summary>The body of a registration; the names come from the path.</summary>
    public RegisterRequest ReadRegistration(JsonElement body, string domain, string service, string id)
    {
        var request = new RegisterRequest { Instance = new Instance { Domain = domain, Service = service, Id = id } };
        foreach (var field in Fields(body, string.Empty, RegistrationFields))
        {
            var value = field.Value;
            var pointer = $"/{field.Name}";
            switch (field.Name)
            {
                case "host": request.Instance.Host = Text(value, pointer); break;
                case "port": request.Instance.Port = Number(value, pointer); break;
                case "scheme": request.Instance.Scheme = Text(value, pointer); break;
                case "zone": request.Instance.Zone = Text(value, pointer); break;
                case "weight": request.Instance.Weight = Weight(value, pointer); break;
                case "version": request.Instance.Version = Text(value, pointer); break;
                case "state": request.Instance.State = State(value, pointer); break;
                case "metadata": ReadMetadata(value, request.Instance); break;
                case "check": request.Check = ReadCheck(value, pointer); break;
                case "ttl": request.Ttl = Time(value, pointer); break;
            }
        }

        return request;
    }

    /// <summary>The optional body of a heartbeat or a drain: what the instance says of itself, and why.</summary>
    public (InstanceState Self, string Reason) ReadWord(JsonElement body, bool withState)
    {
        var (self, reason) = (InstanceState.Unspecified, string.Empty);
        foreach (var field in Fields(body, string.Empty, withState ? ["state", "reason"] : ["reason"]))
        {
            if (field.Name == "state")
            {
                self = State(field.Value, "/state");
            }
            else
            {
                reason = Text(field.Value, "/reason");
            }
        }

        return (self, reason);
    }

    private HealthCheck ReadCheck(JsonElement body, string at)
    {
        var check = new HealthCheck();
        var probes = 0;
        foreach (var field in Fields(body, at, CheckFields))
        {
            var value = field.Value;
            var pointer = $"{at}/{field.Name}";
            switch (field.Name)
            {
                case "http": check.Http = ReadHttp(value, pointer); probes++; break;
                case "tcp": Fields(value, pointer, []); check.Tcp = new TcpProbe(); probes++; break;
                case "grpc": check.Grpc = ReadGrpc(value, pointer); probes++; break;
                case "interval": check.Interval = Time(value, pointer); break;
                case "timeout": check.Timeout = Time(value, pointer); break;
                case "rise": check.Rise = Number(value, pointer); break;
                case "fall": check.Fall = Number(value, pointer); break;
            }
        }

        if (probes > 1)
        {
            _faults.Add(new Fault(at, "Name one of http, tcp and grpc, not several.", "duplicate"));
        }

        return check;
    }

    private HttpProbe ReadHttp(JsonElement body, string at)
    {
        var probe = new HttpProbe();
        foreach (var field in Fields(body, at, ["path", "minStatus", "maxStatus"]))
        {
            var pointer = $"{at}/{field.Name}";
            switch (field.Name)
            {
                case "path": probe.Path = Text(field.Value, pointer); break;
                case "minStatus": probe.MinStatus = Number(field.Value, pointer); break;
                case "maxStatus": probe.MaxStatus = Number(field.Value, pointer); break;
            }
        }

        return probe;
    }

    private GrpcProbe ReadGrpc(JsonElement body, string at)
    {
        var probe = new GrpcProbe();
        foreach (var field in Fields(body, at, ["service"]))
        {
            probe.Service = Text(field.Value, $"{at}/service");
        }

        return probe;
    }

    private void ReadMetadata(JsonElement body, Instance instance)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            Wrong(body, "/metadata", "an object with text values");
            return;
        }

        foreach (var field in body.EnumerateObject())
        {
            instance.Metadata[field.Name] = Text(field.Value, $"/metadata/{Escape(field.Name)}");
        }
    }

    private List<JsonProperty> Fields(JsonElement body, string at, string[] known)
    {
        var fields = new List<JsonProperty>();
        if (body.ValueKind != JsonValueKind.Object)
        {
            Wrong(body, at, "an object");
            return fields;
        }

        foreach (var field in body.EnumerateObject())
        {
            if (!known.Contains(field.Name))
            {
                var fieldsHere = known.Length == 0 ? "no fields" : string.Join(", ", known);
                _faults.Add(new Fault($"{at}/{Escape(field.Name)}", $"There is no field '{field.Name}' here. There is: {fieldsHere}.", "unknown-field"));
            }
            else if (field.Value.ValueKind != JsonValueKind.Null)
            {
                fields.Add(field);
            }
        }

        return fields;
    }

    private string Text(JsonElement value, string pointer) => value.ValueKind == JsonValueKind.String ? value.GetString()! : Wrong(value, pointer, "a text") ?? string.Empty;

    private uint Number(JsonElement value, string pointer)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetUInt32(out var number))
        {
            return number;
        }

        Wrong(value, pointer, "a whole number");
        return 1;
    }

    private uint Weight(JsonElement value, string pointer)
    {
        var weight = Number(value, pointer);
        if (weight == 0)
        {
            _faults.Add(new Fault(pointer, "Give a weight from 1 to 1000; to take an instance out of traffic, drain it.", "out-of-range"));
        }

        return weight;
    }

    private Duration? Time(JsonElement value, string pointer)
    {
        if (value.ValueKind == JsonValueKind.String && DurationText.TryParse(value.GetString()!, out var time))
        {
            return Duration.FromTimeSpan(time);
        }

        Wrong(value, pointer, "a time such as \"500ms\", \"5s\" or \"2m\"");
        return null;
    }

    private InstanceState State(JsonElement value, string pointer)
    {
        switch (value.ValueKind == JsonValueKind.String ? value.GetString() : null)
        {
            case "starting": return InstanceState.Starting;
            case "up": return InstanceState.Up;
            case "down": return InstanceState.Down;
            default:
                Wrong(value, pointer, "\"starting\", \"up\" or \"down\"");
                return InstanceState.Unspecified;
        }
    }

    private string? Wrong(JsonElement value, string pointer, string wanted)
    {
        var given = value.ValueKind == JsonValueKind.Undefined ? "nothing" : value.GetRawText();
        _faults.Add(new Fault(pointer, $"Give {wanted}, not {(given.Length <= 60 ? given : string.Concat(given.AsSpan(0, 57), "..."))}.", "wrong-type"));
        return null;
    }

    private static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
