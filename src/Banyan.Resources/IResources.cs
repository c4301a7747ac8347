using System.Text.Json.Nodes;
using Banyan.Contracts;

namespace Banyan.Resources;

/// <summary>
/// The objects of all kinds. Every write passes the same gate: authorisation, structure, defaults, the kind's rules, commit with compare and audit record in one
/// transaction. Reads are for trusted callers inside the process; the HTTP API asks <see cref="ResourceKind.Allows"/> first. Safe for concurrent use.
/// </summary>
public interface IResources
{
    /// <summary>All kinds of the process.</summary>
    KindSet Kinds { get; }

    /// <summary>One object, or null.</summary>
    Task<Resource<TSpec, TStatus>?> FindAsync<TSpec, TStatus>(ResourceKind<TSpec, TStatus> kind, ResourceName name, CancellationToken ct)
        where TSpec : class
        where TStatus : class;

    /// <summary>One object with the values of its write-only fields in place of their marks, or null. Only for the module that needs the values: they must not leave it.</summary>
    Task<Resource<TSpec, TStatus>?> RevealAsync<TSpec, TStatus>(ResourceKind<TSpec, TStatus> kind, ResourceName name, CancellationToken ct)
        where TSpec : class
        where TStatus : class;

    /// <summary>Objects of a kind, all read at one revision.</summary>
    /// <exception cref="BanyanException">resources/gone: the page's revision is no longer kept.</exception>
    Task<ResourceList<TSpec, TStatus>> ListAsync<TSpec, TStatus>(ResourceKind<TSpec, TStatus> kind, ResourceFilter filter, CancellationToken ct)
        where TSpec : class
        where TStatus : class;

    /// <summary>Changes the status as the platform; tries again when somebody else wrote meanwhile. Writes nothing when the status stays as it is.</summary>
    /// <exception cref="BanyanException">resources/not-found.</exception>
    Task<Resource<TSpec, TStatus>> WriteStatusAsync<TSpec, TStatus>(
        ResourceKind<TSpec, TStatus> kind, ResourceName name, Func<TStatus?, TStatus> change, CancellationToken ct)
        where TSpec : class
        where TStatus : class;

    /// <summary>The informer of a kind; the same one for every caller.</summary>
    IInformer<TSpec, TStatus> Informer<TSpec, TStatus>(ResourceKind<TSpec, TStatus> kind)
        where TSpec : class
        where TStatus : class;

    /// <summary>One document, or null.</summary>
    Task<ResourceDocument?> GetAsync(string plural, ResourceName name, CancellationToken ct);

    /// <summary>Documents of a kind, all read at one revision.</summary>
    Task<DocumentList> ListAsync(string plural, ResourceFilter filter, CancellationToken ct);

    /// <summary>Creates an object.</summary>
    /// <exception cref="BanyanException">resources/already-exists, resources/invalid with all faults, resources/forbidden.</exception>
    Task<WriteResult> CreateAsync(string plural, ResourceName name, JsonObject document, WriteContext context, CancellationToken ct);

    /// <summary>Creates an object or replaces spec, labels, annotations, owner and finalisers of it.</summary>
    /// <exception cref="BanyanException">resources/stale, resources/invalid with all faults, resources/forbidden.</exception>
    Task<WriteResult> ReplaceAsync(string plural, ResourceName name, JsonObject document, WriteContext context, CancellationToken ct);

    /// <summary>Merges a patch into an object (RFC 7396).</summary>
    /// <exception cref="BanyanException">resources/not-found, resources/stale, resources/invalid with all faults, resources/forbidden.</exception>
    Task<WriteResult> PatchAsync(string plural, ResourceName name, JsonObject patch, WriteContext context, CancellationToken ct);

    /// <summary>
    /// Makes the object have what the document says, and takes away what the same manager said before and no longer says. What other managers said stays.
    /// </summary>
    /// <exception cref="BanyanException">resources/field-conflict with a fault a field that names its owner; resources/invalid; resources/forbidden.</exception>
    Task<WriteResult> ApplyAsync(string plural, ResourceName name, JsonObject intent, WriteContext context, CancellationToken ct);

    /// <summary>Replaces the status.</summary>
    /// <exception cref="BanyanException">resources/not-found, resources/stale, resources/invalid with all faults, resources/forbidden.</exception>
    Task<WriteResult> ReplaceStatusAsync(string plural, ResourceName name, JsonObject status, WriteContext context, CancellationToken ct);

    /// <summary>Deletes an object, or marks it when it has finalisers.</summary>
    /// <exception cref="BanyanException">resources/not-found, resources/stale, resources/in-use, resources/forbidden.</exception>
    Task<WriteResult> DeleteAsync(string plural, ResourceName name, WriteContext context, CancellationToken ct);

    /// <summary>Every change after a revision (0 = from now on), ordered and without gaps, until cancelled.</summary>
    /// <exception cref="BanyanException">resources/gone: list again and watch from there.</exception>
    IAsyncEnumerable<ResourceChanges> WatchAsync(string plural, ResourceFilter filter, long after, CancellationToken ct);

    /// <summary>Which manager owns which fields: manager to sorted pointers; null when there is no such object.</summary>
    Task<IReadOnlyDictionary<string, IReadOnlyList<string>>?> OwnershipAsync(string plural, ResourceName name, CancellationToken ct);
}
