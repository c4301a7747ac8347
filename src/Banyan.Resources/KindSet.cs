using System.Collections.Frozen;
using Banyan.Contracts;
using Banyan.Contracts.Text;
using Banyan.Resources.Json;

namespace Banyan.Resources;

/// <summary>All kinds of the process, by plural and by name.</summary>
public sealed class KindSet
{
    private readonly FrozenDictionary<string, ResourceKind> _byPlural;
    private readonly FrozenDictionary<string, ResourceKind> _byName;

    /// <summary>Collects kinds; one object given twice counts once.</summary>
    /// <exception cref="InvalidOperationException">Two different kinds share a name or a plural.</exception>
    public KindSet(IEnumerable<ResourceKind> kinds)
    {
        var all = kinds.DistinctBy(k => (k.GetType(), k.Name, k.Plural)).OrderBy(k => k.Plural, StringComparer.Ordinal).ToArray();
        if (all.GroupBy(k => k.Plural).Concat(all.GroupBy(k => k.Name)).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new InvalidOperationException(
                $"The kind '{twice.Key}' is registered by {string.Join(" and ", twice.Select(k => k.GetType().FullName))}. Give one of them another name.");
        }

        All = all;
        _byPlural = all.ToFrozenDictionary(k => k.Plural);
        _byName = all.ToFrozenDictionary(k => k.Name);
    }

    /// <summary>All kinds, by plural.</summary>
    public IReadOnlyList<ResourceKind> All { get; }

    /// <summary>The kind with this plural, or null.</summary>
    public ResourceKind? Find(string plural) => _byPlural.GetValueOrDefault(plural);

    /// <summary>The kind with this name in documents, or null.</summary>
    public ResourceKind? FindByName(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The kind with this plural.</summary>
    /// <exception cref="BanyanException">resources/unknown-kind, with the nearest name.</exception>
    public ResourceKind Get(string plural) =>
        Find(plural) ?? throw new BanyanException(
            ResourceErrors.UnknownKind,
            $"There is no kind '{plural}'.{NearestName.Hint(plural, _byPlural.Keys)} '/api/v1/kinds' lists all.");
}
