using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Banyan.Hosting.Logging;

/// <summary>Formats events of one source.</summary>
internal sealed class LineLogger(string source, LogForm form, TimeProvider clock, Action<string> write) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            var message = formatter(state, exception);
            write(form == LogForm.Json ? Json(logLevel, eventId, state, exception, message) : Text(logLevel, exception, message));
        }
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private string Text(LogLevel level, Exception? exception, string message)
    {
        var line = new StringBuilder()
            .Append(clock.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)).Append(' ')
            .Append(Word(level).PadRight(5)).Append(' ')
            .Append(source.PadRight(8)).Append(' ')
            .Append(message);
        if (exception is not null)
        {
            line.Append(" | ").Append(level >= LogLevel.Error ? exception.ToString() : $"{exception.GetType().Name}: {exception.Message}");
        }

        // One event is one line, whatever a message quotes.
        return line.Replace("\r", string.Empty).Replace("\n", "\\n").ToString();
    }

    private string Json<TState>(LogLevel level, EventId id, TState state, Exception? exception, string message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("level", Word(level));
            json.WriteString("source", source);
            json.WriteNumber("event", id.Id);
            json.WriteString("message", message);
            if (state is IEnumerable<KeyValuePair<string, object?>> values)
            {
                json.WriteStartObject("values");
                foreach (var (name, value) in values.Where(v => v.Key != "{OriginalFormat}").DistinctBy(v => v.Key))
                {
                    json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                }

                json.WriteEndObject();
            }

            if (exception is not null)
            {
                json.WriteString("exception", exception.ToString());
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
