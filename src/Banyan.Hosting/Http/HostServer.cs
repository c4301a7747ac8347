using System.Net;
using System.Net.Sockets;
using Banyan.Hosting.Logging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Banyan.Hosting.Http;

/// <summary>One Kestrel with two listeners, each with its own table of routes, and the services of the process.</summary>
internal sealed class HostServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly HostOptions _options;
    private ListenOptions? _http;
    private ListenOptions? _grpc;

    public HostServer(HostOptions options, IServiceCollection services, TimeProvider clock, Action<string>? log)
    {
        _options = options;

        // The empty builder adds no configuration sources, no logging providers, no server: start-up pays only for what is used.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(ConfigureKestrel);
        builder.Services.AddRouting();
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Logging.SetMinimumLevel(options.LogLevel)
            .AddFilter("Microsoft", options.LogLevel > LogLevel.Warning ? options.LogLevel : LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
            .AddProvider(new LineLoggerProvider(options.Log, clock, log ?? System.Console.Error.WriteLine));
        foreach (var service in services)
        {
            builder.Services.Add(service);
        }

        _application = builder.Build();
    }

    public IServiceProvider Services => _application.Services;

    public Uri HttpUrl => _options.Http.UrlFor(Bound(_http));

    public Uri GrpcUrl => _options.Grpc.UrlFor(Bound(_grpc));

    /// <summary>Cancelled when a module asks the process to stop, or the stop was announced.</summary>
    public CancellationToken Stopping => _application.Lifetime.ApplicationStopping;

    /// <summary>Triggers the token that long requests watch.</summary>
    public void AnnounceStop() => _application.Lifetime.StopApplication();

    public async Task StartAsync(Action<IApplicationBuilder> middleware, Action<IEndpointRouteBuilder, IEndpointRouteBuilder> map, CancellationToken cancellation)
    {
        // Two pipelines of our own instead of the application's one, so that a route on one port does not exist on the other.
        var http = new ApplicationBuilder(Services);
        var grpc = new ApplicationBuilder(Services);
        http.UseRouting();
        grpc.UseRouting();
        middleware(http);
        middleware(grpc);
        IEndpointRouteBuilder? httpRoutes = null;
        IEndpointRouteBuilder? grpcRoutes = null;
        http.UseEndpoints(routes => httpRoutes = routes);
        grpc.UseEndpoints(routes => grpcRoutes = routes);
        map(httpRoutes!, grpcRoutes!);
        var httpPipeline = http.Build();
        var grpcPipeline = grpc.Build();
        ((IApplicationBuilder)_application).Run(context => context.Features.Get<GrpcListener>() is null ? httpPipeline(context) : grpcPipeline(context));
        try
        {
            await _application.StartAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            var grpcFailed = IsAboutGrpc(e);
            throw HostErrors.ForListen(e, grpcFailed ? _options.Grpc : _options.Http, grpcFailed ? "host.grpc" : "host.http") ?? e;
        }
    }

    public Task StopAsync(CancellationToken cancellation) => _application.StopAsync(cancellation);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static int Bound(ListenOptions? listen) =>
        listen?.EndPoint is IPEndPoint { Port: > 0 } end ? end.Port : throw new InvalidOperationException("The host has not been started.");

    /// <summary>Kestrel names the address it could not bind only in the message of a taken port; for the rest, what the first listener can bind was not the reason.</summary>
    private bool IsAboutGrpc(Exception failure)
    {
        if (failure is IOException)
        {
            return failure.Message.Contains($":{_options.Grpc.Port}:", StringComparison.Ordinal);
        }

        try
        {
            using var probe = new Socket(_options.Http.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(_options.Http.EndPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Listen(KestrelServerOptions kestrel, ListenAddress address, Action<ListenOptions> configure)
    {
        if (address.Host == "*")
        {
            kestrel.ListenAnyIP(address.Port, configure);
        }
        else
        {
            kestrel.Listen(address.EndPoint, configure);
        }
    }

    private void ConfigureKestrel(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        Listen(kestrel, _options.Http, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            _http = listen;
        });
        Listen(kestrel, _options.Grpc, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => connection =>
            {
                connection.Features.Set(GrpcListener.Instance);
                return next(connection);
            });
            _grpc = listen;
        });
    }

    /// <summary>Marks connections of the gRPC listener.</summary>
    private sealed class GrpcListener
    {
        public static readonly GrpcListener Instance = new();
    }

    /// <summary>The module host handles signals; the framework's own handling would stop the server first and exit 0.</summary>
    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
