namespace Banyan.Functional.Tests.Platform;

/// <summary>What a command left behind.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Out">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record CliResult(int Code, string Out, string Error)
{
    /// <summary>Fails with everything the command wrote unless it ended with the code and its standard error has the texts.</summary>
    public CliResult Must(int code, params string[] said)
    {
        Assert.True(Code == code, $"Exit code {Code} instead of {code}.\n--- out\n{Out}\n--- error\n{Error}");
        foreach (var text in said)
        {
            Assert.Contains(text, Error, StringComparison.Ordinal);
        }

        // A stack trace or an exception's name is not a message for people.
        Assert.DoesNotContain("   at Banyan.", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", Error, StringComparison.Ordinal);
        return this;
    }
}
