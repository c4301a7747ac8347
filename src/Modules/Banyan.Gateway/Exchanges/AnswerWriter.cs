using Banyan.Wire.Fields;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Exchanges;

/// <summary>Writes the head of an answer as the client gets it. One for each loop.</summary>
internal sealed class AnswerWriter(DateField date)
{
    private static readonly FieldSet Own = FieldSet.Of(FieldId.ContentLength, FieldId.Trailer);

    /// <summary>Writes the head of a final answer; its length, or -1 when it does not fit.</summary>
    public int Write(Span<byte> to, ReadOnlySpan<byte> bytes, ResponseHead head, bool http10, bool closing, bool chunked)
    {
        var fields = head.Fields;
        var writer = new HeadWriter(to);
        writer.StatusLine(head.Status, head.Reason.Of(bytes));
        writer.Fields(bytes, fields, Own);

        // Nobody else on the way knows better when it was made (RFC 9110 section 6.6.1).
        if (!fields.Has(FieldId.Date))
        {
            writer.Lines(date.Line);
        }

        if (chunked)
        {
            writer.Lines("Transfer-Encoding: chunked\r\n"u8);
            for (var i = fields.Find(FieldId.Trailer); i >= 0; i = fields.Find(FieldId.Trailer, i + 1))
            {
                writer.Field(bytes, fields[i]);
            }
        }
        else if (head.ContentLength >= 0)
        {
            writer.Field("Content-Length"u8, head.ContentLength);
        }

        writer.Lines(Connection(http10, closing));
        writer.End();
        return writer.Overflowed ? -1 : writer.Length;
    }

    /// <summary>Writes the head of an answer that another one follows.</summary>
    public static int WriteInterim(Span<byte> to, ReadOnlySpan<byte> bytes, ResponseHead head)
    {
        var writer = new HeadWriter(to);
        writer.StatusLine(head.Status, head.Reason.Of(bytes));
        writer.Fields(bytes, head.Fields, Own);
        writer.End();
        return writer.Overflowed ? -1 : writer.Length;
    }

    /// <summary>Writes the head of 101.</summary>
    public static int WriteSwitch(Span<byte> to, ReadOnlySpan<byte> bytes, ResponseHead head)
    {
        var writer = new HeadWriter(to);
        writer.StatusLine(head.Status, head.Reason.Of(bytes));
        writer.Fields(bytes, head.Fields, Own);
        writer.Lines("Connection: Upgrade\r\nUpgrade: "u8);
        writer.Lines(head.Fields.Value(bytes, FieldId.Upgrade));
        writer.Lines("\r\n"u8);
        writer.End();
        return writer.Overflowed ? -1 : writer.Length;
    }

    /// <summary>What is said about the connection: nothing when it is as the version has it by default.</summary>
    public static ReadOnlySpan<byte> Connection(bool http10, bool closing) =>
        closing ? "Connection: close\r\n"u8 : http10 ? "Connection: keep-alive\r\n"u8 : default;
}
