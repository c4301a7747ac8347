namespace Walks;

/// <summary>What the starter told this program: the environment that <c>banyan up</c> gives to every service.</summary>
public sealed record Surroundings(Uri Banyan, string Domain, string Service, string Instance, string TokenFile, int Port)
{
    public string InstancePath => $"api/v1/domains/{Domain}/services/{Service}/instances/{Instance}";

    public static Surroundings FromEnvironment() => new(
        new Uri(Get("BANYAN_URL", "http://127.0.0.1:7400") + "/"),
        Get("BANYAN_DOMAIN", "default"),
        Get("BANYAN_SERVICE", "walks"),
        Get("BANYAN_INSTANCE", "walks-1"),
        Get("BANYAN_TOKEN_FILE", ".banyan/admin.token"),
        int.Parse(Get("PORT", "5000")));

    /// <summary>A request to Banyan, with the credential.</summary>
    public HttpRequestMessage Request(HttpMethod method, string path, object? body = null)
    {
        var request = new HttpRequestMessage(method, new Uri(Banyan, path)) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", File.ReadAllText(TokenFile).Trim());
        return request;
    }

    private static string Get(string name, string otherwise) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : otherwise;
}
