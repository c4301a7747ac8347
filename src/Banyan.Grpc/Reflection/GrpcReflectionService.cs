using Banyan.Grpc.Reflection.V1;
using Banyan.Grpc.Server;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Alpha = Banyan.Grpc.Reflection.V1Alpha;

namespace Banyan.Grpc.Reflection;

/// <summary>Server reflection over every mapped service, in the versions v1 and v1alpha, whose messages are the same on the wire.</summary>
internal sealed class GrpcReflectionService(GrpcServices services)
{
    private DescriptorIndex? _index;

    // Services may be mapped after this one: the index is made again when their number changed.
    private DescriptorIndex Index => _index is { } index && index.Services.Count == services.Mapped.Count ? index : _index = new DescriptorIndex(services.Mapped);

    public GrpcService BuildV1()
    {
        var descriptor = ReflectionReflection.Descriptor.Services[0];
        return new GrpcService(descriptor).Duplex(
            GrpcMethod.Duplex<ServerReflectionRequest, ServerReflectionResponse>(descriptor, "ServerReflectionInfo"),
            async (requests, responses, context) =>
            {
                await foreach (var request in requests)
                {
                    await responses.WriteAsync(Answer(request), context.Cancellation);
                }
            });
    }

    public GrpcService BuildV1Alpha()
    {
        var descriptor = Alpha.ReflectionReflection.Descriptor.Services[0];
        return new GrpcService(descriptor).Duplex(
            GrpcMethod.Duplex<Alpha.ServerReflectionRequest, Alpha.ServerReflectionResponse>(descriptor, "ServerReflectionInfo"),
            async (requests, responses, context) =>
            {
                await foreach (var request in requests)
                {
                    var same = ServerReflectionRequest.Parser.ParseFrom(request.ToByteArray());
                    await responses.WriteRawAsync(Answer(same).ToByteArray(), context.Cancellation);
                }
            });
    }

    private static ServerReflectionResponse WithFile(ServerReflectionResponse response, FileDescriptor? file, string what)
    {
        if (file is null)
        {
            return NotFound(response, what);
        }

        response.FileDescriptorResponse = new FileDescriptorResponse { FileDescriptorProto = { DescriptorIndex.Closure(file).Select(f => f.SerializedData) } };
        return response;
    }

    private static ServerReflectionResponse NotFound(ServerReflectionResponse response, string what)
    {
        response.ErrorResponse = new ErrorResponse { ErrorCode = (int)StatusCode.NotFound, ErrorMessage = $"This server has no {what}." };
        return response;
    }

    private ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        var index = Index;
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                return WithFile(response, index.FileByName(request.FileByFilename), $"file '{request.FileByFilename}'");
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                return WithFile(response, index.FileOfSymbol(request.FileContainingSymbol), $"symbol '{request.FileContainingSymbol}'");
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                var extension = request.FileContainingExtension;
                return WithFile(
                    response,
                    index.FileOfExtension(extension.ContainingType, extension.ExtensionNumber),
                    $"extension {extension.ExtensionNumber} of '{extension.ContainingType}'");
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                if (index.ExtensionsOf(request.AllExtensionNumbersOfType) is not { } numbers)
                {
                    return NotFound(response, $"message '{request.AllExtensionNumbersOfType}'");
                }

                response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = request.AllExtensionNumbersOfType, ExtensionNumber = { numbers } };
                return response;
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new ListServiceResponse
                {
                    Service = { index.Services.Select(s => s.FullName).Order(StringComparer.Ordinal).Select(n => new ServiceResponse { Name = n }) },
                };
                return response;
            default:
                response.ErrorResponse = new ErrorResponse { ErrorCode = (int)StatusCode.InvalidArgument, ErrorMessage = "The question is of a kind this server does not know." };
                return response;
        }
    }
}
