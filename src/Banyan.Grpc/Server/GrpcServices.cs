using Google.Protobuf.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Banyan.Grpc.Server;

/// <summary>What all mapped services of one host share, and which they are.</summary>
internal sealed class GrpcServices(IOptions<GrpcServerOptions> options, ILoggerFactory loggers, IHostApplicationLifetime lifetime)
{
    private readonly Lock _lock = new();
    private List<ServiceDescriptor> _mapped = [];
    private int _fallbackMapped;

    public GrpcServerOptions Options => options.Value;

    public ILogger Logger { get; } = loggers.CreateLogger("Banyan.Grpc");

    /// <summary>Cancelled when the host begins to stop.</summary>
    public CancellationToken Stopping { get; } = lifetime.ApplicationStopping;

    /// <summary>The services mapped so far, in the order of mapping.</summary>
    public IReadOnlyList<ServiceDescriptor> Mapped => Volatile.Read(ref _mapped);

    public void Add(ServiceDescriptor service)
    {
        lock (_lock)
        {
            if (_mapped.Any(m => m.FullName == service.FullName))
            {
                throw new InvalidOperationException($"The gRPC service '{service.FullName}' is mapped already. Map each service once.");
            }

            Volatile.Write(ref _mapped, [.. _mapped, service]);
        }
    }

    /// <summary>True for the first caller only: one endpoint answers for all unknown services.</summary>
    public bool ClaimFallback() => Interlocked.Exchange(ref _fallbackMapped, 1) == 0;
}
