namespace Banyan.Testing.Corpus;

/// <summary>One raw message and what has to become of it.</summary>
/// <param name="File">The file's name without its ending.</param>
/// <param name="Name">Unique among all files.</param>
/// <param name="Request">The method the answer answers; null when the message is a request.</param>
/// <param name="Bytes">The message as it comes on the connection.</param>
/// <param name="Expected">The whole verdict as one line: <c>accepted …</c>, <c>refused NAME STATUS</c> or <c>incomplete</c>.</param>
public sealed record CorpusCase(string File, string Name, string? Request, byte[] Bytes, string Expected)
{
    /// <summary>True when the message is a request.</summary>
    public bool IsRequest => Request is null;

    /// <summary>True when a server has to take the message.</summary>
    public bool IsAccepted => Expected.StartsWith("accepted ", StringComparison.Ordinal);

    /// <summary>True when the message is whole only with more bytes.</summary>
    public bool IsIncomplete => Expected == "incomplete";

    /// <summary>The status of the refusal; 0 when the message is not refused.</summary>
    public int Status => Expected.Split(' ') is ["refused", _, var status] ? int.Parse(status, System.Globalization.CultureInfo.InvariantCulture) : 0;

    /// <summary>The name of the fault; empty when the message is not refused.</summary>
    public string Fault => Expected.Split(' ') is ["refused", var fault, _] ? fault : string.Empty;

    /// <inheritdoc/>
    public override string ToString() => $"{File}/{Name}";
}
