using System.Globalization;
using System.Text;

namespace Banyan.Testing.Corpus;

/// <summary>
/// Reads the corpus of raw messages in <c>tests/Banyan.Wire.Tests/Corpus</c>, which is for people to read and for every transport to be tried with. The format is
/// described in <c>README.md</c> there.
/// </summary>
public static class CorpusReader
{
    private const string CaseMark = "== ";
    private const string VerdictMark = "-> ";

    /// <summary>All cases of all files, in the order of file names.</summary>
    public static IReadOnlyList<CorpusCase> ReadAll() =>
        [.. Directory.EnumerateFiles(Folder, "*.txt").Order(StringComparer.Ordinal).SelectMany(ReadFile)];

    /// <summary>Where the files are.</summary>
    public static string Folder => Path.Combine(Repository.Root, "tests", "Banyan.Wire.Tests", "Corpus");

    /// <summary>The cases of one file.</summary>
    /// <exception cref="FormatException">A line that is none of the format; the message says where.</exception>
    public static IEnumerable<CorpusCase> ReadFile(string path)
    {
        var file = Path.GetFileNameWithoutExtension(path);
        string? name = null;
        string? request = null;
        var raw = new MemoryStream();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.StartsWith(CaseMark, StringComparison.Ordinal))
            {
                Require(name is null, $"{path}:{number}: the case '{name}' has no verdict. Add a line that begins with '->'.");
                var words = line[CaseMark.Length..].Split(" to ");
                (name, request) = (words[0], words.Length > 1 ? words[1] : null);
                raw.SetLength(0);
            }
            else if (line.StartsWith(VerdictMark, StringComparison.Ordinal))
            {
                Require(name is not null, $"{path}:{number}: a verdict without a case. Begin the case with '== name'.");
                yield return new CorpusCase(file, name!, request, raw.ToArray(), line[VerdictMark.Length..]);
                name = null;
            }
            else if (name is not null)
            {
                raw.Write(Unescape(line, $"{path}:{number}"));
            }
            else
            {
                Require(line.Length == 0 || line[0] == '#', $"{path}:{number}: neither a case nor a comment. Begin the line with '== ' or '#'.");
            }
        }

        Require(name is null, $"{path}: the case '{name}' has no verdict. Add a line that begins with '->'.");
    }

    private static byte[] Unescape(string line, string where)
    {
        var bytes = new MemoryStream();
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] != '\\')
            {
                bytes.Write(Encoding.UTF8.GetBytes(line, i, 1));
                continue;
            }

            i++;
            Require(i < line.Length, $"{where}: a backslash at the end. Write \\\\ for the backslash itself.");
            switch (line[i])
            {
                case 'r':
                    bytes.WriteByte((byte)'\r');
                    break;
                case 'n':
                    bytes.WriteByte((byte)'\n');
                    break;
                case 't':
                    bytes.WriteByte((byte)'\t');
                    break;
                case '\\':
                    bytes.WriteByte((byte)'\\');
                    break;
                case 'x' when i + 2 < line.Length:
                    bytes.WriteByte(byte.Parse(line.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                    i += 2;
                    break;
                case '{':
                    i = Repeat(line, i, bytes, where);
                    break;
                default:
                    throw new FormatException($"{where}: '\\{line[i]}' means nothing. Known are \\r \\n \\t \\\\ \\xHH and \\{{text*times}}.");
            }
        }

        return bytes.ToArray();
    }

    // \{text*times}; the text is escaped itself and holds neither star nor brace.
    private static int Repeat(string line, int start, MemoryStream bytes, string where)
    {
        var end = line.IndexOf('}', start);
        var star = end < 0 ? -1 : line.IndexOf('*', start, end - start);
        Require(star > 0, $"{where}: '\\{{' needs a text, a star, a number and '}}'.");
        var text = Unescape(line[(start + 1)..star], where);
        for (var times = int.Parse(line.AsSpan(star + 1, end - star - 1), CultureInfo.InvariantCulture); times > 0; times--)
        {
            bytes.Write(text);
        }

        return end;
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new FormatException(message);
        }
    }
}
