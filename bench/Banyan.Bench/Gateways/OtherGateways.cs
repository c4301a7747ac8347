using System.Globalization;
using Banyan.Bench.Peers;

namespace Banyan.Bench.Gateways;

/// <summary>The gateways to measure against, each with one thread or worker, connections to the service kept, no access log, and X-Forwarded-For added.</summary>
internal static class OtherGateways
{
    public static Contender StartHaproxy(string program, string directory, Cores cores, Origin origin, string certificate)
    {
        Directory.CreateDirectory(directory);
        var (http, https, http2) = (PeerProcess.FreePort(), PeerProcess.FreePort(), PeerProcess.FreePort());
        var unix = Path.Combine(directory, "haproxy.sock");

        // It counts two descriptors a connection and would refuse to start beyond the limit, 20,000 on many machines; an idle connection needs one.
        var file = Path.Combine(directory, "haproxy.cfg");
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"""
            global
              nbthread 1
              no strict-limits
              maxconn 10500
              ssl-default-bind-options ssl-min-ver TLSv1.2
            defaults
              mode http
              timeout connect 2s
              timeout client 600s
              timeout server 30s
              timeout http-keep-alive 600s
              http-reuse always
              option forwardfor
            frontend in
              bind 127.0.0.1:{http} backlog 4096
              bind 127.0.0.1:{https} ssl crt {certificate} alpn http/1.1 backlog 4096
              bind 127.0.0.1:{http2} proto h2
              bind {unix}
              default_backend origin
            backend origin
              server origin 127.0.0.1:{origin.Port}

            """));
        return new Contender("HAProxy", cores.StartOnGateway(program, ["-f", file, "-db"]), http) { Https = https, Http2 = http2, Unix = unix };
    }

    public static Contender StartNginx(string program, string directory, Cores cores, Origin origin, string certificate)
    {
        Directory.CreateDirectory(directory);
        var (http, https, http2) = (PeerProcess.FreePort(), PeerProcess.FreePort(), PeerProcess.FreePort());
        var unix = Path.Combine(directory, "front.sock");
        var file = NginxFile.Write(directory, string.Create(CultureInfo.InvariantCulture, $$"""
              keepalive_requests 1000000000; keepalive_timeout 600s;
              upstream origin { server 127.0.0.1:{{origin.Port}}; keepalive 1024; keepalive_requests 1000000000; }
              server {
                listen 127.0.0.1:{{http}} backlog=4096;
                listen 127.0.0.1:{{https}} ssl backlog=4096;
                listen 127.0.0.1:{{http2}} http2;
                listen unix:{{unix}};
                ssl_certificate {{certificate}}; ssl_certificate_key {{certificate}};
                ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:bench:10m;
                location / {
                  proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";
                  proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                }
              }
            """));
        return new Contender("nginx", cores.StartOnGateway(program, ["-p", directory, "-c", file, "-e", "stderr"]), http) { Https = https, Http2 = http2, Unix = unix };
    }

    public static Contender StartForwarder(string banyan, Cores cores, Origin origin)
    {
        var (http, http2) = (PeerProcess.FreePort(), PeerProcess.FreePort());
        string[] arguments = ["bench", "gateway", "--", "forward", Text(http), Text(http2), Text(origin.Port)];
        return new Contender("Kestrel + HttpClient", cores.StartOnGateway(banyan, arguments), http) { Http2 = http2 };
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
