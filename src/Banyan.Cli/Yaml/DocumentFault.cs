namespace Banyan.Cli.Yaml;

/// <summary>One thing wrong in a file, with its place as editors count it: from one.</summary>
internal sealed record DocumentFault(string File, long Line, long Column, string Message, string Code)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Message} [{Code}]";
}
