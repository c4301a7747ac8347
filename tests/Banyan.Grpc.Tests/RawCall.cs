using System.Net;
using System.Net.Http.Headers;

namespace Banyan.Grpc.Tests;

/// <summary>A call by hand: exactly these headers and bytes, and what came back.</summary>
internal sealed class RawCall : IDisposable
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler());

    public async Task<Answer> SendAsync(Uri address, string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        foreach (var (name, value) in headers)
        {
            if (name == "content-type")
            {
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var deadline = new CancellationTokenSource(Testing.Eventually.Deadline);
        using var response = await _http.SendAsync(request, deadline.Token);
        var bytes = await response.Content.ReadAsByteArrayAsync(deadline.Token);
        return new Answer(response.StatusCode, Read(response.Headers), Read(response.TrailingHeaders), bytes);
    }

    public void Dispose() => _http.Dispose();

    private static Dictionary<string, string> Read(HttpResponseHeaders headers) =>
        headers.NonValidated.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString());

    /// <summary>What a server answered.</summary>
    internal sealed record Answer(HttpStatusCode Http, Dictionary<string, string> Headers, Dictionary<string, string> Trailers, byte[] Body)
    {
        /// <summary>The gRPC status, wherever it stands.</summary>
        public StatusCode Code => (StatusCode)int.Parse(Trailers.TryGetValue("grpc-status", out var late) ? late : Headers["grpc-status"], System.Globalization.CultureInfo.InvariantCulture);
    }
}
