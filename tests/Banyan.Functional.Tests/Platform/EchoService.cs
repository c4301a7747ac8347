using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Banyan.Functional.Tests.Platform;

/// <summary>A service that knows nothing of Banyan and answers who it is and what it was asked.</summary>
internal sealed class EchoService : IAsyncDisposable
{
    private readonly WebApplication _application;

    private EchoService(WebApplication application, int port) => (_application, Port) = (application, port);

    public int Port { get; }

    public static async Task<EchoService> StartAsync(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        application.Run(context =>
        {
            var text = $"{name} {context.Request.Method} {context.Request.Path}";
            context.Response.ContentLength = text.Length;
            return context.Response.WriteAsync(text);
        });
        await application.StartAsync();
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new EchoService(application, new Uri(address).Port);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
