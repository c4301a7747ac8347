using System.Text.Json.Nodes;
using Banyan.Cli.Output;
using Banyan.Cli.Yaml;
using Banyan.Contracts;
using YamlDotNet.RepresentationModel;

namespace Banyan.Cli.Commands;

/// <summary>One document of a file, with where it begins.</summary>
internal sealed record SourceDocument(string File, long Line, JsonObject Content);

/// <summary>Reads documents from files, directories and standard input; YAML and JSON (which is YAML), several in one file.</summary>
internal static class DocumentSource
{
    private static readonly string[] Endings = [".yaml", ".yml", ".json"];

    /// <summary>All documents in order.</summary>
    /// <exception cref="BanyanException">Every fault of every file at once.</exception>
    public static IReadOnlyList<SourceDocument> Read(IEnumerable<string> places, CliIo io)
    {
        var documents = new List<SourceDocument>();
        var faults = new List<DocumentFault>();
        foreach (var (shown, text) in places.SelectMany(p => Files(p, io)))
        {
            var found = new YamlFaults(shown);
            foreach (var node in YamlText.Parse(text, found))
            {
                if (YamlScalars.IsNull(node))
                {
                    continue;
                }

                if (node is not YamlMappingNode)
                {
                    found.Add(node.Start, "A document must be a mapping with 'kind', 'metadata' and 'spec'.", "wrong-type");
                }
                else if (YamlJson.FromYaml(node, found) is JsonObject content)
                {
                    if (content.Text("kind") == "List" && content["items"] is JsonArray items)
                    {
                        // What 'get -o yaml' writes: its items are documents like any other.
                        TakeItems(items, ((YamlMappingNode)node).Children["items"], shown, documents, found);
                    }
                    else
                    {
                        documents.Add(new SourceDocument(shown, node.Start.Line, content));
                        Check(content, node, found);
                    }
                }
            }

            faults.AddRange(found.All);
        }

        if (faults.Count > 0)
        {
            throw new BanyanException(CliErrors.BadDocument, "Nothing was applied: what is written is wrong.")
            {
                Faults = faults.Select(f => new Fault($"{f.File}:{f.Line}:{f.Column}", f.Message, f.Code)).ToArray(),
            };
        }

        return documents.Count > 0 ? documents : throw new BanyanException(CliErrors.BadDocument, $"There is no document in {string.Join(", ", places)}.");
    }

    private static void TakeItems(JsonArray items, YamlNode node, string shown, List<SourceDocument> documents, YamlFaults found)
    {
        foreach (var (item, place) in items.Zip((YamlSequenceNode)node))
        {
            if (item is JsonObject content)
            {
                documents.Add(new SourceDocument(shown, place.Start.Line, (JsonObject)content.DeepClone()));
                Check(content, place, found);
            }
            else
            {
                found.Add(place.Start, "An item of a list must be a mapping with 'kind', 'metadata' and 'spec'.", "wrong-type");
            }
        }
    }

    private static void Check(JsonObject content, YamlNode node, YamlFaults found)
    {
        if (string.IsNullOrEmpty(content.Text("kind")))
        {
            found.Add(node.Start, "The field 'kind' is missing: what this document describes, for example Route.", "required");
        }

        if (string.IsNullOrEmpty(content.Text("metadata", "name")))
        {
            found.Add(node.Start, "The field 'metadata.name' is missing.", "required");
        }
    }

    private static IEnumerable<(string Shown, string Text)> Files(string place, CliIo io)
    {
        if (place == "-")
        {
            return [("standard input", io.In.ReadToEnd())];
        }

        var path = io.FullPath(place);
        if (Directory.Exists(path))
        {
            return Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(f => Endings.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase) && Path.GetFileName(f) != Manifests.ManifestFinder.FileName)
                .Order(StringComparer.Ordinal)
                .Select(f => (Path.Combine(place, Path.GetRelativePath(path, f)), File.ReadAllText(f)));
        }

        return File.Exists(path)
            ? [(place, File.ReadAllText(path))]
            : throw new BanyanException(CliErrors.NoFile, $"'{place}' does not exist. Name a file, a directory, or '-' for standard input.");
    }
}
