using Banyan.Grpc;
using Banyan.Hosting;
using Monomicrolith.V1;

namespace Monomicrolith.Greeter;

/// <summary>How the contract is called: among modules, in settings and on the wire.</summary>
internal static class GreeterContract
{
    public static readonly ModuleContract Contract = ModuleContract.For<IGreeter>("greeter", "greeter.address");

    public static readonly Google.Protobuf.Reflection.ServiceDescriptor Service = GreeterReflection.Descriptor.Services.Single();

    public static readonly GrpcMethod<GreetRequest, GreetResponse> Greet = GrpcMethod.Unary<GreetRequest, GreetResponse>(Service, "Greet");
}
