using System.Net;
using System.Text;
using Banyan.Resources;
using Microsoft.Extensions.DependencyInjection;
using static Banyan.Api.Tests.ApiServer;

namespace Banyan.Api.Tests;

public sealed class WriteOnlyApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const string Secret = "open-sesame-4711";
    private const string Crates = "/api/v1/domains/default/crates";

    [Fact]
    public async Task Value_is_in_no_answer_event_audit_record_or_log_line()
    {
        var path = $"{Crates}/locked";
        var start = (long)(await Json(await server.Send("GET", Crates)))["revision"]!;
        var seen = new StringBuilder();
        var body = $$$"""{"spec":{"lock":{"code":"{{{Secret}}}" } } }""";
        foreach (var (method, address, sent) in new[]
        {
            ("PUT", path, body),
            ("PUT", path + "?dryRun=true", body.Replace("4711", "4712", StringComparison.Ordinal)),
            ("PATCH", path, """{"spec":{"size":3}}"""),
            ("PUT", path, """{"spec":{"lock":{"code":7}}}"""),
            ("GET", path, null),
            ("GET", Crates, null),
            ("GET", "/api/v1/audit?limit=1000", null),
            ("DELETE", path, null),
            ("GET", "/api/v1/audit?limit=1000", null),
        })
        {
            var type = method == "PATCH" ? "application/merge-patch+json" : "application/json";
            using var answer = await ApiServer.Send(server.Admin, method, address, sent, type);
            seen.AppendLine(await answer.Content.ReadAsStringAsync());
        }

        using var events = await server.Send("GET", $"{Crates}?watch=true&after={start}");
        using var watch = new StreamReader(await events.Content.ReadAsStreamAsync());
        for (string? line; (line = await watch.ReadLineAsync()) is not null && !line.Contains("event: delete", StringComparison.Ordinal);)
        {
            seen.AppendLine(line);
        }

        seen.Append(server.Log);
        Assert.DoesNotContain("open-sesame", seen.ToString(), StringComparison.Ordinal);
        Assert.Contains("(write-only ", seen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Object_that_was_read_and_sent_back_keeps_its_value()
    {
        var path = $"{Crates}/kept";
        await server.Send("PUT", path, $$$"""{"spec":{"lock":{"code":"{{{Secret}}}" } } }""");
        var read = await Json(await server.Send("GET", path));
        read["spec"]!["size"] = 9;

        Assert.Equal(HttpStatusCode.OK, (await server.Send("PUT", path, read.ToJsonString())).StatusCode);
        var resources = server.Host.Services.GetRequiredService<IResources>();
        var kind = (CrateKind)resources.Kinds.Get("crates");
        Assert.Equal((9, Secret), (await resources.RevealAsync(kind, new ResourceName("default", "kept"), default))!.Spec is var s ? (s.Size, s.Lock!.Code) : default);
    }

    [Fact]
    public async Task Schema_says_that_the_field_is_write_only()
    {
        var document = await Json(await server.Send("GET", "/openapi.json"));
        var field = document["components"]!["schemas"]!["CrateSpec"]!["properties"]!["lock"]!["properties"]!["code"]!;
        Assert.True((bool?)field["writeOnly"]);
    }
}
