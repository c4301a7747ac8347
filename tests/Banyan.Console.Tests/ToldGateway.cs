using System.Text.Json.Nodes;
using Banyan.Hosting;
using Banyan.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Banyan.Console.Tests;

/// <summary>A module that answers as a gateway would, with what the test says; each answer about routes is one second's traffic further.</summary>
internal sealed class ToldGateway : IModule
{
    private long _asked;

    public string Name => "gateway";

    public string Summary => "tells what a test says";

    /// <summary>How often the table of routes was asked for.</summary>
    public long Asked => Interlocked.Read(ref _asked);

    public JsonArray Clusters { get; } = [];

    public void AddServices(ModuleBuilder module)
    {
    }

    public void MapEndpoints(ModuleEndpoints endpoints)
    {
        endpoints.Http.MapGet("/api/v1/gateway/routes", (RequestDelegate)RoutesAsync).WithName("gateway.routes");
        endpoints.Http.MapGet("/api/v1/gateway/clusters", (RequestDelegate)(c => c.Response.WriteAsync(new JsonObject { ["clusters"] = Clusters.DeepClone() }.ToJsonString()))).WithName("gateway.clusters");
    }

    /// <summary>Clusters, certificates and, where their services are described, routes of every sort.</summary>
    public async Task FillAsync(RunningConsole console, bool withRoutes = true)
    {
        if (withRoutes)
        {
            await console.ApplyAsync("routes", "default", "canary", """{"hosts":["shop.example"],"pathTemplate":"/orders/{id}","methods":["GET","HEAD"],"headers":[{"name":"X-Beta","exact":"1"}],"split":{"key":"cookie:segment","setCookie":true,"parts":[{"service":{"name":"walks"},"share":"5%"},{"service":{"name":"monolith"}}]},"mirror":{"service":{"name":"pets"},"share":"10%"}}""");
            await console.ApplyAsync("routes", "default", "old-shop", """{"hosts":["old.example"],"redirect":{"status":308,"scheme":"https","host":"shop.example"}}""");
        }

        Add("""{"domain":"default","name":"monolith","balancer":"power of two choices","active":3,"waiting":0,"shed":0,"circuit":"closed","endpoints":[{"id":"monolith-1","address":"127.0.0.1:5001","state":"up","reason":"","weight":1,"weightPercent":100,"ejected":false,"active":3,"requests":18234,"perSecond":212.4,"latencyMilliseconds":4.21,"failuresInRow":0}]}""");
        Add("""{"domain":"default","name":"pets","balancer":"least requests","active":7,"limit":40,"maxPerInstance":5,"waiting":2,"shed":11,"circuit":"closed","retrying":0,"retriesRefused":3,"hedgeMilliseconds":48.2,"hedges":1204,"hedgesWon":310,"nearPercent":92.5,"rateLimits":[{"name":"calls","key":"header:X-Tenant-Id","requests":1000,"perSeconds":60,"shared":true,"percent":25,"admitted":400,"refused":31},{"name":"burst","key":"all","requests":50,"perSeconds":0.5,"shared":false,"percent":100,"admitted":400,"refused":0}],"endpoints":[{"id":"pets-1","address":"127.0.0.1:5011","state":"up","reason":"","weight":1,"weightPercent":35,"ejected":false,"active":5,"requests":9120,"perSecond":101.5,"latencyMilliseconds":12.4,"failuresInRow":0},{"id":"pets-2","zone":"west-2","address":"127.0.0.1:5012","state":"down","reason":"cannot reach its database","weight":1,"weightPercent":100,"ejected":false,"active":0,"requests":90,"perSecond":0,"failuresInRow":3},{"id":"pets-3","address":"127.0.0.1:5013","state":"up","reason":"","weight":1,"weightPercent":35,"ejected":true,"ejectedWhy":"7 failures in a row; its peers had none","ejectedSeconds":21.4,"active":0,"requests":712,"perSecond":0,"latencyMilliseconds":1480,"failuresInRow":7}]}""");
        Add("""{"domain":"default","name":"photos","balancer":"roundRobin","active":0,"waiting":0,"shed":204,"circuit":"open","circuitWhy":"the service failed again when it was tried","circuitSeconds":1.2,"endpoints":[{"id":"photos-1","address":"127.0.0.1:5021","state":"up","reason":"","weight":1,"weightPercent":100,"ejected":false,"active":0,"requests":90,"perSecond":0,"failuresInRow":4}]}""");
        await CertificateAsync(console, "shop", """{"hosts":["shop.example","*.shop.example"],"certificateFile":"/etc/tls/shop.pem","privateKeyFile":"/etc/tls/shop.key","default":true}""", 300, inUse: true);
        await CertificateAsync(console, "pets", """{"hosts":["pets.example"],"certificateFile":"/etc/tls/pets.pem","privateKeyFile":"/etc/tls/pets.key"}""", 6, inUse: true, "BrokenKept", "'/etc/tls/pets.key': The private key does not belong to the certificate, or is not an RSA or EC key.");
        await CertificateAsync(console, "old", """{"hosts":["old.example"],"certificateFile":"/etc/tls/old.pem","privateKeyFile":"/etc/tls/old.key"}""", -3, inUse: true, "Expired", "It expired. Have it issued again.");
        await CertificateAsync(console, "fresh", """{"hosts":["fresh.example"],"certificateFile":"/etc/tls/fresh.pem","privateKeyFile":"/etc/tls/fresh.key"}""");
        await console.HeardAsync(now => (!withRoutes || now.Documents("routes").ContainsKey(new ResourceName("default", "old-shop"))) && now.Documents("certificates").ContainsKey(new ResourceName("default", "fresh")));
    }

    private void Add(string cluster) => Clusters.Add(JsonNode.Parse(cluster));

    private static async Task CertificateAsync(RunningConsole console, string name, string spec, int? days = null, bool inUse = false, string reason = "Served", string message = "Clients of its hosts get it.")
    {
        await console.ApplyAsync("certificates", "default", name, spec);
        if (days is null)
        {
            return;
        }

        var now = TimeProvider.System.GetUtcNow();
        var status = new JsonObject
        {
            ["observedGeneration"] = 1,
            ["names"] = new JsonArray(name + ".example"),
            ["notBefore"] = now.AddDays(-90),
            ["notAfter"] = now.AddDays(days.Value).AddHours(1),
            ["fingerprint"] = string.Concat(Enumerable.Repeat("4f1c09d2a4b7e310", 4)),
            ["inUse"] = inUse,
            ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["holds"] = reason == "Served", ["reason"] = reason, ["message"] = message, ["since"] = now }),
        };
        await console.Resources.ReplaceStatusAsync("certificates", new ResourceName("default", name), status, WriteContext.System, default);
    }

    // Before the others: what asks first. 50 more requests an answer to the first of them, 2 of which fail, each of 8 ms after a first 10 of 100 ms.
    private Task RoutesAsync(HttpContext context)
    {
        var asked = Interlocked.Increment(ref _asked);
        var routes = new JsonArray();
        foreach (var name in new[] { "old-shop", "canary", "pets", "walks", "photos", "home" })
        {
            var requests = name == "pets" ? 10 + (50 * (asked - 1)) : 0;
            var route = new JsonObject
            {
                ["domain"] = "default",
                ["name"] = name,
                ["requests"] = requests,
                ["active"] = name == "pets" ? 4 : 0,
                ["failures"] = name == "pets" ? 2 * (asked - 1) : 0,
                ["averageMilliseconds"] = requests == 0 ? 0 : ((10 * 100) + (8.0 * (requests - 10))) / requests,
            };
            if (name == "canary")
            {
                route["copies"] = new JsonObject { ["inFlight"] = 2, ["sent"] = 1204, ["overBudget"] = 3, ["tooLarge"] = 0, ["unfinished"] = 0, ["failed"] = 1 };
            }

            routes.Add(route);
        }

        var conflicts = new JsonArray(new JsonObject { ["route"] = "default/home", ["message"] = "Route 'default/older' has every host with path '/' already." });
        return context.Response.WriteAsync(new JsonObject { ["routes"] = routes, ["conflicts"] = conflicts }.ToJsonString());
    }
}
