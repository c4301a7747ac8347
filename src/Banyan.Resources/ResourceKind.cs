using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Banyan.Resources.Json;

namespace Banyan.Resources;

/// <summary>Whether objects of a kind belong to a domain.</summary>
public enum KindScope
{
    /// <summary>Every object belongs to a domain.</summary>
    Domain,

    /// <summary>Objects belong to no domain.</summary>
    Cluster,
}

/// <summary>A kind of object: registered once, used by API, CLI and console alike. Kinds are pure; derive from <see cref="ResourceKind{TSpec, TStatus}"/>.</summary>
public abstract class ResourceKind
{
    private protected ResourceKind(string name, string plural, KindScope scope, string summary)
    {
        Name = name;
        Plural = plural;
        Scope = scope;
        Summary = summary;
    }

    /// <summary>The kind's name in documents: <c>Route</c>.</summary>
    public string Name { get; }

    /// <summary>The kind's name in addresses: <c>routes</c>.</summary>
    public string Plural { get; }

    /// <summary>Whether objects belong to a domain.</summary>
    public KindScope Scope { get; }

    /// <summary>One line for people.</summary>
    public string Summary { get; }

    /// <summary>How a spec is read and written; unknown fields, wrong types and missing fields are found from it.</summary>
    public abstract JsonTypeInfo SpecType { get; }

    /// <summary>How a status is read and written.</summary>
    public abstract JsonTypeInfo StatusType { get; }

    /// <summary>
    /// Pointers (RFC 6901) to texts of the spec that are written and never read: <c>/spec/privateKey</c>; the way there is through objects only. Wherever an object is
    /// seen, a mark such as <c>(write-only 4f1c09d2a4b7e310)</c> stands for the value; sending the mark back keeps it. The kind's rules see the value and must not
    /// repeat it in a fault; the module that needs it asks <see cref="IResources.RevealAsync"/>. Default: none.
    /// </summary>
    public virtual IReadOnlyList<string> WriteOnlyFields => [];

    /// <summary>
    /// Whether an actor may do this. By default administrators and modules may do everything, readers read, and a service credential reads its own domain and
    /// what belongs to no domain.
    /// </summary>
    /// <param name="actor">Who.</param>
    /// <param name="verb">What.</param>
    /// <param name="domain">In which domain; null for cluster scope, or for all domains.</param>
    /// <param name="name">Which object; null for all.</param>
    public virtual bool Allows(Actor actor, ResourceVerb verb, string? domain, string? name) => actor.Role switch
    {
        ActorRole.Administrator or ActorRole.System => true,
        ActorRole.Reader => verb == ResourceVerb.Read,
        _ => verb == ResourceVerb.Read && (Scope == KindScope.Cluster || domain == actor.Domain),
    };

    /// <summary>The kind's rules for deleting an object; by default none.</summary>
    /// <param name="name">Which object is about to be deleted.</param>
    /// <param name="validation">Takes faults, and conditions that must still hold when the deletion is committed.</param>
    /// <param name="cancellation">Gives up.</param>
    public virtual ValueTask ValidateDeleteAsync(ResourceName name, ResourceValidation validation, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>The name of an object from the parts of its address; null domain for cluster scope.</summary>
    internal ResourceName NameOf(string? domain, string name) => new(Scope == KindScope.Cluster ? null : domain, name);

    /// <summary>Reads a spec that passed the structural check, fills in defaults, and writes it in the one form that is stored.</summary>
    internal abstract object ReadSpec(ResourceName name, JsonNode spec);

    internal abstract JsonObject WriteSpec(object spec);

    internal abstract ValueTask ValidateUntypedAsync(ResourceMetadata metadata, object spec, JsonNode? status, ResourceValidation validation, CancellationToken cancellation);
}

/// <summary>A kind with its types.</summary>
/// <typeparam name="TSpec">What is wanted.</typeparam>
/// <typeparam name="TStatus">What is.</typeparam>
/// <param name="name">The kind's name in documents: <c>Route</c>.</param>
/// <param name="plural">The kind's name in addresses: <c>routes</c>.</param>
/// <param name="scope">Whether objects belong to a domain.</param>
/// <param name="summary">One line for people.</param>
/// <param name="specType">From a source-generated context with camel-case names.</param>
/// <param name="statusType">From a source-generated context with camel-case names.</param>
public abstract class ResourceKind<TSpec, TStatus>(
    string name, string plural, KindScope scope, string summary, JsonTypeInfo<TSpec> specType, JsonTypeInfo<TStatus> statusType)
    : ResourceKind(name, plural, scope, summary)
    where TSpec : class
    where TStatus : class
{
    /// <inheritdoc/>
    public override JsonTypeInfo SpecType => specType;

    /// <inheritdoc/>
    public override JsonTypeInfo StatusType => statusType;

    internal JsonTypeInfo<TSpec> TypedSpec => specType;

    internal JsonTypeInfo<TStatus> TypedStatus => statusType;

    /// <summary>Fills in what was left out. The result is what is stored.</summary>
    public virtual TSpec Default(ResourceName name, TSpec spec) => spec;

    /// <summary>
    /// What an object claims among its kind: objects that share a key are found at once by <see cref="ResourceValidation.SharingAsync"/>, however many there are.
    /// Called for whatever is stored, also for a spec that would not pass the rules; must not throw. Default: nothing.
    /// </summary>
    /// <param name="domain">The object's domain; null for cluster scope.</param>
    /// <param name="spec">What it wants.</param>
    public virtual IEnumerable<string> ClaimsOf(string? domain, TSpec spec) => [];

    /// <summary>The kind's own rules, on a spec that has the right structure and its defaults. Add every fault, not only the first.</summary>
    public virtual ValueTask ValidateAsync(Resource<TSpec, TStatus> resource, ResourceValidation v, CancellationToken ct) => ValueTask.CompletedTask;

    internal override object ReadSpec(ResourceName name, JsonNode spec) =>
        Default(name, System.Text.Json.JsonSerializer.Deserialize(spec, specType)
            ?? throw new System.Text.Json.JsonException("The spec is null."));

    internal override JsonObject WriteSpec(object spec) =>
        JsonFields.WithoutNulls(System.Text.Json.JsonSerializer.SerializeToNode((TSpec)spec, specType)!.AsObject());

    internal override ValueTask ValidateUntypedAsync(
        ResourceMetadata metadata, object spec, JsonNode? status, ResourceValidation validation, CancellationToken cancellation) =>
        ValidateAsync(
            new Resource<TSpec, TStatus>(metadata, (TSpec)spec, status is null ? null : System.Text.Json.JsonSerializer.Deserialize(status, statusType)),
            validation,
            cancellation);
}
