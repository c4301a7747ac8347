using Banyan.Cli.Platform;
using Banyan.Hosting;
using Banyan.Hosting.Settings;

namespace Banyan.Platform;

/// <summary>The platform inside this process, for <c>banyan up</c>.</summary>
internal sealed class RunningPlatform(ModuleHost host, IReadOnlyList<PrintedSetting> settings) : IRunningPlatform
{
    public Uri HttpUrl => host.HttpUrl;

    public Uri GrpcUrl => host.GrpcUrl;

    public Uri GatewayUrl { get; } = GatewayAddress(host, settings);

    public string AdminTokenFile => Path.Combine(host.Options.Data, "admin.token");

    public string DataDirectory => host.Options.Data;

    public Task<int> Completion => host.Completion;

    public ValueTask DisposeAsync() => host.DisposeAsync();

    // What the gateway says of itself knows the real port; its setting does unless that is 0.
    private static Uri GatewayAddress(ModuleHost host, IReadOnlyList<PrintedSetting> settings) =>
        host.UrlOf("gateway")
        ?? (ListenAddress.TryParse(settings.FirstOrDefault(s => s.Key == "gateway.http")?.Value, null, out var address) ? address.UrlFor(address.Port) : host.HttpUrl);
}
