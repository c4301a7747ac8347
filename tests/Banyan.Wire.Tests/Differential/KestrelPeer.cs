using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Wire.Tests.Differential;

/// <summary>A real Kestrel on loopback that reads each request to its end, and says over a raw connection what it made of it.</summary>
internal sealed class KestrelPeer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly IPEndPoint _address;

    private KestrelPeer(WebApplication application)
    {
        _application = application;
        var url = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _address = IPEndPoint.Parse(new Uri(url).Authority);
    }

    /// <summary>Starts it, with the limits of <see cref="Banyan.Wire.Http1.HeadLimits.Default"/>.</summary>
    public static async Task<KestrelPeer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestLineSize = 8 * 1024;
            options.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            options.Limits.MaxRequestHeaderCount = 100;
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var application = builder.Build();
        application.Run(AnswerAsync);
        await application.StartAsync();
        return new KestrelPeer(application);
    }

    /// <summary>Sends the bytes and gives the status of the first final answer; 0 when the connection ends without one.</summary>
    /// <param name="bytes">What to send.</param>
    /// <param name="end">
    /// Whether to end the sending side behind the bytes. Kestrel takes that for a broken body even when the body is whole, so it is done only where it waits for more.
    /// </param>
    /// <param name="cancellation">Ends the wait for an answer.</param>
    public async Task<int> StatusAsync(byte[] bytes, bool end, CancellationToken cancellation)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_address, cancellation);
        var answer = string.Empty;
        try
        {
            await socket.SendAsync(bytes, cancellation);
            if (end)
            {
                socket.Shutdown(SocketShutdown.Send);
            }

            var buffer = new byte[4096];
            for (int length; FinalStatus(answer) == 0 && (length = await socket.ReceiveAsync(buffer, cancellation)) > 0;)
            {
                answer += Encoding.Latin1.GetString(buffer, 0, length);
            }
        }
        catch (SocketException)
        {
            // Kestrel resets connections with bytes it did not read. What came before counts.
        }

        return FinalStatus(answer);
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, CancellationToken.None);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static int FinalStatus(string answer)
    {
        const string Interim = "HTTP/1.1 100 Continue\r\n\r\n";
        while (answer.StartsWith(Interim, StringComparison.Ordinal))
        {
            answer = answer[Interim.Length..];
        }

        return answer.Length > 12 && answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture) : 0;
    }
}
