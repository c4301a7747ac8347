using System.Text;

namespace Banyan.Cli.Processes;

/// <summary>Reads a program's output line by line.</summary>
internal static class LineReader
{
    /// <summary>Calls back for each line until the stream ends. A line longer than a terminal can use is cut, so that a stuck program cannot fill the memory.</summary>
    public static async Task ReadAsync(Stream stream, Action<string> line)
    {
        const int maxLine = 16 << 10;
        var reader = new StreamReader(stream, Encoding.UTF8);
        var buffer = new char[4096];
        var current = new StringBuilder();
        try
        {
            int read;
            while ((read = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                foreach (var c in buffer.AsSpan(0, read))
                {
                    if (c == '\n')
                    {
                        line(current.ToString().TrimEnd('\r'));
                        current.Clear();
                    }
                    else if (current.Length < maxLine)
                    {
                        current.Append(c);
                    }
                }
            }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The program was ended together with its pipe; what it wrote until then has been read.
        }

        if (current.Length > 0)
        {
            line(current.ToString());
        }
    }
}
