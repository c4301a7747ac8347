using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Banyan.Hosting;

/// <summary>Where a module maps its endpoints: each port of the process has its own table of routes.</summary>
public sealed class ModuleEndpoints
{
    private readonly ICollection<EndpointDataSource> _allHttp;

    internal ModuleEndpoints(IEndpointRouteBuilder http, IEndpointRouteBuilder grpc, IServiceProvider services, ICollection<EndpointDataSource> allHttp) =>
        (Http, Grpc, Services, _allHttp) = (http, grpc, services, allHttp);

    /// <summary>The HTTP/1.1 port (<c>host.http</c>).</summary>
    public IEndpointRouteBuilder Http { get; }

    /// <summary>The HTTP/2 port (<c>host.grpc</c>).</summary>
    public IEndpointRouteBuilder Grpc { get; }

    /// <summary>All services of the process.</summary>
    public IServiceProvider Services { get; }

    /// <summary>Every endpoint of the HTTP port, whichever module mapped it. Complete once the host serves; ask while answering, not while mapping.</summary>
    public IReadOnlyList<Endpoint> AllHttp() => [.. _allHttp.SelectMany(source => source.Endpoints)];
}
