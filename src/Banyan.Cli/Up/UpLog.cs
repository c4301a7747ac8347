using Banyan.Cli.Output;

namespace Banyan.Cli.Up;

/// <summary>Everything <c>banyan up</c> shows: lines of many programs, each with its name and a colour of its own, never mixed within a line.</summary>
internal sealed class UpLog(CliIo io)
{
    private static readonly int[] Colours = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94];
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _colours = new(StringComparer.Ordinal);
    private int _width = 6;

    /// <summary>A line a service wrote. Escape sequences are kept on a terminal only; other control characters never.</summary>
    public void Service(string name, string line) => Write(name, Visible(line), ColourOf(name));

    /// <summary>Something about a service, or the platform, that the developer should read.</summary>
    public void Say(string name, string text) => Write(name, io.OutHasColour ? $"\e[1m{text}\e[0m" : text, ColourOf(name));

    /// <summary>A text of several lines without a name in front.</summary>
    public void Text(string text)
    {
        lock (_lock)
        {
            io.Out.Write(text.EndsWith('\n') ? text : text + "\n");
            io.Out.Flush();
        }
    }

    /// <summary>Makes room for names of this length, so that the lines stay aligned.</summary>
    public void Widen(IEnumerable<string> names) => _width = names.Select(n => n.Length).Append(_width).Max();

    private void Write(string name, string text, int colour)
    {
        lock (_lock)
        {
            var prefix = name.PadRight(_width);
            io.Out.Write(io.OutHasColour ? $"\e[{colour}m{prefix} │\e[0m {text}\n" : $"{prefix} | {text}\n");
            io.Out.Flush();
        }
    }

    // Instances of one service differ in colour too: which of them says it is what one looks for.
    private int ColourOf(string name)
    {
        lock (_lock)
        {
            if (!_colours.TryGetValue(name, out var colour))
            {
                _colours[name] = colour = Colours[_colours.Count % Colours.Length];
            }

            return colour;
        }
    }

    private string Visible(string line) =>
        line.Any(c => char.IsControl(c) && c != '\t' && !(c == '\e' && io.OutHasColour))
            ? string.Concat(line.Where(c => !char.IsControl(c) || c == '\t' || (c == '\e' && io.OutHasColour)))
            : line;
}
