using System.Text.Json.Nodes;
using Banyan.Contracts;
using Banyan.Http;
using Banyan.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Banyan.Api.Endpoints;

/// <summary>One object of any kind: read, create, replace, patch, apply, status, delete.</summary>
internal sealed class ResourceEndpoints(IResources resources)
{
    private const string Cluster = "/api/v1/{plural}";
    private const string InDomain = "/api/v1/domains/{domain}/{plural}";

    private static readonly ActorRole[] Readers = [ActorRole.Administrator, ActorRole.Reader, ActorRole.Service];

    // Whether a service credential may write is for the kind to say; a reader never may.
    private static readonly ActorRole[] Writers = [ActorRole.Administrator, ActorRole.Service];

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var collection in new[] { Cluster, InDomain })
        {
            var one = collection + "/{name}";
            routes.MapGet(one, GetAsync).RequireRole(Readers);
            routes.MapPost(collection, CreateAsync).RequireRole(Writers);
            routes.MapPut(one, ReplaceAsync).RequireRole(Writers);
            routes.MapPatch(one, PatchAsync).RequireRole(Writers);
            routes.MapDelete(one, DeleteAsync).RequireRole(Writers);
            routes.MapPost(one + ":apply", ApplyAsync).RequireRole(Writers);
            routes.MapPut(one + "/status", ReplaceStatusAsync).RequireRole(Writers);
        }
    }

    private async Task GetAsync(HttpContext context)
    {
        var query = ApiQuery.Read(context.Request, "view");
        var (kind, address) = Address(context, ResourceVerb.Read);
        if (query.Text("view") is { } view)
        {
            if (view != "ownership")
            {
                throw new BanyanException(ApiErrors.BadQuery, $"'view' is '{view}'; the one view there is is 'ownership'.");
            }

            var owners = await resources.OwnershipAsync(kind.Plural, address, context.RequestAborted) ?? throw NotFound(kind, address);
            await ApiAnswers.WriteAsync(context, json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("managers");
                foreach (var (manager, pointers) in owners)
                {
                    json.WriteStartArray(manager);
                    foreach (var pointer in pointers)
                    {
                        json.WriteStringValue(pointer);
                    }

                    json.WriteEndArray();
                }

                json.WriteEndObject();
                json.WriteEndObject();
            });
            return;
        }

        await ApiAnswers.WriteDocumentAsync(context, await resources.GetAsync(kind.Plural, address, context.RequestAborted) ?? throw NotFound(kind, address));
    }

    private async Task CreateAsync(HttpContext context)
    {
        var write = Context(context, "dryRun", "manager");
        var address = ResourceAddress.Read(context, resources, ResourceVerb.Write);
        var document = await RequestDocument.ReadObjectAsync(context.Request, context.RequestAborted);
        var metadata = document["metadata"] as JsonObject;
        if (metadata?["name"] is not JsonValue value || !value.TryGetValue<string>(out var name))
        {
            throw new BanyanException(ResourceErrors.Invalid, $"The document does not name the {address.Kind.Name}.")
            {
                Faults = [new Fault("/metadata/name", "The field 'name' is missing.", "required")],
            };
        }

        var domain = address.Domain ?? (metadata["domain"] as JsonValue)?.ToString();
        if (!address.Kind.Allows(write.Actor, ResourceVerb.Write, domain, name))
        {
            throw new BanyanException(ResourceErrors.Forbidden, $"'{write.Actor.Name}' may not write {address.Kind.Name} '{name}'. Use an administrator's credential.");
        }

        var result = await resources.CreateAsync(address.Kind.Plural, new ResourceName(domain, name), document, write, context.RequestAborted);
        await ApiAnswers.WriteResultAsync(context, result, write.DryRun);
    }

    private async Task ReplaceAsync(HttpContext context)
    {
        var write = Context(context, "dryRun", "manager");
        var (kind, name) = Address(context, ResourceVerb.Write);
        var document = await RequestDocument.ReadObjectAsync(context.Request, context.RequestAborted);
        await ApiAnswers.WriteResultAsync(context, await resources.ReplaceAsync(kind.Plural, name, document, write, context.RequestAborted), write.DryRun);
    }

    private async Task PatchAsync(HttpContext context)
    {
        var write = Context(context, "dryRun", "manager");
        var (kind, name) = Address(context, ResourceVerb.Write);
        var patch = await RequestDocument.ReadObjectAsync(context.Request, context.RequestAborted, "application/merge-patch+json", "application/json");
        await ApiAnswers.WriteResultAsync(context, await resources.PatchAsync(kind.Plural, name, patch, write, context.RequestAborted), write.DryRun);
    }

    private async Task ApplyAsync(HttpContext context)
    {
        var write = Context(context, "dryRun", "manager", "force");
        var (kind, name) = Address(context, ResourceVerb.Write);
        var intent = await RequestDocument.ReadObjectAsync(context.Request, context.RequestAborted);
        await ApiAnswers.WriteResultAsync(context, await resources.ApplyAsync(kind.Plural, name, intent, write, context.RequestAborted), write.DryRun);
    }

    private async Task ReplaceStatusAsync(HttpContext context)
    {
        var write = Context(context, "dryRun");
        var (kind, name) = Address(context, ResourceVerb.WriteStatus);
        var body = await RequestDocument.ReadObjectAsync(context.Request, context.RequestAborted);
        if (body["status"] is not JsonObject status)
        {
            throw new BanyanException(ResourceErrors.Invalid, "The document has no status. Send the object with its status, or {\"status\": {…}}.")
            {
                Faults = [new Fault("/status", "The field 'status' is missing or no object.", "required")],
            };
        }

        await ApiAnswers.WriteResultAsync(context, await resources.ReplaceStatusAsync(kind.Plural, name, status, write, context.RequestAborted), write.DryRun);
    }

    private async Task DeleteAsync(HttpContext context)
    {
        var write = Context(context, "dryRun");
        var (kind, name) = Address(context, ResourceVerb.Delete);
        await ApiAnswers.WriteResultAsync(context, await resources.DeleteAsync(kind.Plural, name, write, context.RequestAborted), write.DryRun);
    }

    private static WriteContext Context(HttpContext context, params ReadOnlySpan<string> known)
    {
        var query = ApiQuery.Read(context.Request, known);
        return new WriteContext(context.GetActor())
        {
            FieldManager = query.Manager(),
            DryRun = query.Flag("dryRun"),
            Force = query.Flag("force"),
            IfMatch = Preconditions.ReadForWrite(context.Request),
        };
    }

    private static BanyanException NotFound(ResourceKind kind, ResourceName name) =>
        new(ResourceErrors.NotFound, $"There is no {kind.Name} '{name}'. List '{kind.Plural}' to see what there is.");

    private (ResourceKind Kind, ResourceName Name) Address(HttpContext context, ResourceVerb verb)
    {
        var address = ResourceAddress.Read(context, resources, verb);
        return (address.Kind, address.FullName);
    }
}
