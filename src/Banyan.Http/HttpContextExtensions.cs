using Banyan.Contracts;
using Banyan.Resources;
using Microsoft.AspNetCore.Http;

namespace Banyan.Http;

/// <summary>Who calls.</summary>
public static class HttpContextExtensions
{
    /// <summary>Who calls.</summary>
    /// <exception cref="BanyanException">http/unauthenticated: nobody known; only possible on an endpoint that allows anonymous calls.</exception>
    public static Actor GetActor(this HttpContext context) =>
        context.FindActor() ?? throw new BanyanException(HttpErrors.Unauthenticated, "There is no credential. Send 'Authorization: Bearer TOKEN'.");

    /// <summary>Who calls, or null on an endpoint that allows anonymous calls.</summary>
    public static Actor? FindActor(this HttpContext context) => context.Features.Get<Actor>();
}
