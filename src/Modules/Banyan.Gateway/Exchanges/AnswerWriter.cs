using System.Text;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Routing.Actions;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Microsoft.AspNetCore.WebUtilities;

namespace Banyan.Gateway.Exchanges;

/// <summary>Writes the head of an answer as the client gets it. One for each loop.</summary>
internal sealed class AnswerWriter(DateField date)
{
    private static readonly FieldSet Own = FieldSet.Of(FieldId.ContentLength, FieldId.Trailer);

    /// <summary>Writes the head of a final answer; its length, or -1 when it does not fit.</summary>
    /// <param name="to">Where to write.</param>
    /// <param name="bytes">What the head was parsed from.</param>
    /// <param name="head">The instance's head.</param>
    /// <param name="changes">What the route changes.</param>
    /// <param name="http10">True: the client speaks HTTP/1.0.</param>
    /// <param name="closing">True: the connection ends with this answer.</param>
    /// <param name="chunked">True: the body follows in chunks.</param>
    /// <param name="cookie">A cookie to set; null = none.</param>
    /// <param name="cookieValue">Its value.</param>
    /// <param name="secure">True: the client came by TLS.</param>
    public int Write(
        Span<byte> to, ReadOnlySpan<byte> bytes, ResponseHead head, FieldChanges? changes, bool http10, bool closing, bool chunked, StickyCookie? cookie, ulong cookieValue, bool secure)
    {
        var fields = head.Fields;
        var writer = new HeadWriter(to);
        writer.StatusLine(head.Status, head.Reason.Of(bytes));
        if (changes is null)
        {
            writer.Fields(bytes, fields, Own);
        }
        else
        {
            WriteChanged(ref writer, bytes, fields, changes);
        }

        cookie?.Write(ref writer, cookieValue, secure);

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

    /// <summary>Writes the whole answer of a route that has no service; returns its status.</summary>
    public int WriteForRoute(ExchangeTransport to, ReadOnlySpan<byte> bytes, RequestHead head, Route route, bool https, bool http10, bool closing)
    {
        var status = route.Redirect?.Status ?? route.Answer!.Status;
        var bodiless = status is 204 or 304;
        var body = route.Answer is { } answer && !bodiless ? answer.Body : [];
        Span<byte> place = stackalloc byte[8 * 1024];
        var writer = new HeadWriter(place);
        writer.StatusLine(status, Encoding.ASCII.GetBytes(ReasonPhrases.GetReasonPhrase(status)));
        if (route.Redirect is { } redirect)
        {
            WriteLocation(ref writer, bytes, head, redirect, https);
        }
        else if (body.Length > 0)
        {
            writer.Field("Content-Type"u8, Encoding.ASCII.GetBytes(route.Answer!.ContentType));
        }

        if (route.ResponseFields is { } changes)
        {
            writer.Lines(changes.Appended);
        }

        writer.Lines(date.Line);
        if (!bodiless)
        {
            writer.Field("Content-Length"u8, body.Length);
        }

        writer.Lines(Connection(http10, closing));
        writer.End();
        to.WriteClient(writer.Written);
        if (head.Method != KnownMethod.Head)
        {
            to.WriteClient(body);
        }

        return status;
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

    private static void WriteChanged(ref HeadWriter writer, ReadOnlySpan<byte> bytes, FieldTable fields, FieldChanges changes)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            ref readonly var field = ref fields[i];
            if (!field.IsHop && !Own.Contains(field.Id) && !changes.Drops(field.Name.Of(bytes)))
            {
                writer.Field(bytes, field);
            }
        }

        writer.Lines(changes.Appended);
    }

    private static void WriteLocation(ref HeadWriter writer, ReadOnlySpan<byte> bytes, RequestHead head, RedirectAnswer redirect, bool https)
    {
        Span<byte> target = new byte[OriginTarget.MaxLength(head)];
        target = target[..OriginTarget.Write(bytes, head, target)];
        var host = head.Authority.Of(bytes);
        Span<byte> location = new byte[redirect.MaxLength(host.Length, target.Length)];
        redirect.TryWriteLocation(https, host, target, location, out var written);
        writer.Field("Location"u8, location[..written]);
    }

    /// <summary>What is said about the connection: nothing when it is as the version has it by default.</summary>
    public static ReadOnlySpan<byte> Connection(bool http10, bool closing) =>
        closing ? "Connection: close\r\n"u8 : http10 ? "Connection: keep-alive\r\n"u8 : default;
}
