namespace Banyan.Bench.Gateways;

/// <summary>An nginx configuration that keeps everything inside one directory and stays in the foreground.</summary>
internal static class NginxFile
{
    public static string Write(string directory, string http)
    {
        var file = Path.Combine(directory, "nginx.conf");
        File.WriteAllText(file, $$"""
            worker_processes 1;
            worker_rlimit_nofile 100000;
            daemon off;
            pid {{directory}}/nginx.pid;
            error_log stderr error;
            events { worker_connections 30000; }
            http {
              access_log off;
              client_body_temp_path {{directory}}/body; proxy_temp_path {{directory}}/proxy; fastcgi_temp_path {{directory}}/fastcgi;
              uwsgi_temp_path {{directory}}/uwsgi; scgi_temp_path {{directory}}/scgi;
            {{http}}
            }
            """);
        return file;
    }
}
