using Banyan.Contracts;
using Banyan.Http.Problems;
using Banyan.Registry.Instances;
using Banyan.Store;

namespace Banyan.Registry;

/// <summary>The registry's stable error codes.</summary>
internal static class RegistryErrors
{
    public static readonly ErrorCode NotReady = new("registry/not-ready", ErrorKind.Unavailable, "The registry has no snapshot yet.");
    public static readonly ErrorCode InstanceNotFound = new("registry/instance-not-found", ErrorKind.NotFound, "No such instance.");
    public static readonly ErrorCode InvalidRegistration = new("registry/invalid-registration", ErrorKind.Unprocessable, "The registration has faults.");
    public static readonly ErrorCode InvalidRequest = new("registry/invalid-request", ErrorKind.Invalid, "The request has faults.");
    public static readonly ErrorCode Forbidden = new("registry/forbidden", ErrorKind.Forbidden, "The credential may not do this.");
    public static readonly ErrorCode BodyTooLarge = new("registry/body-too-large", ErrorKind.TooLarge, "The body is too large.");
    public static readonly ErrorCode Contended = new("registry/contended", ErrorKind.Conflict, "The registration changes too often.");

    /// <summary>What a store that cannot take a change means to the caller.</summary>
    public static BanyanException Of(StoreException e) => StoreProblems.Of(e, "; every call of the registry may be repeated.");

    public static BanyanException NotReadyYet() =>
        new(NotReady, "The registry has not read its registrations from the store yet. Try again in a moment.");

    public static BanyanException NoInstance(InstanceName name) =>
        new(InstanceNotFound, $"Instance '{name.Id}' of service '{name.Service}' in domain '{name.Domain}' is not registered. Register it again.");

    public static BanyanException Faulty(ErrorCode code, string what, IReadOnlyList<Fault> faults) =>
        new(code, $"{what}: {(faults.Count == 1 ? faults[0].Message : $"{faults.Count} faults, the first: {faults[0].Message}")}") { Faults = faults };
}
