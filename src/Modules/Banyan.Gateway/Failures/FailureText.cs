using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Banyan.Gateway.Failures;

/// <summary>The words of a failure, in the forms callers read.</summary>
internal static class FailureText
{
    /// <summary>Problem details (RFC 9457) as JSON.</summary>
    public static ReadOnlyMemory<byte> Problem(FailureForm form, Failure failure, string traceId)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", $"/docs/errors/gateway/{form.Code}");
            json.WriteString("title", form.Title);
            json.WriteNumber("status", form.Status);
            json.WriteString("detail", failure.Detail ?? form.Title);
            json.WriteString("code", $"gateway/{form.Code}");
            json.WriteString("traceId", traceId);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary><c>grpc-message</c> is percent-encoded UTF-8; visible ASCII but '%' stays.</summary>
    public static string Grpc(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            _ = b is >= 0x20 and <= 0x7e and not (byte)'%' ? result.Append((char)b) : result.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return result.ToString();
    }
}
