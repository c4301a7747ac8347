using Banyan.Resources;
using Microsoft.AspNetCore.Http;

namespace Banyan.Http.Authentication;

/// <summary>Another way than a bearer token to tell who calls: the console's cookie. Asked when there is no <c>Authorization</c> header.</summary>
public interface IActorSource
{
    /// <summary>Who calls; null when this source cannot tell.</summary>
    ValueTask<Actor?> FindAsync(HttpContext context);
}
