using System.Globalization;
using Banyan.Bench.Peers;

namespace Banyan.Bench.Gateways;

/// <summary>
/// The service behind every gateway: an nginx with one worker on the load's core, over TCP and over a Unix socket. <c>/small</c> answers 100 bytes, <c>/large</c>
/// 10 KiB.
/// </summary>
internal sealed class Origin : IAsyncDisposable
{
    private readonly PeerProcess _process;

    private Origin(PeerProcess process, int port, string unixPath)
    {
        _process = process;
        Port = port;
        UnixPath = unixPath;
    }

    public int Port { get; }

    public string UnixPath { get; }

    public static Origin Start(string nginx, string directory, Cores cores)
    {
        Directory.CreateDirectory(directory);
        var port = PeerProcess.FreePort();
        var unix = Path.Combine(directory, "origin.sock");
        var file = NginxFile.Write(directory, string.Create(CultureInfo.InvariantCulture, $$"""
              keepalive_requests 1000000000; keepalive_timeout 600s;
              server {
                listen 127.0.0.1:{{port}} backlog=4096;
                listen unix:{{unix}};
                location /small { return 200 "{{new string('x', 100)}}"; }
                location /large { set $kib "{{new string('x', 1024)}}"; return 200 "{{string.Concat(Enumerable.Repeat("$kib", 10))}}"; }
                location / { return 200 "ok"; }
              }
            """));
        return new Origin(cores.StartOnLoad(nginx, ["-p", directory, "-c", file, "-e", "stderr"]), port, unix);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
