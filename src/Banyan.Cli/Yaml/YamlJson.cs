using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Banyan.Cli.Yaml;

/// <summary>Between YAML and JSON.</summary>
internal static class YamlJson
{
    // Aliases let a short text name a huge or endless tree; nobody writes one by hand.
    private const int MaxNodes = 200_000;
    private const int MaxDepth = 100;

    /// <summary>The JSON value of a node; faults for what JSON cannot say.</summary>
    public static JsonNode? FromYaml(YamlNode node, YamlFaults faults)
    {
        var left = MaxNodes;
        return Convert(node, faults, ref left, 0);
    }

    /// <summary>YAML text of a value; keys in the order they have.</summary>
    public static string ToYaml(JsonNode? value)
    {
        var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024, skipAnchorName: true));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, value);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static JsonNode? Convert(YamlNode node, YamlFaults faults, ref int left, int depth)
    {
        if (--left < 0 || depth > MaxDepth)
        {
            if (left == -1 || depth == MaxDepth + 1)
            {
                faults.Add(node.Start, "Too deep or too large, perhaps by aliases that refer to each other. Write it out.", "too-large");
                left = Math.Min(left, -2);
            }

            return null;
        }

        switch (node)
        {
            case YamlScalarNode scalar:
                return YamlScalars.ToJson(scalar);
            case YamlSequenceNode sequence:
                var array = new JsonArray();
                foreach (var item in sequence)
                {
                    if (left < 0)
                    {
                        break;
                    }

                    array.Add(Convert(item, faults, ref left, depth + 1));
                }

                return array;
            case YamlMappingNode mapping:
                var document = new JsonObject();
                foreach (var (key, value) in mapping)
                {
                    if (left < 0)
                    {
                        break;
                    }

                    if (key is YamlScalarNode { Value: { } name })
                    {
                        document[name] = Convert(value, faults, ref left, depth + 1);
                    }
                    else
                    {
                        faults.Add(key.Start, "A key must be plain text.", "wrong-type");
                    }
                }

                return document;
            default:
                faults.Add(node.Start, "An alias that refers to itself cannot be written as JSON.", "syntax");
                return null;
        }
    }

    private static void Emit(Emitter emitter, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject document:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, true, document.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (name, child) in document)
                {
                    EmitText(emitter, name);
                    Emit(emitter, child);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray array:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, true, array.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var child in array)
                {
                    Emit(emitter, child);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue scalar when scalar.TryGetValue(out string? text):
                EmitText(emitter, text);
                break;
            default:
                emitter.Emit(new Scalar(value?.ToJsonString() ?? "null"));
                break;
        }
    }

    private static void EmitText(Emitter emitter, string text)
    {
        var style = text.Contains('\n') ? ScalarStyle.Literal : YamlScalars.NeedsQuotes(text) ? ScalarStyle.DoubleQuoted : ScalarStyle.Any;
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, style, true, true));
    }
}
