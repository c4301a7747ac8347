using Microsoft.Extensions.Logging;

namespace Banyan.Hosting.Logging;

/// <summary>Writes each event as one line of text or JSON.</summary>
internal sealed class LineLoggerProvider(LogForm form, TimeProvider clock, Action<string> write) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new LineLogger(Source(categoryName), form, clock, write);

    public void Dispose()
    {
    }

    /// <summary>The module an event comes from: <c>Banyan.Registry.Health.Prober</c> is of <c>registry</c>.</summary>
    internal static string Source(string category)
    {
        var parts = category.Split('.');
        return parts is ["Banyan", var part, ..] ? part.ToLowerInvariant() : parts[0].ToLowerInvariant();
    }
}
