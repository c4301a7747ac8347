using System.Net;
using System.Net.Http.Headers;

namespace Banyan.Api.Tests;

/// <summary>What a gRPC caller gets from the conventions of this port before any service is reached: a status in the headers and nothing after them.</summary>
public sealed class GrpcRefusalTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const string Unauthenticated = "16";

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer nonsense")]
    [InlineData("Basic YTpi")]
    public async Task Caller_without_a_good_credential_gets_a_trailers_only_status(string? authorization)
    {
        using var answer = await CallAsync("/banyan.registry.v1.InstanceDirectory/Lookup", authorization);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/grpc", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Unauthenticated, Assert.Single(answer.Headers.GetValues("grpc-status")));
        Assert.Contains("credential", Uri.UnescapeDataString(Assert.Single(answer.Headers.GetValues("grpc-message"))), StringComparison.Ordinal);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        Assert.Empty(answer.TrailingHeaders);
    }

    private async Task<HttpResponseMessage> CallAsync(string path, string? authorization)
    {
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Host.GrpcUrl, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 0]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("authorization", authorization);
        }

        var answer = await http.SendAsync(request, CancellationToken.None);
        await answer.Content.LoadIntoBufferAsync();
        return answer;
    }
}
