using System.Text;
using Banyan.Wire;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.Tracing;

namespace Banyan.Gateway.Exchanges;

/// <summary>What a request is called in the log and in errors. Made only for those that are told.</summary>
internal sealed record RequestText(string Method, string Host, string Path, string TraceId)
{
    /// <summary>For bytes that never became a request.</summary>
    public static readonly RequestText None = new("-", "-", "-", "-");

    public static RequestText Of(ReadOnlySpan<byte> bytes, RequestHead head, TraceIds traces)
    {
        var parent = head.Fields.Value(bytes, FieldId.TraceParent);
        parent = TraceParent.TryParse(parent, out _) ? parent : traces.Make();
        var path = head.TargetForm == TargetForm.Authority ? head.Target.Of(bytes) : head.PathOf(bytes);
        return new(Text(head.MethodText.Of(bytes)), Text(head.Authority.Of(bytes)), Text(path), Text(parent.Slice(3, 32)));
    }

    public static RequestText Of(ReadOnlySpan<byte> written, in HeadMarks marks) =>
        new(Text(marks.Method.Of(written)), Text(marks.Host.Of(written)), Text(marks.Path.Of(written)), Text(marks.Trace.Of(written)));

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
