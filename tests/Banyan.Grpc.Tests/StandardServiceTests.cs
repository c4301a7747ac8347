using Banyan.Grpc.Health.V1;
using Banyan.Grpc.Reflection.V1;
using Banyan.Testing.Echo;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.DependencyInjection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;
using ServingStatus = Banyan.Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Banyan.Grpc.Tests;

/// <summary>Health and reflection.</summary>
public sealed class StandardServiceTests
{
    private static readonly ServiceDescriptor Health = HealthReflection.Descriptor.Services[0];

    private static readonly GrpcMethod<HealthCheckRequest, HealthCheckResponse> Check = GrpcMethod.Unary<HealthCheckRequest, HealthCheckResponse>(Health, "Check");

    private static readonly GrpcMethod<HealthListRequest, HealthListResponse> List = GrpcMethod.Unary<HealthListRequest, HealthListResponse>(Health, "List");

    private static readonly GrpcMethod<HealthCheckRequest, HealthCheckResponse> Watch =
        GrpcMethod.ServerStreaming<HealthCheckRequest, HealthCheckResponse>(Health, "Watch");

    private static readonly GrpcMethod<ServerReflectionRequest, ServerReflectionResponse> Ask =
        GrpcMethod.Duplex<ServerReflectionRequest, ServerReflectionResponse>(Reflection.V1.ReflectionReflection.Descriptor.Services[0], "ServerReflectionInfo");

    [Fact]
    public async Task Health_tells_what_was_set()
    {
        await using var server = await EchoServer.StartAsync(map: app => app.MapGrpcHealth());
        await using var channel = server.Connect();
        server.Services.GetRequiredService<GrpcHealth>().Set("pets", GrpcHealthStatus.NotServing);

        var whole = await channel.UnaryAsync(Check, new HealthCheckRequest());
        var pets = await channel.UnaryAsync(Check, new HealthCheckRequest { Service = "pets" });
        var list = await channel.UnaryAsync(List, new HealthListRequest());
        var error = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync(Check, new HealthCheckRequest { Service = "walks" }));

        Assert.Equal((ServingStatus.Serving, ServingStatus.NotServing), (whole.Status, pets.Status));
        Assert.Equal(["", "pets"], list.Statuses.Keys.Order());
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task Health_watch_follows_changes_and_ends_with_the_server()
    {
        await using var server = await EchoServer.StartAsync(map: app => app.MapGrpcHealth());
        await using var channel = server.Connect();
        var health = server.Services.GetRequiredService<GrpcHealth>();
        await using var watch = channel.ServerStreamingAsync(Watch, new HealthCheckRequest { Service = "pets" }).GetAsyncEnumerator();

        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(watch));
        health.Set("pets", GrpcHealthStatus.Serving);
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));
        health.Set("walks", GrpcHealthStatus.NotServing);
        health.Remove("pets");
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(watch));
        var stopping = server.StopAsync();
        Assert.Equal(ServingStatus.NotServing, await NextAsync(watch));
        var error = await Assert.ThrowsAsync<GrpcException>(async () => await watch.MoveNextAsync());
        await stopping;

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    [Fact]
    public async Task Reflection_describes_every_mapped_service_well_enough_to_rebuild_it()
    {
        await using var server = await EchoServer.StartAsync(map: app =>
        {
            app.MapGrpcReflection();
            app.MapGrpcHealth();
        });
        await using var channel = server.Connect();

        var services = await AskAsync(channel, new ServerReflectionRequest { ListServices = "*" });
        var file = await AskAsync(channel, new ServerReflectionRequest { FileContainingSymbol = "banyan.test.v1.EchoRequest.payload" });
        var unknown = await AskAsync(channel, new ServerReflectionRequest { FileContainingSymbol = "no.such.Symbol" });
        var empty = await AskAsync(channel, new ServerReflectionRequest());

        Assert.Equal(
            ["banyan.test.v1.Echo", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"],
            services.ListServicesResponse.Service.Select(s => s.Name));
        var rebuilt = FileDescriptor.BuildFromByteStrings(file.FileDescriptorResponse.FileDescriptorProto);
        Assert.Equal(EchoMethods.Service.Methods.Select(m => m.Name), rebuilt[0].Services[0].Methods.Select(m => m.Name));
        Assert.Equal((int)StatusCode.NotFound, unknown.ErrorResponse.ErrorCode);
        Assert.Equal((int)StatusCode.InvalidArgument, empty.ErrorResponse.ErrorCode);
    }

    private static async Task<ServingStatus> NextAsync(IAsyncEnumerator<HealthCheckResponse> watch) =>
        await watch.MoveNextAsync() ? watch.Current.Status : throw new InvalidOperationException("The watch has ended.");

    private static async Task<ServerReflectionResponse> AskAsync(GrpcChannel channel, ServerReflectionRequest question)
    {
        await using var call = channel.Duplex(Ask);
        await call.Requests.WriteAsync(question);
        await call.CompleteRequestsAsync();
        return await call.Responses.ReadAsync() ?? throw new InvalidOperationException("No answer.");
    }
}
