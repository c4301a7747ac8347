using System.Collections.Concurrent;
using Banyan.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Banyan.Testing.Echo;

/// <summary>A Kestrel on a loopback port with the echo service.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EchoServer(WebApplication app, EchoService echo, RecordedLog log)
    {
        _app = app;
        Echo = echo;
        Log = log;
    }

    public EchoService Echo { get; }

    public RecordedLog Log { get; }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    public int Port => Address.Port;

    public IServiceProvider Services => _app.Services;

    public static async Task<EchoServer> StartAsync(
        Action<GrpcServerOptions>? configure = null, Action<WebApplication>? map = null, Action<ListenOptions>? listen = null, string? unixSocket = null)
    {
        var log = new RecordedLog();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddBanyanGrpc(configure);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            void Set(ListenOptions options)
            {
                options.Protocols = HttpProtocols.Http2;
                listen?.Invoke(options);
            }

            if (unixSocket is null)
            {
                kestrel.Listen(System.Net.IPAddress.Loopback, 0, Set);
            }
            else
            {
                kestrel.ListenUnixSocket(unixSocket, Set);
            }
        });
        var app = builder.Build();
        var echo = new EchoService();
        app.MapGrpcService(echo.Build());
        map?.Invoke(app);
        await app.StartAsync();
        return new EchoServer(app, echo, log);
    }

    public GrpcChannel Connect(GrpcChannelOptions? options = null) => new(Address, options);

    public Task StopAsync(CancellationToken cancellation = default) => _app.StopAsync(cancellation);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Keeps what the server logged.</summary>
    internal sealed class RecordedLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, EventId Id, string Text, Exception? Error)> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Lines.Enqueue((logLevel, eventId, formatter(state, exception), exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
