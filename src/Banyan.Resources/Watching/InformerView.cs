using System.Collections.Immutable;

namespace Banyan.Resources.Watching;

/// <summary>All objects of a kind at one revision, and who claims what. Immutable.</summary>
/// <param name="Objects">By name.</param>
/// <param name="Claims">The names of those that make a claim (<see cref="ResourceKind{TSpec, TStatus}.ClaimsOf"/>).</param>
/// <param name="Revision">The store's revision.</param>
internal sealed record InformerView<TSpec, TStatus>(
    ImmutableDictionary<ResourceName, Resource<TSpec, TStatus>> Objects, ImmutableDictionary<string, ImmutableHashSet<ResourceName>> Claims, long Revision)
    where TSpec : class
    where TStatus : class
{
    public static readonly InformerView<TSpec, TStatus> Empty =
        new(ImmutableDictionary<ResourceName, Resource<TSpec, TStatus>>.Empty, ImmutableDictionary<string, ImmutableHashSet<ResourceName>>.Empty, 0);

    /// <summary>Every object that makes one of these claims, once.</summary>
    public IEnumerable<Resource<TSpec, TStatus>> Claiming(IEnumerable<string> claims) =>
        claims.SelectMany(claim => Claims.GetValueOrDefault(claim, [])).Distinct().Select(name => Objects[name]);

    /// <summary>A change under way.</summary>
    public sealed class Edit(ResourceKind<TSpec, TStatus> kind, InformerView<TSpec, TStatus> before)
    {
        private readonly ImmutableDictionary<ResourceName, Resource<TSpec, TStatus>>.Builder _objects = before.Objects.ToBuilder();
        private readonly ImmutableDictionary<string, ImmutableHashSet<ResourceName>>.Builder _claims = before.Claims.ToBuilder();

        /// <summary>Sets an object, in place of what has its name.</summary>
        public void Put(ResourceName name, Resource<TSpec, TStatus> value)
        {
            Remove(name);
            _objects[name] = value;
            foreach (var claim in kind.ClaimsOf(name.Domain, value.Spec))
            {
                _claims[claim] = _claims.GetValueOrDefault(claim, []).Add(name);
            }
        }

        /// <summary>Takes an object out, if it is there.</summary>
        public void Remove(ResourceName name)
        {
            if (!_objects.TryGetValue(name, out var old))
            {
                return;
            }

            _objects.Remove(name);
            foreach (var claim in kind.ClaimsOf(name.Domain, old.Spec))
            {
                if (_claims.GetValueOrDefault(claim, []).Remove(name) is { IsEmpty: false } left)
                {
                    _claims[claim] = left;
                }
                else
                {
                    _claims.Remove(claim);
                }
            }
        }

        public InformerView<TSpec, TStatus> Finish(long revision) => new(_objects.ToImmutable(), _claims.ToImmutable(), revision);
    }
}
