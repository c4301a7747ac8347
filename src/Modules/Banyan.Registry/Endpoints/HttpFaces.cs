using System.Buffers;
using System.Text.Json;
using Banyan.Contracts;
using Banyan.Contracts.Registry.V1;
using Banyan.Http;
using Banyan.Http.Describing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Banyan.Registry.Endpoints;

/// <summary>The registry over plain HTTP, for services without any library of ours.</summary>
internal sealed class HttpFaces(RegistryService registry)
{
    private const string Service = "/api/v1/domains/{domain}/services/{service}/instances";
    private const string Instance = Service + "/{id}";
    private const int MaxBody = 256 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(Instance, RegisterAsync).RequireRole(RegistryAccess.Writers)
            .WithName("registry.register").WithSummary("Registers an instance, or replaces its registration.")
            .WithMetadata(new ApiOperation { Body = RegistrySchemas.Registration, Answer = RegistrySchemas.Registered });
        routes.MapPost(Instance + ":heartbeat", HeartbeatAsync).RequireRole(RegistryAccess.Writers)
            .WithName("registry.heartbeat").WithSummary("Renews an instance's lease.")
            .WithMetadata(new ApiOperation { Body = RegistrySchemas.Heartbeat, BodyIsOptional = true, Answer = RegistrySchemas.Heard });
        routes.MapPost(Instance + ":drain", DrainAsync).RequireRole(RegistryAccess.Writers)
            .WithName("registry.drain").WithSummary("Takes an instance out of traffic.")
            .WithMetadata(new ApiOperation { Body = RegistrySchemas.Drain, BodyIsOptional = true });
        routes.MapDelete(Instance, DeregisterAsync).RequireRole(RegistryAccess.Writers)
            .WithName("registry.deregister").WithSummary("Removes an instance.")
            .WithMetadata(new ApiOperation { Query = ["reason"] });
        routes.MapGet(Instance, FindAsync).RequireRole(RegistryAccess.Readers)
            .WithName("registry.find").WithSummary("Tells of one instance.")
            .WithMetadata(new ApiOperation { Answer = RegistrySchemas.Instance });
        routes.MapGet(Service, LookupAsync).RequireRole(RegistryAccess.Readers)
            .WithName("registry.lookup").WithSummary("Lists the instances of a service.")
            .WithMetadata(new ApiOperation { Answer = RegistrySchemas.List });
        routes.MapGet("/api/v1/instances", ListAsync).RequireRole(RegistryAccess.Readers)
            .WithName("registry.instances").WithSummary("Lists instances, or streams their changes with watch=true.")
            .WithMetadata(new ApiOperation { Query = ["domain", "service", "watch"], Answer = RegistrySchemas.List });
    }

    private static string Word(HttpContext http, string name) => (string?)http.Request.RouteValues[name] ?? string.Empty;

    private static InstanceKey KeyOf(HttpContext http)
    {
        var key = new InstanceKey { Domain = Word(http, "domain"), Service = Word(http, "service"), Id = Word(http, "id") };
        RegistryAccess.RequireWrite(http, key.Domain, key.Service);
        return key;
    }

    private static async Task<JsonDocument> ReadBodyAsync(HttpContext http, bool required)
    {
        // One megabyte of registration is a mistake or an attack; say so before reading it.
        if (http.Request.ContentLength > MaxBody)
        {
            throw TooLarge();
        }

        using var buffer = new MemoryStream();
        var chunk = new byte[8192];
        int read;
        while ((read = await http.Request.Body.ReadAsync(chunk, http.RequestAborted)) > 0)
        {
            if (buffer.Length + read > MaxBody)
            {
                throw TooLarge();
            }

            buffer.Write(chunk, 0, read);
        }

        if (buffer.Length == 0 && !required)
        {
            return JsonDocument.Parse("{}");
        }

        try
        {
            return JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        }
        catch (JsonException e)
        {
            var where = $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";
            throw RegistryErrors.Faulty(
                RegistryErrors.InvalidRequest, "The body is not JSON", [new Fault(string.Empty, buffer.Length == 0 ? "It is empty." : $"It breaks at {where}.", "wrong-type")]);
        }
    }

    private static BanyanException TooLarge() => new(RegistryErrors.BodyTooLarge, $"The body is larger than {MaxBody / 1024} KiB. Put less into the metadata.");

    private static async Task AnswerAsync(HttpContext http, ReadOnlyMemory<byte> json)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = json.Length;
        await http.Response.Body.WriteAsync(json, http.RequestAborted);
    }

    private async Task RegisterAsync(HttpContext http)
    {
        var key = KeyOf(http);
        using var body = await ReadBodyAsync(http, required: true);
        var reader = new RegistrationReader();
        var request = reader.ReadRegistration(body.RootElement, key.Domain, key.Service, key.Id);
        if (reader.Faults.Count > 0)
        {
            // What could be read is checked too: one answer with everything that is wrong.
            var rules = Instances.RegistrationRules.Check(request, string.Empty).Where(f => reader.Faults.All(r => r.Pointer != f.Pointer));
            throw RegistryErrors.Faulty(RegistryErrors.InvalidRegistration, "The instance cannot be registered", [.. reader.Faults, .. rules]);
        }

        await AnswerAsync(http, InstanceJson.Write(await registry.RegisterAsync(request, string.Empty, http.RequestAborted)));
    }

    private async Task HeartbeatAsync(HttpContext http)
    {
        var key = KeyOf(http);
        var (self, reason) = await ReadWordAsync(http, withState: true);
        var answer = await registry.HeartbeatAsync(new HeartbeatRequest { Key = key, Self = self, Reason = reason }, http.RequestAborted);
        await AnswerAsync(http, InstanceJson.Write(answer));
    }

    private async Task DrainAsync(HttpContext http)
    {
        var key = KeyOf(http);
        var (_, reason) = await ReadWordAsync(http, withState: false);
        await registry.DrainAsync(new DrainRequest { Key = key, Reason = reason, Requester = RegistryAccess.RequesterOf(http, null) }, http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task DeregisterAsync(HttpContext http)
    {
        var request = new DeregisterRequest { Key = KeyOf(http), Reason = http.Request.Query["reason"].ToString(), Requester = RegistryAccess.RequesterOf(http, null) };
        await registry.DeregisterAsync(request, http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task FindAsync(HttpContext http)
    {
        RegistryAccess.RequireRead(http, Word(http, "domain"));
        var name = new Instances.InstanceName(Word(http, "domain"), Word(http, "service"), Word(http, "id"));
        var found = await registry.LookupAsync(new LookupRequest { Domain = name.Domain, Service = name.Service }, http.RequestAborted);
        var instance = found.Instances.FirstOrDefault(i => i.Id == name.Id) ?? throw RegistryErrors.NoInstance(name);
        await AnswerAsync(http, InstanceJson.Write(instance));
    }

    private async Task LookupAsync(HttpContext http)
    {
        RegistryAccess.RequireRead(http, Word(http, "domain"));
        var found = await registry.LookupAsync(new LookupRequest { Domain = Word(http, "domain"), Service = Word(http, "service") }, http.RequestAborted);
        await AnswerAsync(http, InstanceJson.Write(found.Instances.OrderBy(i => i.Id, StringComparer.Ordinal), found.VersionNumber));
    }

    private async Task ListAsync(HttpContext http)
    {
        var query = http.Request.Query;
        var request = new WatchRequest { Domain = query["domain"].ToString() };
        request.Services.AddRange(query["service"].OfType<string>());
        RegistryAccess.RequireRead(http, request.Domain);
        if (query["watch"] == "true")
        {
            await StreamAsync(http, request);
            return;
        }

        await using var frames = registry.FramesAsync(request, http.RequestAborted).GetAsyncEnumerator(http.RequestAborted);
        await frames.MoveNextAsync();
        var all = frames.Current.Response;
        var ordered = all.Changed.OrderBy(i => i.Domain, StringComparer.Ordinal).ThenBy(i => i.Service, StringComparer.Ordinal).ThenBy(i => i.Id, StringComparer.Ordinal);
        await AnswerAsync(http, InstanceJson.Write(ordered, all.VersionNumber));
    }

    private async Task StreamAsync(HttpContext http, WatchRequest request)
    {
        var started = false;
        await foreach (var frame in registry.FramesAsync(request, http.RequestAborted))
        {
            if (!started)
            {
                http.Response.ContentType = "text/event-stream";
                http.Response.Headers.CacheControl = "no-store";
                started = true;
            }

            var body = http.Response.BodyWriter;
            body.Write(frame.Response.Reset ? "event: reset\ndata: "u8 : "event: delta\ndata: "u8);
            body.Write(frame.Json.Span);
            body.Write("\n\n"u8);
            await body.FlushAsync(http.RequestAborted);
        }
    }

    private static async Task<(InstanceState Self, string Reason)> ReadWordAsync(HttpContext http, bool withState)
    {
        using var body = await ReadBodyAsync(http, required: false);
        var reader = new RegistrationReader();
        var word = reader.ReadWord(body.RootElement, withState);
        return reader.Faults.Count == 0 ? word : throw RegistryErrors.Faulty(RegistryErrors.InvalidRequest, "The request has faults", reader.Faults);
    }
}
