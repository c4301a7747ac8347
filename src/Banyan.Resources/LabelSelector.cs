using Banyan.Contracts;

namespace Banyan.Resources;

/// <summary>
/// Selects objects by their labels: requirements joined by commas, all of which must hold. <c>key</c>, <c>!key</c>, <c>key=value</c> (or <c>==</c>),
/// <c>key!=value</c>, <c>key in (a, b)</c>, <c>key notin (a, b)</c>. An object without the label satisfies <c>!=</c> and <c>notin</c>.
/// </summary>
public sealed class LabelSelector
{
    private readonly Requirement[] _requirements;

    private LabelSelector(Requirement[] requirements) => _requirements = requirements;

    private enum Relation
    {
        Exists,
        Absent,
        In,
        NotIn,
    }

    /// <summary>Reads a selector; null or blank text selects everything and gives null.</summary>
    /// <exception cref="BanyanException">resources/bad-selector, with the column.</exception>
    public static LabelSelector? Parse(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : new LabelSelector(new SelectorReader(text).ReadAll());

    /// <summary>True when the labels satisfy every requirement.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach (var requirement in _requirements)
        {
            if (!requirement.Holds(labels))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The selector in its shortest form; reading it again gives an equal selector.</summary>
    public override string ToString() => string.Join(',', _requirements.Select(r => r.ToString()));

    private sealed record Requirement(string Key, Relation Relation, string[] Values)
    {
        public bool Holds(IReadOnlyDictionary<string, string> labels)
        {
            var present = labels.TryGetValue(Key, out var value);
            return Relation switch
            {
                Relation.Exists => present,
                Relation.Absent => !present,
                Relation.In => present && Values.Contains(value),
                _ => !present || !Values.Contains(value),
            };
        }

        public override string ToString() => Relation switch
        {
            Relation.Exists => Key,
            Relation.Absent => $"!{Key}",
            Relation.In => Values.Length == 1 ? $"{Key}={Values[0]}" : $"{Key} in ({string.Join(',', Values)})",
            _ => Values.Length == 1 ? $"{Key}!={Values[0]}" : $"{Key} notin ({string.Join(',', Values)})",
        };
    }

    /// <summary>A hand-written reader, so that every mistake is told with its column.</summary>
    private sealed class SelectorReader(string text)
    {
        private int _at;

        public Requirement[] ReadAll()
        {
            var result = new List<Requirement>();
            do
            {
                result.Add(ReadOne());
                Blank();
            }
            while (Take(','));

            return _at == text.Length ? [.. result] : throw Bad("',' or the end was expected");
        }

        private Requirement ReadOne()
        {
            Blank();
            if (Peek == '!')
            {
                _at++;
                Blank();
                return new Requirement(Key(), Relation.Absent, []);
            }

            var key = Key();
            Blank();
            if (Take('!'))
            {
                return Take('=') ? One(key, Relation.NotIn) : throw Bad("'=' was expected after '!'");
            }

            if (Take('='))
            {
                Take('=');
                return One(key, Relation.In);
            }

            if (Word("in"))
            {
                return new Requirement(key, Relation.In, Set());
            }

            return Word("notin") ? new Requirement(key, Relation.NotIn, Set()) : new Requirement(key, Relation.Exists, []);
        }

        private Requirement One(string key, Relation relation)
        {
            Blank();
            return new Requirement(key, relation, [Value()]);
        }

        private string[] Set()
        {
            Blank();
            if (!Take('('))
            {
                throw Bad("'(' was expected");
            }

            var values = new SortedSet<string>(StringComparer.Ordinal);
            do
            {
                Blank();
                values.Add(Value());
                Blank();
            }
            while (Take(','));

            return Take(')') ? [.. values] : throw Bad("',' or ')' was expected");
        }

        private string Key()
        {
            var start = _at;
            var key = Token();
            return LabelRules.KeyProblem(key) is { } problem ? throw Bad(problem, start) : key;
        }

        private string Value()
        {
            var start = _at;
            var value = Token();
            return LabelRules.ValueProblem(value) is { } problem ? throw Bad(problem, start) : value;
        }

        private string Token()
        {
            var start = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '-' or '_' or '.' or '/'))
            {
                _at++;
            }

            return text[start.._at];
        }

        private char Peek => _at < text.Length ? text[_at] : '\0';

        private bool Word(string word)
        {
            var end = _at + word.Length;
            if (end <= text.Length && text.AsSpan(_at, word.Length).SequenceEqual(word) && (end == text.Length || text[end] is ' ' or '('))
            {
                _at = end;
                return true;
            }

            return false;
        }

        private bool Take(char expected)
        {
            if (Peek != expected || _at == text.Length)
            {
                return false;
            }

            _at++;
            return true;
        }

        private void Blank()
        {
            while (_at < text.Length && text[_at] == ' ')
            {
                _at++;
            }
        }

        private BanyanException Bad(string problem, int? at = null) => new(
            ResourceErrors.BadSelector,
            $"Label selector '{text}', column {(at ?? _at) + 1}: {problem}. Write for example 'tier=front,zone in (a,b),!draft'.");
    }
}
