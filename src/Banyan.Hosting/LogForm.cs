namespace Banyan.Hosting;

/// <summary>Form of the log.</summary>
public enum LogForm
{
    /// <summary>One line an event, for people.</summary>
    Text,

    /// <summary>One JSON object a line, for machines.</summary>
    Json,
}
