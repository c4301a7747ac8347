using System.Buffers;
using System.Text;

namespace Banyan.Cli.Manifests;

/// <summary>Turns a written command into program and arguments.</summary>
internal static class CommandLine
{
    private static readonly SearchValues<char> ShellSigns = SearchValues.Create("|&;<>$`*?(){}~\n");

    /// <summary>Words as a shell would split them; a command that needs a shell is given to <c>/bin/sh</c> whole. Empty when a quote stays open.</summary>
    public static IReadOnlyList<string> Split(string line)
    {
        if (line.AsSpan().ContainsAny(ShellSigns))
        {
            return ["/bin/sh", "-c", line];
        }

        var words = new List<string>();
        var word = new StringBuilder();
        var inWord = false;
        char? quote = null;
        foreach (var c in line)
        {
            if (quote is { } open)
            {
                if (c == open)
                {
                    quote = null;
                }
                else
                {
                    word.Append(c);
                }
            }
            else if (c is '"' or '\'')
            {
                quote = c;
                inWord = true;
            }
            else if (char.IsWhiteSpace(c))
            {
                Flush();
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        Flush();
        return quote is null ? words : [];

        void Flush()
        {
            if (inWord)
            {
                words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
        }
    }
}
