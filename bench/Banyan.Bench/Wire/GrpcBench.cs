using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Banyan.Bench.Reports;
using Banyan.Grpc;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Banyan.Bench.Wire;

/// <summary>
/// Unary calls over the gRPC wire beside a plain HTTP/2 echo of the same size, both on Kestrel, client and server in this process. The same bare client calls both,
/// so the ratio is about the server's part; a third row has our own client in its place.
/// </summary>
public static class GrpcBench
{
    private const int PayloadSize = 100;
    private const int Concurrency = 64;
    private const double Target = 0.8;

    private static readonly GrpcMethod<Payload, Payload> Echo =
        GrpcMethod.Unary<Payload, Payload>(EchoBenchReflection.Descriptor.Services[0], "Echo");

    /// <summary>Runs the bench and prints its figures.</summary>
    /// <param name="options">How.</param>
    /// <param name="output">Gets the table or the JSON.</param>
    /// <param name="progress">Gets a line a step.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>0.</returns>
    public static async Task<int> RunAsync(BenchOptions options, TextWriter output, IProgress<string> progress, CancellationToken cancellation = default)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddBanyanGrpc();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        await using var app = builder.Build();
        app.MapGrpcService(new GrpcService(Echo.Descriptor.Service).Unary(Echo, static (request, _) => Task.FromResult(request)));
        app.MapPost("/plain", (RequestDelegate)PlainEchoAsync);
        await app.StartAsync(cancellation);

        var address = new Uri(app.Urls.First());
        var message = new Payload { Content = ByteString.CopyFrom(new byte[PayloadSize]) };
        byte[] frame = [0, 0, 0, 0, (byte)message.CalculateSize(), .. message.ToByteArray()];
        using var bare = new HttpMessageInvoker(new SocketsHttpHandler { EnableMultipleHttp2Connections = true });
        await using var channel = new GrpcChannel(address);
        var plainUri = new Uri(address, "/plain");
        var grpcUri = new Uri(address, Echo.Path);
        List<Contender> contenders =
        [
            new("plain HTTP/2 echo, bare client", token => BareCallAsync(bare, plainUri, frame, token)),
            new("gRPC server, bare client", token => BareCallAsync(bare, grpcUri, frame, token)),
            new("gRPC server, gRPC client", token => channel.UnaryAsync(Echo, message, cancellation: token)),
        ];

        var (rounds, length) = options.Quick ? (4, TimeSpan.FromSeconds(2)) : (9, TimeSpan.FromSeconds(5));
        foreach (var contender in contenders)
        {
            progress.Report($"warming up: {contender.Name}");
            await contender.RunAsync(TimeSpan.FromSeconds(2), cancellation);
            contender.Forget();
        }

        // Turns, so that a neighbour's noise falls on all alike.
        for (var round = 1; round <= rounds; round++)
        {
            progress.Report($"round {round} of {rounds}");
            foreach (var contender in contenders)
            {
                await contender.RunAsync(length, cancellation);
            }
        }

        await app.StopAsync(cancellation);
        var (plain, server, both) = (contenders[0], contenders[1], contenders[2]);
        var report = new BenchReport("grpc", "plain HTTP/2 echo");
        report.AddPaired("unary, same bare client for both", "calls/s", server.CallsPerSecond, plain.CallsPerSecond, Target);
        report.AddPaired("unary, our client and server", "calls/s", both.CallsPerSecond, plain.CallsPerSecond, Target);
        report.AddPaired("CPU, same bare client for both", "us/call", server.CpuPerCall, plain.CpuPerCall, null, lowerIsBetter: true);
        report.AddPaired("CPU, our client and server", "us/call", both.CpuPerCall, plain.CpuPerCall, null, lowerIsBetter: true);
        report.AddPaired("allocated, same bare client for both", "bytes/call", server.AllocatedPerCall, plain.AllocatedPerCall, null, lowerIsBetter: true);
        report.AddPaired("allocated, our client and server", "bytes/call", both.AllocatedPerCall, plain.AllocatedPerCall, null, lowerIsBetter: true);
        report.Note($"{PayloadSize} bytes each way, {Concurrency} calls at a time; client and server share one process, so CPU and allocation are of both sides");
        report.Write(output, options.Json);
        return 0;
    }

    private static async Task PlainEchoAsync(HttpContext http)
    {
        while (true)
        {
            var read = await http.Request.BodyReader.ReadAsync(http.RequestAborted);
            http.Request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                read = await http.Request.BodyReader.ReadAsync(http.RequestAborted);
                await http.Response.StartAsync(http.RequestAborted);
                foreach (var part in read.Buffer)
                {
                    http.Response.BodyWriter.Write(part.Span);
                }

                http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                return;
            }
        }
    }

    private static async Task BareCallAsync(HttpMessageInvoker client, Uri uri, byte[] frame, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        using var response = await client.SendAsync(request, cancellation);
        var buffer = ArrayPool<byte>.Shared.Rent(1024);
        var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var total = 0;
        while (await stream.ReadAsync(buffer.AsMemory(total), cancellation) is var count and > 0)
        {
            total += count;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        if (total != frame.Length)
        {
            throw new InvalidOperationException($"{uri} answered {total} bytes in place of {frame.Length}.");
        }
    }

    /// <summary>One row: a way to make a call, and what all its turns came to.</summary>
    private sealed class Contender(string name, Func<CancellationToken, Task> call)
    {
        public string Name => name;

        public List<double> CallsPerSecond { get; } = [];

        public List<double> CpuPerCall { get; } = [];

        public List<double> AllocatedPerCall { get; } = [];

        public void Forget()
        {
            CallsPerSecond.Clear();
            CpuPerCall.Clear();
            AllocatedPerCall.Clear();
        }

        public async Task RunAsync(TimeSpan length, CancellationToken cancellation)
        {
            using var process = Process.GetCurrentProcess();
            long calls = 0;
            var (start, cpu, allocated) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime, GC.GetTotalAllocatedBytes());
            await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(async _ =>
            {
                await Task.Yield();
                while (Stopwatch.GetElapsedTime(start) < length)
                {
                    await call(cancellation);
                    Interlocked.Increment(ref calls);
                }
            }));
            var elapsed = Stopwatch.GetElapsedTime(start);
            process.Refresh();
            CallsPerSecond.Add(calls / elapsed.TotalSeconds);
            AllocatedPerCall.Add((double)(GC.GetTotalAllocatedBytes() - allocated) / calls);
            CpuPerCall.Add((process.TotalProcessorTime - cpu).TotalMicroseconds / calls);
        }
    }
}
