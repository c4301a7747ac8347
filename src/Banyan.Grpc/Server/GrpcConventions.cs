using Microsoft.AspNetCore.Builder;

namespace Banyan.Grpc.Server;

/// <summary>Conventions for several endpoints at once.</summary>
internal sealed class GrpcConventions(List<IEndpointConventionBuilder> endpoints) : IEndpointConventionBuilder
{
    public void Add(Action<EndpointBuilder> convention) => endpoints.ForEach(e => e.Add(convention));

    public void Finally(Action<EndpointBuilder> finallyConvention) => endpoints.ForEach(e => e.Finally(finallyConvention));
}
