using Banyan.Bench.Gateways;
using Banyan.Bench.Reports;
using Banyan.Bench.Routes;
using Banyan.Bench.Stores;
using Banyan.Bench.Wire;
using Banyan.Cli.Platform;
using Banyan.Contracts;

namespace Banyan.Platform;

/// <summary>The benches in this binary.</summary>
internal static class BenchCatalog
{
    public static IReadOnlyList<PlatformBench> Benches { get; } =
    [
        new("gateway", "CPU a request, latency, memory and system calls of the gateway, beside HAProxy, nginx and Kestrel + HttpClient"),
        new("grpc", "unary calls on the gRPC wire beside a plain HTTP/2 echo"),
        new("routes", "finding, compiling and applying a route among 10,000"),
        new("store", "commits, watch events and reopening of the embedded store, beside etcd"),
        new("wire", "heads of HTTP/1.1 read and written, beside Kestrel's parser"),
    ];

    public static Task<int> RunAsync(BenchRequest request, TextWriter output, IProgress<string> progress, CancellationToken cancellation)
    {
        var options = new BenchOptions(request.Quick, request.Json);
        return request.Name switch
        {
            "gateway" => GatewayBench.RunAsync(options, request.Arguments, Environment.ProcessPath!, output, progress, cancellation),
            "grpc" => GrpcBench.RunAsync(options, output, progress, cancellation),
            "routes" => RouteBench.RunAsync(options, output, progress, cancellation),
            "store" => StoreBench.RunAsync(options, Environment.ProcessPath!, output, progress, cancellation),
            "wire" => WireBench.RunAsync(options, output, progress, cancellation),
            _ => throw new BanyanException(PlatformErrors.NotBuiltIn, $"There is no bench '{request.Name}'. 'banyan bench' lists them."),
        };
    }
}
