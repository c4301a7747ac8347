using System.Net;
using Banyan.Grpc;
using Banyan.Store;
using Banyan.Store.Remote;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Conformance;

/// <summary>A real server for an engine, on loopback.</summary>
internal sealed class StoreServer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly IStore _engine;

    private StoreServer(WebApplication server, IStore engine) => (_server, _engine) = (server, engine);

    public Uri Address => new(_server.Urls.First());

    /// <param name="engine">Disposed with the server.</param>
    /// <param name="address">Where to listen; null = any free port.</param>
    public static async Task<StoreServer> StartAsync(IStore engine, Uri? address = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, address?.Port ?? 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRoutingCore();
        builder.Services.AddBanyanGrpc();
        var server = builder.Build();
        server.UseRouting();
        server.MapGrpcService(StoreService.Over(engine));
        await server.StartAsync();
        return new StoreServer(server, engine);
    }

    public RemoteStore Connect() => new(new GrpcChannel(Address));

    public Task StopAsync(CancellationToken cancellation) => _server.StopAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _engine.DisposeAsync();
    }
}
