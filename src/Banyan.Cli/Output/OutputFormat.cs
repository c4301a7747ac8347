using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Cli.Yaml;

namespace Banyan.Cli.Output;

/// <summary>What <c>-o</c> asks for.</summary>
internal enum OutputFormat
{
    Table,
    Wide,
    Name,
    Json,
    Yaml,
}

internal static class OutputFormats
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>True when standard output is for a program: nothing else may be written there.</summary>
    public static bool IsMachine(this OutputFormat format) => format is OutputFormat.Json or OutputFormat.Yaml or OutputFormat.Name;

    /// <summary>Writes a document as JSON or YAML.</summary>
    public static void WriteDocument(TextWriter to, OutputFormat format, JsonNode? document) =>
        to.Write(format == OutputFormat.Yaml ? YamlJson.ToYaml(document) : Json(document) + "\n");

    public static string Json(JsonNode? document)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Indented))
        {
            if (document is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                document.WriteTo(writer);
            }
        }

        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
