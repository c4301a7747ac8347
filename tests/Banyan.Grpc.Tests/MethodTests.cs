using Banyan.Grpc.Health.V1;
using Banyan.Test.V1;
using Banyan.Testing.Echo;
using Microsoft.AspNetCore.Builder;

namespace Banyan.Grpc.Tests;

/// <summary>Methods and services that do not fit their descriptors are refused when they are made, not when they are called.</summary>
public sealed class MethodTests
{
    [Fact]
    public void Method_knows_its_name_and_kind()
    {
        Assert.Equal("banyan.test.v1.Echo/Chat", EchoMethods.Chat.FullName);
        Assert.Equal(GrpcMethodKind.DuplexStreaming, EchoMethods.Chat.Kind);
    }

    [Fact]
    public void Method_that_does_not_exist_is_refused_with_the_ones_that_do() =>
        Refused(() => GrpcMethod.Unary<EchoRequest, EchoResponse>(EchoMethods.Service, "Sya"), "has no method 'Sya'", "Say");

    [Fact]
    public void Method_of_another_kind_is_refused() =>
        Refused(() => GrpcMethod.Unary<EchoRequest, EchoResponse>(EchoMethods.Service, "Chat"), "is DuplexStreaming, not Unary");

    [Fact]
    public void Method_with_another_request_type_is_refused() =>
        Refused(() => GrpcMethod.Unary<HealthCheckRequest, EchoResponse>(EchoMethods.Service, "Say"), "request type 'banyan.test.v1.EchoRequest'");

    [Fact]
    public void Method_with_another_response_type_is_refused() =>
        Refused(() => GrpcMethod.Unary<EchoRequest, HealthCheckResponse>(EchoMethods.Service, "Say"), "response type 'banyan.test.v1.EchoResponse'");

    [Fact]
    public void Service_refuses_methods_of_another_service_of_another_kind_and_twice()
    {
        var check = GrpcMethod.Unary<HealthCheckRequest, HealthCheckResponse>(HealthReflection.Descriptor.Services[0], "Check");
        var service = new GrpcService(EchoMethods.Service).Unary(EchoMethods.Say, (_, _) => Task.FromResult(new EchoResponse()));

        Refused(() => service.Unary(check, (_, _) => Task.FromResult(new HealthCheckResponse())), "does not belong to service 'banyan.test.v1.Echo'");
        Refused(() => service.Unary(EchoMethods.Repeat, (_, _) => Task.FromResult(new EchoResponse())), "is ServerStreaming, not Unary");
        Refused(() => service.Unary(EchoMethods.Say, (_, _) => Task.FromResult(new EchoResponse())), "has a handler already");
    }

    [Fact]
    public async Task Channel_refuses_a_call_of_another_kind_and_an_address_it_cannot_use()
    {
        await using var channel = new GrpcChannel(new Uri("http://127.0.0.1:1"));

        await Assert.ThrowsAsync<ArgumentException>(() => channel.UnaryAsync(EchoMethods.Chat, new EchoRequest()));
        Assert.Throws<ArgumentException>(() => new GrpcChannel(new Uri("ftp://127.0.0.1:1")));
    }

    [Fact]
    public void Mapping_without_the_server_says_what_to_call()
    {
        using var app = (IDisposable)WebApplication.CreateSlimBuilder().Build();

        var error = Assert.Throws<InvalidOperationException>(() => ((WebApplication)app).MapGrpcService(new GrpcService(EchoMethods.Service)));

        Assert.Contains("AddBanyanGrpc", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mapping_a_service_twice_is_refused() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => EchoServer.StartAsync(map: app => app.MapGrpcService(new GrpcService(EchoMethods.Service))));

    private static void Refused(Func<object> make, params string[] parts)
    {
        var error = Assert.Throws<ArgumentException>(make);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
