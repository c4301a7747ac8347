using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Banyan.Cli.Yaml;

/// <summary>Parses text into YAML nodes that know their line and column.</summary>
internal static class YamlText
{
    /// <summary>More is not written by a person; the limit bounds what a hostile file can cost.</summary>
    public const int MaxLength = 4 << 20;

    /// <summary>Deeper is not written by a person; the loader recurses, so without a limit a hostile file would end the process.</summary>
    public const int MaxDepth = 64;

    /// <summary>The documents of one stream; empty, with a fault added, when the text is not YAML.</summary>
    public static IReadOnlyList<YamlNode> Parse(string text, YamlFaults faults)
    {
        if (text.Length > MaxLength)
        {
            faults.Add(new Mark(0, 1, 1), $"The file is larger than {MaxLength >> 20} MiB. Split it.", "too-large");
            return [];
        }

        var events = new Parser(new StringReader(text));
        try
        {
            // 1. The parser's events, which cost no stack: where it ends is known if it breaks. 2. The nodes.
            if (TooDeep(events) is { } place)
            {
                faults.Add(place, $"This is nested deeper than {MaxDepth} levels.", "too-deep");
                return [];
            }

            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Select(d => d.RootNode).ToArray();
        }
        catch (YamlException broken)
        {
            faults.Add(broken.Start, $"Not valid YAML: {Sentence(broken)}", broken.Message.Contains("Duplicate key", StringComparison.Ordinal) ? "duplicate" : "syntax");
            return [];
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException)
        {
            // Some broken text trips the scanner itself instead of being refused by it, for example a flow mapping that is never closed.
            faults.Add(events.Current?.End ?? new Mark(0, 1, 1), "Not valid YAML: what follows here is not understood; is a '}', ']' or quote missing?", "syntax");
            return [];
        }
    }

    private static Mark? TooDeep(Parser events)
    {
        var depth = 0;
        while (events.MoveNext())
        {
            depth += events.Current!.NestingIncrease;
            if (events.Current is MappingStart or SequenceStart && depth > MaxDepth + 2)
            {
                return events.Current.Start;
            }
        }

        return null;
    }

    private static string Sentence(YamlException broken)
    {
        var message = (broken.InnerException?.Message is { Length: > 0 } inner && broken.Message.Length == 0 ? inner : broken.Message).Trim();
        return message.EndsWith('.') ? message : message + ".";
    }
}
