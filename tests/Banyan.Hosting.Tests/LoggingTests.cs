using System.Text.Json;
using Banyan.Hosting.Logging;
using Banyan.Testing;
using Microsoft.Extensions.Logging;

namespace Banyan.Hosting.Tests;

public sealed class LoggingTests
{
    private readonly List<string> _lines = [];

    [Fact]
    public void Text_is_one_line_with_level_source_and_message()
    {
        Log(LogForm.Text, "Banyan.Registry.Health.Prober").LogWarning(new InvalidOperationException("line\nbreak"), "Instance {Id}\nis late", "cart-7");

        var line = Assert.Single(_lines);
        Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{3} warn  registry Instance cart-7\\nis late \| InvalidOperationException: line\\nbreak$", line);
    }

    [Fact]
    public void Json_is_one_object_with_the_values()
    {
        Log(LogForm.Json, "Banyan.Gateway").Log(LogLevel.Error, new EventId(4001), "Lost {Count} of {Name}", 3, "a\"b");

        using var json = JsonDocument.Parse(Assert.Single(_lines));
        Assert.Equal("error", json.RootElement.GetProperty("level").GetString());
        Assert.Equal("gateway", json.RootElement.GetProperty("source").GetString());
        Assert.Equal(4001, json.RootElement.GetProperty("event").GetInt32());
        Assert.Equal("Lost 3 of a\"b", json.RootElement.GetProperty("message").GetString());
        Assert.Equal("3", json.RootElement.GetProperty("values").GetProperty("Count").GetString());
    }

    private ILogger Log(LogForm form, string category) => new LineLoggerProvider(form, new ManualClock(), _lines.Add).CreateLogger(category);
}
