using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Banyan.Test.V1;
using Banyan.Testing;
using Banyan.Testing.Echo;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Banyan.Grpc.Tests;

/// <summary>How a channel reaches its server, and what it adds to calls.</summary>
public sealed class ChannelTests
{
    [Fact]
    public async Task Channel_calls_over_a_unix_socket()
    {
        using var directory = new TempDirectory();
        await using var server = await EchoServer.StartAsync(unixSocket: directory["grpc.sock"]);
        await using var channel = new GrpcChannel(new Uri($"unix:{directory["grpc.sock"]}"));

        Assert.Equal("hello", (await channel.UnaryAsync(EchoMethods.Say, new EchoRequest { Text = "hello" })).Text);
    }

    [Fact]
    public async Task Channel_calls_over_tls_and_refuses_a_stranger()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        await using var server = await EchoServer.StartAsync(listen: l => l.UseHttps(certificate));
        var address = new Uri($"https://localhost:{server.Port}");
        await using var trusting = new GrpcChannel(address, new GrpcChannelOptions
        {
            Tls = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, seen, _, _) => seen?.GetCertHashString() == certificate.GetCertHashString() },
        });
        await using var careful = new GrpcChannel(address);

        Assert.Equal("hello", (await trusting.UnaryAsync(EchoMethods.Say, new EchoRequest { Text = "hello" })).Text);
        var error = await Assert.ThrowsAsync<GrpcException>(() => careful.UnaryAsync(EchoMethods.Say, new EchoRequest()));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    [Fact]
    public async Task Channel_adds_the_providers_metadata_to_every_call()
    {
        await using var server = await EchoServer.StartAsync();
        var asked = 0;
        await using var channel = server.Connect(new GrpcChannelOptions
        {
            MetadataProvider = async cancellation =>
            {
                await Task.Yield();
                return new GrpcMetadata { { "x-token", $"{++asked}" } };
            },
        });
        var response = new GrpcResponseMetadata();
        var options = new GrpcCallOptions { Metadata = new GrpcMetadata { { "x-own", "mine" } }, Response = response };

        await channel.UnaryAsync(EchoMethods.Say, new EchoRequest(), options);
        await channel.UnaryAsync(EchoMethods.Say, new EchoRequest(), options);

        Assert.Equal(("2", "mine"), (response.Headers.GetValue("x-token"), response.Headers.GetValue("x-own")));
        Assert.Equal(("2", "mine"), (response.Trailers.GetValue("x-token-trailer"), response.Trailers.GetValue("x-own-trailer")));
    }

    [Fact]
    public async Task Channel_compresses_requests_from_its_threshold()
    {
        await using var server = await EchoServer.StartAsync(o => o.MaxReceiveMessageSize = 1 << 20);
        await using var channel = server.Connect(new GrpcChannelOptions { CompressionThreshold = 100 });

        var response = await channel.UnaryAsync(EchoMethods.Say, new EchoRequest { Text = new string('z', 500_000) });

        Assert.Equal(500_000, response.Text.Length);
    }

    [Fact]
    public async Task Sizes_over_the_limits_are_refused_on_either_side()
    {
        await using var server = await EchoServer.StartAsync(o => o.MaxSendMessageSize = 1000);
        await using var sending = server.Connect(new GrpcChannelOptions { MaxSendMessageSize = 100 });
        await using var receiving = server.Connect(new GrpcChannelOptions { MaxReceiveMessageSize = 100 });
        await using var plain = server.Connect();
        var medium = new EchoRequest { Text = new string('m', 500) };
        var large = new EchoRequest { Text = new string('l', 5000) };

        foreach (var (channel, request) in new[] { (sending, medium), (receiving, medium), (plain, large) })
        {
            var error = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(EchoMethods.Say, request));
            Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        }
    }

    [Fact]
    public async Task Thousand_streams_share_one_serialised_message()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = 0;
        var shared = new GrpcService(Grpc.Health.V1.HealthReflection.Descriptor.Services[0]);
        var watch = GrpcMethod.ServerStreaming<Grpc.Health.V1.HealthCheckRequest, Grpc.Health.V1.HealthCheckResponse>(shared.Descriptor, "Watch");
        var response = new Grpc.Health.V1.HealthCheckResponse { Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving };
        var bytes = response.ToByteArray();
        shared.ServerStreaming(watch, async (_, responses, context) =>
        {
            await context.SendHeadersAsync();
            Interlocked.Increment(ref waiting);
            await go.Task.WaitAsync(context.Cancellation);
            await responses.WriteRawAsync(bytes);
            responses.BufferRaw(bytes);
            responses.Buffer(response);
        });
        await using var server = await EchoServer.StartAsync(map: app => app.MapGrpcService(shared));
        await using var channel = server.Connect();

        var streams = Enumerable.Range(0, 1000).Select(async _ => await channel.ServerStreamingAsync(watch, new()).ToListAsync()).ToList();
        await Eventually.True(() => Volatile.Read(ref waiting) == 1000, "all streams to be open");
        go.SetResult();

        foreach (var received in await Task.WhenAll(streams))
        {
            Assert.Equal([response, response, response], received);
        }
    }

    [Fact]
    public async Task Endpoint_conventions_apply_to_every_method()
    {
        await using var server = await EchoServer.StartAsync(map: app => app.MapGrpcHealth().RequireHost("elsewhere.example"));
        await using var channel = server.Connect();
        var check = GrpcMethod.Unary<Grpc.Health.V1.HealthCheckRequest, Grpc.Health.V1.HealthCheckResponse>(
            Grpc.Health.V1.HealthReflection.Descriptor.Services[0], "Check");

        var error = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(check, new()));

        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    [Fact]
    public async Task Disposed_channel_takes_no_more_calls()
    {
        var channel = new GrpcChannel(new Uri("http://127.0.0.1:1"));
        await channel.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => channel.UnaryAsync(EchoMethods.Say, new EchoRequest()));
    }
}
