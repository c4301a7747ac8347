using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Banyan.Cli.Output;
using Banyan.Cli.Platform;
using Banyan.Cli.Yaml;
using Banyan.Client;
using Banyan.Contracts;
using Banyan.Contracts.Text;

namespace Banyan.Cli.Commands;

/// <summary>What every command that talks to a server needs: its options, the client, the kinds.</summary>
internal sealed class CliContext(ICliPlatform platform, CliIo io)
{
    /// <summary>The file in a data directory in which a running <c>banyan up</c> says where it listens.</summary>
    public const string EndpointsFile = "endpoints.json";

    private const string DefaultServer = "http://127.0.0.1:7400";

    public ICliPlatform Platform => platform;

    public CliIo Io => io;

    public Option<string?> Server { get; } = new("--server") { Description = "The server's address (BANYAN_URL; else what 'banyan up' wrote to ./.banyan; else http://127.0.0.1:7400)", Recursive = true, HelpName = "URL" };

    public Option<string?> TokenFile { get; } = new("--token-file") { Description = "File with the credential (BANYAN_TOKEN_FILE; else admin.token in ./.banyan or ~/.banyan)", Recursive = true, HelpName = "FILE" };

    /// <summary>The output option; each command adds it with the formats it has.</summary>
    public static Option<string> Output(params string[] formats)
    {
        var option = new Option<string>("--output", "-o") { Description = $"Output: {string.Join(", ", formats)}", DefaultValueFactory = _ => "table", HelpName = string.Join('|', formats) };
        option.AcceptOnlyFromAmong(formats);
        return option;
    }

    public static OutputFormat Format(string output) => Enum.Parse<OutputFormat>(output, ignoreCase: true);

    /// <summary>A client for the server the command line means.</summary>
    public BanyanClient Connect(ParseResult parsed)
    {
        var server = ServerAddress(parsed);
        var tokenFile = FindTokenFile(parsed);
        var token = tokenFile is null ? null : File.ReadAllText(tokenFile).Trim();

        // One command, one connection: no proxy detection, no cookies; both cost start-up time.
        var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
        var http = new HttpClient(handler) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        return new BanyanClient(http, () => token);
    }

    public Uri ServerAddress(ParseResult parsed)
    {
        var text = parsed.GetValue(Server) ?? NonEmpty(io.Variable("BANYAN_URL")) ?? RunningServer() ?? DefaultServer;
        return Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new BanyanException(CliErrors.BadArgument, $"'{text}' is no server address. Write http://HOST:PORT.");
    }

    /// <summary>The credential file in force; null when there is none.</summary>
    public string? FindTokenFile(ParseResult parsed)
    {
        if ((parsed.GetValue(TokenFile) ?? NonEmpty(io.Variable("BANYAN_TOKEN_FILE"))) is { } named)
        {
            var path = io.FullPath(named);
            return File.Exists(path) ? path : throw new BanyanException(CliErrors.NoFile, $"The credential file {path} does not exist. Check --token-file and BANYAN_TOKEN_FILE.");
        }

        return new[] { io.WorkingDirectory, io.HomeDirectory }.Select(d => Path.Combine(d, ".banyan", "admin.token")).FirstOrDefault(File.Exists);
    }

    /// <summary>The kind somebody names as <c>Route</c>, <c>route</c> or <c>routes</c>.</summary>
    public static async Task<KindDescription> KindAsync(BanyanClient client, string written, CancellationToken cancellation)
    {
        var kinds = await client.KindsAsync(cancellation).ConfigureAwait(false);
        return kinds.FirstOrDefault(k => Same(k.Name) || Same(k.Plural))
            ?? throw new BanyanException(
                CliErrors.UnknownKind,
                $"There is no kind '{written}'.{NearestName.Hint(written, kinds.SelectMany(k => new[] { k.Plural, k.Name.ToLowerInvariant() }))} This server has: {string.Join(", ", kinds.Select(k => k.Plural).Append("instances").Order(StringComparer.Ordinal))}.");

        bool Same(string name) => string.Equals(name, written, StringComparison.OrdinalIgnoreCase);
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private string? RunningServer()
    {
        var file = Path.Combine(io.WorkingDirectory, ".banyan", EndpointsFile);
        try
        {
            return File.Exists(file) ? (string?)JsonNode.Parse(File.ReadAllText(file))?["http"] : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException or InvalidOperationException or UnauthorizedAccessException)
        {
            // Left half-written by a run that was killed; the default address is as good a guess.
            return null;
        }
    }
}
