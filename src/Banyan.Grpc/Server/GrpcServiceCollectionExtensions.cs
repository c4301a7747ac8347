using Banyan.Grpc.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Banyan.Grpc;

/// <summary>Adds the gRPC server to a host.</summary>
public static class GrpcServiceCollectionExtensions
{
    /// <summary>Adds what <c>MapGrpcService</c> needs, and sets Kestrel's HTTP/2 limits. May be called by several parts of a host; settings add up.</summary>
    public static IServiceCollection AddBanyanGrpc(this IServiceCollection services, Action<GrpcServerOptions>? configure = null)
    {
        services.AddRouting();
        services.AddOptions<GrpcServerOptions>();
        services.TryAddSingleton<GrpcServices>();
        services.TryAddSingleton<GrpcHealth>();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.AddOptions<KestrelServerOptions>().Configure<Microsoft.Extensions.Options.IOptions<GrpcServerOptions>>((kestrel, grpc) =>
        {
            var http2 = kestrel.Limits.Http2;
            http2.KeepAlivePingDelay = grpc.Value.KeepAlivePingDelay;
            http2.KeepAlivePingTimeout = grpc.Value.KeepAlivePingTimeout;
            http2.MaxStreamsPerConnection = grpc.Value.MaxStreamsPerConnection;
            if (grpc.Value.AllowSlowReaders)
            {
                kestrel.Limits.MinResponseDataRate = null;
            }
        });
        return services;
    }
}
