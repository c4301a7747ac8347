using System.Text;

namespace Banyan.Gateway.Routing.Actions;

/// <summary>
/// Writes the target a service sees from the raw target of the client: fixed texts, single segments of the client's path and what follows the first of them. The
/// query stays. Segments are taken from the raw form: they are the same ones as in the normal form, because an escaped separator never passes as a separator.
/// </summary>
internal sealed class TargetRewrite
{
    private readonly Piece[] _pieces;

    private TargetRewrite(string text, Piece[] pieces)
    {
        Text = text;
        _pieces = pieces;
    }

    /// <summary>For people.</summary>
    public string Text { get; }

    /// <summary>Puts <paramref name="prefix"/> in the place of the first segments; <c>/</c> takes them away.</summary>
    public static TargetRewrite Prefix(string prefix, int segments) =>
        new($"{prefix} in place of the first {segments} segments", [Piece.Of(prefix.TrimEnd('/')), new Piece(PieceKind.Behind, [], segments)]);

    /// <summary>Writes a template with the parameters of a pattern. Every parameter in it must be one of the pattern's.</summary>
    public static TargetRewrite Template(string template, PathPattern pattern)
    {
        var pieces = new List<Piece>();
        var at = 0;
        for (var open = template.IndexOf('{'); open >= 0; open = template.IndexOf('{', at))
        {
            var close = template.IndexOf('}', open);
            var name = template[(open + 1)..close];
            if (name[0] == '*')
            {
                // The slash before it comes with what it stands for.
                pieces.Add(Piece.Of(template[at..open].TrimEnd('/')));
                pieces.Add(new Piece(PieceKind.Behind, [], pattern.Segments.Length));
            }
            else
            {
                pieces.Add(Piece.Of(template[at..open]));
                pieces.Add(new Piece(PieceKind.Segment, [], pattern.PositionOf(name)));
            }

            at = close + 1;
        }

        pieces.Add(Piece.Of(template[at..]));
        return new TargetRewrite(template, [.. pieces.Where(p => p.Kind != PieceKind.Fixed || p.Text.Length > 0)]);
    }

    /// <summary>How many bytes <see cref="TryWrite"/> needs at most for a raw target of this length.</summary>
    public int MaxLength(int targetLength)
    {
        // One more for the slash an empty result gets.
        var most = targetLength + 1;
        foreach (var piece in _pieces)
        {
            most += piece.Kind == PieceKind.Fixed ? piece.Text.Length : targetLength;
        }

        return most;
    }

    /// <summary>Writes the service's target; false when the place is too small. Allocates nothing.</summary>
    /// <param name="target">The client's, in origin-form with its query.</param>
    /// <param name="to">Where to.</param>
    /// <param name="written">How much.</param>
    public bool TryWrite(ReadOnlySpan<byte> target, Span<byte> to, out int written)
    {
        var question = target.IndexOf((byte)'?');
        return TryWritePath(question < 0 ? target : target[..question], to, out written) && (question < 0 || Append(target[question..], to, ref written));
    }

    /// <summary>As <see cref="TryWrite"/>, without the query.</summary>
    /// <param name="path">The client's raw path.</param>
    /// <param name="to">Where to.</param>
    /// <param name="written">How much.</param>
    public bool TryWritePath(ReadOnlySpan<byte> path, Span<byte> to, out int written)
    {
        written = 0;
        foreach (var piece in _pieces)
        {
            if (!Append(piece.Of(path), to, ref written))
            {
                return false;
            }
        }

        return written > 0 || Append("/"u8, to, ref written);
    }

    /// <summary>The service's target as text.</summary>
    public string Apply(string target)
    {
        var raw = Encoding.Latin1.GetBytes(target);
        var to = new byte[MaxLength(raw.Length)];
        TryWrite(raw, to, out var written);
        return Encoding.Latin1.GetString(to, 0, written);
    }

    private static bool Append(ReadOnlySpan<byte> part, Span<byte> to, ref int written)
    {
        if (!part.TryCopyTo(to[written..]))
        {
            return false;
        }

        written += part.Length;
        return true;
    }

    private enum PieceKind
    {
        Fixed,
        Segment,
        Behind,
    }

    private readonly record struct Piece(PieceKind Kind, byte[] Text, int Position)
    {
        public static Piece Of(string text) => new(PieceKind.Fixed, Encoding.ASCII.GetBytes(text), 0);

        public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> path) => Kind switch
        {
            PieceKind.Fixed => Text,
            PieceKind.Segment => SegmentOf(path, Position),
            _ => Behind(path, Position),
        };

        private static ReadOnlySpan<byte> SegmentOf(ReadOnlySpan<byte> path, int position)
        {
            var from = Behind(path, position);
            var end = from.Length > 1 ? from[1..].IndexOf((byte)'/') : -1;
            return from.IsEmpty ? from : end < 0 ? from[1..] : from[1..(end + 1)];
        }

        // From the slash behind so many segments on; empty when there is nothing behind them.
        private static ReadOnlySpan<byte> Behind(ReadOnlySpan<byte> path, int segments)
        {
            for (var i = 0; i < segments && !path.IsEmpty; i++)
            {
                var next = path[1..].IndexOf((byte)'/');
                path = next < 0 ? [] : path[(next + 1)..];
            }

            return path;
        }
    }
}
