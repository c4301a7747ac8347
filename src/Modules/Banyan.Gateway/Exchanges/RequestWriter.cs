using System.Text;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Routing.Actions;
using Banyan.Wire;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.Tracing;

namespace Banyan.Gateway.Exchanges;

/// <summary>Writes the head of a request as the instance gets it: the parsed head anew, field by field, and the gateway's own fields last. One for each loop.</summary>
internal sealed class RequestWriter(EngineOptions options, GatewayIdentity identity, TraceIds traces)
{
    // Written here, whatever the client sent.
    private static readonly FieldSet Own = FieldSet.Of(
        FieldId.Host,
        FieldId.Expect,
        FieldId.Via,
        FieldId.MaxForwards,
        FieldId.ContentLength,
        FieldId.Trailer,
        FieldId.TraceParent,
        FieldId.XForwardedFor,
        FieldId.XForwardedHost,
        FieldId.XForwardedProto);

    private static readonly FieldSet OwnAndForwarded = Own | FieldSet.Of(FieldId.Forwarded);

    private readonly byte[] _pseudonym = Encoding.ASCII.GetBytes(identity.Pseudonym);

    /// <summary>Bytes a route may add to a head of this length.</summary>
    public static int MostAdded(Route route, int headLength) =>
        (route.Target?.MaxLength(headLength) ?? 0) + (route.Host?.Bytes.Length ?? 0) + (route.RequestFields?.Appended.Length ?? 0);

    /// <summary>Writes a head; false when it does not fit.</summary>
    /// <param name="to">Where to write.</param>
    /// <param name="bytes">What the head was parsed from.</param>
    /// <param name="head">The client's head.</param>
    /// <param name="peer">The client.</param>
    /// <param name="route">The route it takes.</param>
    /// <param name="marks">What is where.</param>
    public bool TryWrite(Span<byte> to, ReadOnlySpan<byte> bytes, RequestHead head, ClientPeer peer, Route route, out HeadMarks marks)
    {
        var fields = head.Fields;
        var writer = new HeadWriter(to);

        // 1. Where to. The target is passed as the client wrote it, in origin-form.
        var method = head.MethodText.Of(bytes);
        var path = head.PathOf(bytes);
        writer.Lines(method);
        writer.Lines(" "u8);
        WriteTarget(ref writer, bytes, head, path, route.Target);
        writer.Lines(" HTTP/1.1\r\nHost: "u8);
        var host = new Slice(writer.Length, head.Authority.Length);
        writer.Lines(route.Host is { } other ? other.Bytes : head.Authority.Of(bytes));
        writer.Lines("\r\n"u8);

        // 2. The client's fields, without those that end here.
        var changes = route.RequestFields;
        var skip = peer.IsTrusted ? Own : OwnAndForwarded;
        for (var i = 0; i < fields.Count; i++)
        {
            ref readonly var field = ref fields[i];
            if (!field.IsHop && !skip.Contains(field.Id) && !(field.Id == FieldId.Unknown && IsDisguised(field.Name.Of(bytes)))
                && changes?.Drops(field.Name.Of(bytes)) != true)
            {
                writer.Field(bytes, field);
            }
        }

        // 3. Framing, expectation, trailers, upgrade: said again in our own words.
        if (head.Framing == BodyFraming.Length)
        {
            writer.Field("Content-Length"u8, head.ContentLength);
        }
        else if (head.Framing == BodyFraming.Chunked)
        {
            writer.Lines("Transfer-Encoding: chunked\r\n"u8);
            for (var i = fields.Find(FieldId.Trailer); i >= 0; i = fields.Find(FieldId.Trailer, i + 1))
            {
                writer.Field(bytes, fields[i]);
            }
        }

        if (head.ExpectContinue && head.Framing != BodyFraming.None)
        {
            writer.Lines("Expect: 100-continue\r\n"u8);
        }

        var upgrade = default(Slice);
        if (!head.Upgrade.IsEmpty)
        {
            writer.Lines("Connection: Upgrade\r\nUpgrade: "u8);
            upgrade = new Slice(writer.Length, head.Upgrade.Length);
            writer.Lines(head.Upgrade.Of(bytes));
            writer.Lines("\r\n"u8);
        }
        else if (head.AcceptsTrailers)
        {
            writer.Lines("Connection: TE\r\nTE: trailers\r\n"u8);
        }

        // 4. Who is asking, through whom, in which trace.
        ForwardedFields.Write(ref writer, bytes, fields, new ForwardedHop(peer.Text, head.Authority.Of(bytes), peer.IsSecure, peer.IsTrusted));
        var trace = WriteTrace(ref writer, bytes, fields);
        if (options.AddVia)
        {
            ViaField.Write(ref writer, bytes, fields, peer.IsHttp2 ? "2"u8 : head.Version == HttpRelease.Http10 ? "1.0"u8 : "1.1"u8, _pseudonym);
        }

        if (fields.Has(FieldId.MaxForwards) && MaxForwardsField.TryRead(bytes, fields, out var hops) && hops > 0)
        {
            writer.Field("Max-Forwards"u8, hops - 1);
        }

        // 5. What the route adds.
        if (changes is not null)
        {
            writer.Lines(changes.Appended);
        }

        writer.End();
        var length = writer.Length;

        // 6. The log tells what the client asked for.
        var told = new Slice(method.Length + 1, path.Length);
        if (route.Target is not null)
        {
            told = new Slice(length, path.Length);
            writer.Lines(path);
        }

        if (route.Host is not null)
        {
            host = new Slice(writer.Length, head.Authority.Length);
            writer.Lines(head.Authority.Of(bytes));
        }

        marks = new HeadMarks(length, new Slice(0, method.Length), told, host, trace, upgrade);
        return !writer.Overflowed;
    }

    private static void WriteTarget(ref HeadWriter writer, ReadOnlySpan<byte> bytes, RequestHead head, ReadOnlySpan<byte> path, TargetRewrite? rewrite)
    {
        if (rewrite is null)
        {
            writer.Lines(path);
            if (head.HasQuery)
            {
                writer.Lines("?"u8);
                writer.Lines(head.Query.Of(bytes));
            }

            return;
        }

        var raw = OriginTarget.MaxLength(head);
        Span<byte> target = raw <= 1024 ? stackalloc byte[1024] : new byte[raw];
        var length = OriginTarget.Write(bytes, head, target);
        var most = rewrite.MaxLength(length);
        Span<byte> rewritten = most <= 1024 ? stackalloc byte[1024] : new byte[most];
        rewrite.TryWrite(target[..length], rewritten, out var written);
        writer.Lines(rewritten[..written]);
    }

    private Slice WriteTrace(ref HeadWriter writer, ReadOnlySpan<byte> bytes, FieldTable fields)
    {
        writer.Lines("traceparent: "u8);
        var trace = new Slice(writer.Length + 3, 32);
        var parent = fields.Value(bytes, FieldId.TraceParent);
        writer.Lines(!fields.IsRepeated(FieldId.TraceParent) && TraceParent.TryParse(parent, out _) ? parent : traces.Make());
        writer.Lines("\r\n"u8);
        return trace;
    }

    // The gateway speaks for the whole family of X-Forwarded-; and services that turn '-' into '_' would take X_Forwarded_For, or Content_Length, for the real one.
    private static bool IsDisguised(ReadOnlySpan<byte> name)
    {
        if (name.Length > 12 && Ascii.EqualsIgnoreCase(name[..12], "X-Forwarded-"u8))
        {
            return true;
        }

        if (!name.Contains((byte)'_') || name.Length > 32)
        {
            return false;
        }

        Span<byte> plain = stackalloc byte[name.Length];
        name.Replace(plain, (byte)'_', (byte)'-');
        return FieldNames.Identify(plain) != FieldId.Unknown || (name.Length > 12 && Ascii.EqualsIgnoreCase(plain[..12], "X-Forwarded-"u8));
    }
}
