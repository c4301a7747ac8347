using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

using Banyan.Loops.Sockets;

namespace Banyan.Loops.Tests.Tls;

/// <summary>A server of the framework that echoes over TLS, one connection after the other; what clients on the loop are tested against.</summary>
internal sealed class TlsPeer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly SslServerAuthenticationOptions _options;
    private readonly Task _serving;

    public TlsPeer(SslServerAuthenticationOptions options)
    {
        _options = options;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _serving = ServeAsync();
    }

    public LoopAddress Address => LoopAddress.Of(IPAddress.Loopback, ((IPEndPoint)_listener.LocalEndPoint!).Port);

    /// <summary>The names asked for, and the certificates shown, of those that came through.</summary>
    public List<(string? Name, string? Certificate, SslApplicationProtocol Protocol)> Clients { get; } = [];

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }

            await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            try
            {
                await stream.AuthenticateAsServerAsync(_options);
                Clients.Add((stream.TargetHostName, stream.RemoteCertificate?.Subject, stream.NegotiatedApplicationProtocol));
                var bytes = new byte[65536];
                int count;
                while ((count = await stream.ReadAsync(bytes)) > 0)
                {
                    await stream.WriteAsync(bytes.AsMemory(0, count));
                }

                await stream.ShutdownAsync();
            }
            catch (Exception error) when (error is IOException or AuthenticationException)
            {
                // What the client thinks of it is what the test looks at.
            }
        }
    }
}
