namespace Banyan.Gateway.Routing;

/// <summary>
/// The routes of one host as a tree of path segments. Readers see finished trees only; an edit copies the nodes on its way once and shares all others with the
/// tree before (<see cref="Edit"/>).
/// <code>
///  ""  ── pets ──── 7            Whole: GET /pets/7
///   │       └────── {}           Whole: /pets/{id}
///   │       (Regex: /pets/[0-9]+)   (Below: /pets)
///  (Below: /)
/// </code>
/// A path goes down along the texts first, then along the parameter; on the way back each node offers its regular expressions, then what it takes from below.
/// Every node is visited at most once a request, whatever the path is.
/// </summary>
internal sealed class PathNode
{
    private readonly object _edit;

    // Most nodes have one text: then it stands here, and no dictionary is fetched from memory.
    private ByteText _onlyText;
    private PathNode? _onlyChild;
    private Dictionary<ByteText, PathNode>? _texts;
    private Dictionary<ByteText, PathNode>.AlternateLookup<ReadOnlySpan<byte>> _byText;
    private PathNode? _parameter;
    private RoutePlace _whole;
    private RoutePlace _regex;
    private RoutePlace _below;

    /// <summary>An empty tree that belongs to an edit.</summary>
    public PathNode(object edit) => _edit = edit;

    private PathNode(PathNode from, object edit)
        : this(edit)
    {
        _onlyText = from._onlyText;
        _onlyChild = from._onlyChild;
        _parameter = from._parameter;
        _whole = from._whole;
        _regex = from._regex;
        _below = from._below;
        if (from._texts is { } texts)
        {
            SetTexts(new Dictionary<ByteText, PathNode>(texts, ByteKeys.Comparer));
        }
    }

    private bool HasChildren => _onlyChild is not null || _texts is not null || _parameter is not null;

    /// <summary>The first route, in order of precedence, that takes the request; <paramref name="rest"/> is the path behind this node.</summary>
    public Route? Find(ReadOnlySpan<byte> rest, in RequestMatch request)
    {
        if (rest.IsEmpty)
        {
            if (_whole.First(request) is { } here)
            {
                return here;
            }
        }
        else if (HasChildren && FindDeeper(rest, request) is { } deeper)
        {
            return deeper;
        }

        return _regex.FirstByPath(request) ?? _below.First(request);
    }

    /// <summary>The tree with a place changed; null when nothing is left.</summary>
    /// <param name="edit">Nodes that carry the same object are changed in place: they are not published yet.</param>
    /// <param name="pattern">Which place.</param>
    /// <param name="depth">How many segments of the pattern lie above this node.</param>
    /// <param name="change">Gives the place's new content.</param>
    public PathNode? Edit(object edit, PathPattern pattern, int depth, Func<RoutePlace, RoutePlace> change)
    {
        var node = ReferenceEquals(_edit, edit) ? this : new PathNode(this, edit);
        if (depth == pattern.Segments.Length)
        {
            switch (pattern.Ending)
            {
                case PathEnding.Whole:
                    node._whole = change(_whole);
                    break;
                case PathEnding.Regex:
                    node._regex = change(_regex);
                    break;
                default:
                    node._below = change(_below);
                    break;
            }
        }
        else if (pattern.Segments[depth] is { } text)
        {
            node.SetText(text, (node.ChildOf(text) ?? new PathNode(edit)).Edit(edit, pattern, depth + 1, change));
        }
        else
        {
            node._parameter = (node._parameter ?? new PathNode(edit)).Edit(edit, pattern, depth + 1, change);
        }

        return !node.HasChildren && node._whole.IsEmpty && node._regex.IsEmpty && node._below.IsEmpty ? null : node;
    }

    private Route? FindDeeper(ReadOnlySpan<byte> rest, in RequestMatch request)
    {
        var end = rest[1..].IndexOf((byte)'/') + 1;
        var text = end == 0 ? rest[1..] : rest[1..end];
        var behind = end == 0 ? [] : rest[end..];
        PathNode? child = null;
        if (_onlyChild is not null)
        {
            child = _onlyText.Equals(text) ? _onlyChild : null;
        }
        else if (_texts is not null)
        {
            _byText.TryGetValue(text, out child);
        }

        if (child?.Find(behind, request) is { } byText)
        {
            return byText;
        }

        return text.IsEmpty ? null : _parameter?.Find(behind, request);
    }

    private PathNode? ChildOf(byte[] text) => _texts is not null ? _texts.GetValueOrDefault(new ByteText(text)) : _onlyText.Equals(text) ? _onlyChild : null;

    private void SetText(byte[] text, PathNode? child)
    {
        if (_texts is null && (_onlyChild is null || _onlyText.Equals(text)))
        {
            (_onlyText, _onlyChild) = (child is null ? default : new ByteText(text), child);
            return;
        }

        if (_texts is null)
        {
            SetTexts(new Dictionary<ByteText, PathNode>(ByteKeys.Comparer) { [_onlyText] = _onlyChild! });
            (_onlyText, _onlyChild) = (default, null);
        }

        if (child is not null)
        {
            _texts![new ByteText(text)] = child;
        }
        else if (_texts!.Remove(new ByteText(text)) && _texts.Count == 1)
        {
            (_onlyText, _onlyChild) = _texts.Single();
            _texts = null;
            _byText = default;
        }
    }

    private void SetTexts(Dictionary<ByteText, PathNode> texts)
    {
        _texts = texts;
        _byText = texts.GetAlternateLookup<ReadOnlySpan<byte>>();
    }
}
