using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Banyan.Cli.Yaml;
using YamlDotNet.RepresentationModel;

namespace Banyan.Cli.Manifests;

/// <summary>Reads <c>listen</c> and its health check.</summary>
internal static partial class ListenReader
{
    private static readonly string[] Probes = ["http", "tcp", "grpc"];

    public static ListenSection Read(MappingReader fields, YamlFaults faults)
    {
        if (fields.Get("listen") is not { } node || MappingReader.Open(node, "listen", faults, "port", "protocol", "check") is not { } listen)
        {
            return new ListenSection();
        }

        return new ListenSection
        {
            Port = listen.Integer("port", 1, 65535),
            Protocol = listen.OneOf("protocol", "http", "grpc", "tcp") ?? "http",
            Check = listen.Get("check") is { } check ? ReadCheck(check, faults) : null,
        };
    }

    /// <summary>The check in the form of the registry's API. <c>http: /healthz</c> is short for <c>http: {path: /healthz}</c>.</summary>
    private static JsonObject? ReadCheck(YamlNode node, YamlFaults faults)
    {
        if (MappingReader.Open(node, "listen.check", faults, "http", "tcp", "grpc", "interval", "timeout", "rise", "fall") is not { } check)
        {
            return null;
        }

        var result = new JsonObject();
        var probes = Probes.Where(p => check.Get(p) is not null).ToArray();
        if (probes.Length != 1)
        {
            faults.Add(node.Start, $"'listen.check' needs exactly one of http, tcp and grpc; it has {(probes.Length == 0 ? "none" : string.Join(" and ", probes))}.", probes.Length == 0 ? "required" : "duplicate");
        }

        foreach (var probe in probes)
        {
            result[probe] = ReadProbe(check, probe, faults);
        }

        foreach (var name in new[] { "interval", "timeout" })
        {
            if (check.Text(name) is { } text)
            {
                if (!Duration().IsMatch(text))
                {
                    faults.Add(check.Place(name), $"'listen.check.{name}' is '{text}'; write a number and a unit: 500ms, 5s, 1m.", "wrong-type");
                }

                result[name] = text;
            }
        }

        foreach (var name in new[] { "rise", "fall" })
        {
            if (check.Integer(name, 1, 20) is { } count)
            {
                result[name] = count;
            }
        }

        return result;
    }

    private static JsonObject ReadProbe(MappingReader check, string probe, YamlFaults faults)
    {
        var field = probe switch { "http" => "path", "grpc" => "service", _ => null };
        switch (check.Get(probe))
        {
            case YamlScalarNode { Value: { } text } when field is not null:
                CheckPath(check, probe, text, faults);
                return new JsonObject { [field] = text };
            case YamlMappingNode mapping:
                var inner = new MappingReader(mapping, check.Path(probe), faults, field is null ? [] : [field]);
                if (field is not null && inner.Text(field) is { } value)
                {
                    CheckPath(inner, field, value, faults);
                    return new JsonObject { [field] = value };
                }

                return [];
            case YamlScalarNode scalar when YamlScalars.AsBoolean(scalar) == true:
                return [];
            default:
                faults.Add(check.Place(probe), $"'{check.Path(probe)}' must be a mapping{(probe == "http" ? " or a path" : string.Empty)}.", "wrong-type");
                return [];
        }

        void CheckPath(MappingReader reader, string name, string text, YamlFaults found)
        {
            if (probe == "http" && !text.StartsWith('/'))
            {
                found.Add(reader.Place(name), $"'{reader.Path(name)}' is '{text}'; a path begins with '/'.", "out-of-range");
            }
        }
    }

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+)?(ms|s|m|h)$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}
