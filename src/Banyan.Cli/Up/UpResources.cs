using System.Text.Json.Nodes;
using Banyan.Cli.Commands;
using Banyan.Cli.Manifests;
using Banyan.Cli.Output;
using Banyan.Client;
using Banyan.Contracts;

namespace Banyan.Cli.Up;

/// <summary>Makes the platform know the services: their Service and Route objects, and a credential for each.</summary>
internal sealed class UpResources(BanyanClient client, string dataDirectory)
{
    private const string Manager = "up";

    // Marks what came from banyan.yaml files, so that what is no longer written there can be removed.
    private const string Label = "managed-by";

    public async Task ApplyAsync(IReadOnlyList<ServiceManifest> manifests, CancellationToken cancellation)
    {
        var wanted = new HashSet<ResourceAddress>();
        foreach (var domain in manifests.Select(m => m.Domain).Where(d => d != "default").Distinct())
        {
            await ApplyAsync(new ResourceAddress("domains", null, domain), "Domain", [], cancellation).ConfigureAwait(false);
        }

        // Services first: a route to a service that does not exist is refused.
        foreach (var manifest in manifests)
        {
            var address = new ResourceAddress("services", manifest.Domain, manifest.Service);
            wanted.Add(address);
            await ApplyAsync(address, "Service", ServiceSpec(manifest), cancellation).ConfigureAwait(false);
        }

        var routes = manifests.SelectMany(RoutesOf).ToArray();
        wanted.UnionWith(routes.Select(r => r.Address));

        // Removed before the new ones are applied: a route that moved to another name would clash with itself.
        await RemoveAsync("routes", wanted, cancellation).ConfigureAwait(false);
        foreach (var (address, spec) in routes)
        {
            await ApplyAsync(address, "Route", spec, cancellation).ConfigureAwait(false);
        }

        await RemoveAsync("services", wanted, cancellation).ConfigureAwait(false);
    }

    /// <summary>Writes a fresh credential for the service to its file.</summary>
    public async Task WriteCredentialAsync(ServiceManifest manifest, CancellationToken cancellation)
    {
        var name = $"up-{manifest.Domain}-{manifest.Service}";
        IssuedCredential issued;
        try
        {
            issued = await client.Credentials.CreateAsync(new CredentialRequest(name, "service", manifest.Domain, manifest.Service), cancellation).ConfigureAwait(false);
        }
        catch (BanyanException exists) when (exists.Error.Kind is ErrorKind.AlreadyExists or ErrorKind.Conflict)
        {
            issued = await client.Credentials.RotateAsync(name, cancellation).ConfigureAwait(false);
        }

        SecretFile.Write(InstanceEnvironment.TokenFile(dataDirectory, manifest.Reference), issued.Token);
    }

    internal static JsonObject ServiceSpec(ServiceManifest manifest)
    {
        var spec = new JsonObject { ["protocol"] = manifest.Listen.Protocol };
        Put(spec, "owner", manifest.Owner);
        Put(spec, "system", manifest.System);
        Put(spec, "tier", manifest.Tier);
        Put(spec, "description", manifest.Description);
        if (manifest.Listen.Port is { } port)
        {
            spec["port"] = port;
        }

        if (manifest.Listen.Check is { } check)
        {
            spec["check"] = check.DeepClone();
        }

        if (manifest.Uses.Count > 0)
        {
            spec["uses"] = new JsonArray(manifest.Uses.Select(u => (JsonNode)new JsonObject { ["service"] = u.Service, ["domain"] = u.Domain }).ToArray());
        }

        return spec;
    }

    internal static IEnumerable<(ResourceAddress Address, JsonObject Spec)> RoutesOf(ServiceManifest manifest)
    {
        for (var i = 0; i < manifest.Routes.Count; i++)
        {
            var route = manifest.Routes[i];
            var spec = new JsonObject { ["path"] = route.Path, ["service"] = new JsonObject { ["name"] = manifest.Service } };
            if (route.Host is not null)
            {
                spec["hosts"] = new JsonArray(route.Host);
            }

            if (route.StripPrefix)
            {
                spec["stripPrefix"] = true;
            }

            yield return (new ResourceAddress("routes", manifest.Domain, i == 0 ? manifest.Service : $"{manifest.Service}-{i + 1}"), spec);
        }
    }

    private static void Put(JsonObject spec, string name, string? value)
    {
        if (value is not null)
        {
            spec[name] = value;
        }
    }

    private Task<ApplyResult> ApplyAsync(ResourceAddress address, string kind, JsonObject spec, CancellationToken cancellation)
    {
        var metadata = new JsonObject { ["name"] = address.Name, ["labels"] = new JsonObject { [Label] = Manager } };
        if (address.Domain is not null)
        {
            metadata["domain"] = address.Domain;
        }

        var document = new JsonObject { ["apiVersion"] = "banyan/v1", ["kind"] = kind, ["metadata"] = metadata, ["spec"] = spec };
        return client.Resources.ApplyAsync(address, document, new ApplyOptions { Manager = Manager }, cancellation);
    }

    private async Task RemoveAsync(string plural, HashSet<ResourceAddress> wanted, CancellationToken cancellation)
    {
        var page = await client.Resources.ListAsync(plural, null, $"{Label}={Manager}", cancellation).ConfigureAwait(false);
        foreach (var item in page.Items)
        {
            var address = new ResourceAddress(plural, item.Domain() ?? "default", item.Name());
            if (!wanted.Contains(address))
            {
                await client.Resources.DeleteAsync(address, null, cancellation).ConfigureAwait(false);
            }
        }
    }
}
