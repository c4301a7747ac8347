using Banyan.Cli.Yaml;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Banyan.Cli.Manifests;

/// <summary>Reads <c>banyan.yaml</c> strictly: unknown fields are errors, all faults are told at once, each with line and column.</summary>
internal static class ManifestReader
{
    private static readonly string[] Known =
        ["service", "domain", "owner", "system", "tier", "description", "listen", "routes", "uses", "config", "dev"];

    /// <summary>The manifest, or null with at least one fault.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="file">The file's full path.</param>
    /// <param name="shown">The path as messages show it.</param>
    /// <param name="found">Everything wrong with it.</param>
    public static ServiceManifest? Read(string text, string file, string shown, out IReadOnlyList<DocumentFault> found)
    {
        var faults = new YamlFaults(shown);
        var manifest = Read(text, file, faults);
        found = faults.All;
        return faults.Any ? null : manifest;
    }

    private static ServiceManifest? Read(string text, string file, YamlFaults faults)
    {
        var documents = YamlText.Parse(text, faults);
        if (faults.Any)
        {
            return null;
        }

        if (documents.Count != 1 || documents[0] is not YamlMappingNode root)
        {
            var place = documents.Count > 1 ? documents[1].Start : documents.Count == 1 ? documents[0].Start : new Mark(0, 1, 1);
            faults.Add(place, "A banyan.yaml holds exactly one document, a mapping that begins with 'service: NAME'.", "wrong-type");
            return null;
        }

        var fields = new MappingReader(root, string.Empty, faults, Known);
        return new ServiceManifest
        {
            File = file,
            Directory = Path.GetDirectoryName(file) ?? ".",
            Service = ManifestNames.Check(fields.Text("service", required: true), fields.Place("service"), "service", faults) ?? string.Empty,
            Domain = ManifestNames.Check(fields.Text("domain"), fields.Place("domain"), "domain", faults) ?? "default",
            Owner = ManifestNames.Check(fields.Text("owner"), fields.Place("owner"), "owner", faults),
            System = ManifestNames.Check(fields.Text("system"), fields.Place("system"), "system", faults),
            Tier = fields.OneOf("tier", "critical", "important", "batch"),
            Description = fields.Text("description"),
            Listen = ListenReader.Read(fields, faults),
            Routes = ReadRoutes(fields, faults),
            Uses = ReadUses(fields, faults),
            Config = fields.Map("config"),
            Dev = ReadDev(fields, faults),
        };
    }

    private static List<RouteSection> ReadRoutes(MappingReader fields, YamlFaults faults)
    {
        var routes = new List<RouteSection>();
        var seen = new HashSet<(string?, string)>();
        foreach (var item in fields.Items("routes"))
        {
            if (MappingReader.Open(item, $"routes[{routes.Count}]", faults, "host", "path", "stripPrefix") is not { } route)
            {
                continue;
            }

            var path = route.Text("path") ?? "/";
            if (!path.StartsWith('/') || path.Any(c => c <= ' ' || c is '?' or '#'))
            {
                faults.Add(route.Place("path"), $"'{route.Path("path")}' is '{path}'; a path begins with '/' and has no spaces, '?' or '#'.", "out-of-range");
            }

            var host = route.Text("host");
            if (!seen.Add((host, path)))
            {
                faults.Add(item.Start, $"The route to '{host}{path}' is there twice. Remove one.", "duplicate");
            }

            routes.Add(new RouteSection(host, path, route.Flag("stripPrefix") ?? false));
        }

        return routes;
    }

    private static List<ServiceReference> ReadUses(MappingReader fields, YamlFaults faults)
    {
        var uses = new List<ServiceReference>();
        foreach (var item in fields.Items("uses"))
        {
            string? service;
            var domain = "default";
            if (item is YamlScalarNode scalar)
            {
                service = ManifestNames.Check(scalar.Value, item.Start, "uses", faults);
            }
            else if (MappingReader.Open(item, $"uses[{uses.Count}]", faults, "service", "domain") is { } entry)
            {
                service = ManifestNames.Check(entry.Text("service", required: true), entry.Place("service"), entry.Path("service"), faults);
                domain = ManifestNames.Check(entry.Text("domain"), entry.Place("domain"), entry.Path("domain"), faults) ?? domain;
            }
            else
            {
                continue;
            }

            var reference = new ServiceReference(domain, service ?? string.Empty);
            if (service is not null && uses.Contains(reference))
            {
                faults.Add(item.Start, $"'{reference}' is in 'uses' twice. Remove one.", "duplicate");
            }

            uses.Add(reference);
        }

        return uses;
    }

    private static DevSection? ReadDev(MappingReader fields, YamlFaults faults)
    {
        if (fields.Get("dev") is not { } node || MappingReader.Open(node, "dev", faults, "run", "build", "instances", "register", "env") is not { } dev)
        {
            return null;
        }

        var instances = dev.Integer("instances", 0, 50) ?? 1;
        if (instances > 1 && fields.Get("listen") is YamlMappingNode listen && listen.Children.ContainsKey(new YamlScalarNode("port")))
        {
            faults.Add(dev.Place("instances"), $"{instances} instances cannot share the fixed port of 'listen.port'. Remove the port: each instance then gets a free one as $PORT.", "out-of-range");
        }

        return new DevSection
        {
            Run = ReadRun(dev, faults),
            Build = dev.Text("build"),
            Instances = instances,
            RegistersItself = dev.OneOf("register", "self", "banyan") == "self",
            Environment = dev.Map("env"),
        };
    }

    private static IReadOnlyList<string> ReadRun(MappingReader dev, YamlFaults faults)
    {
        switch (dev.Get("run"))
        {
            case null:
                faults.Add(dev.Node.Start, "The field 'run' in 'dev' is missing: the command that starts one instance.", "required");
                return [];
            case YamlSequenceNode sequence when sequence.Any() && sequence.All(i => i is YamlScalarNode):
                return sequence.Select(i => ((YamlScalarNode)i).Value ?? string.Empty).ToArray();
            case YamlScalarNode { Value: { } line } scalar:
                var words = CommandLine.Split(line);
                if (words.Count == 0)
                {
                    faults.Add(scalar.Start, "'dev.run' has a quote that is not closed, or is empty.", "out-of-range");
                }

                return words;
            case var other:
                faults.Add(other.Start, "'dev.run' must be a command, or a list of program and arguments.", "wrong-type");
                return [];
        }
    }
}
