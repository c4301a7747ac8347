using Banyan.Gateway.Routing.Actions;
using Microsoft.AspNetCore.Http;
using Route = Banyan.Gateway.Routing.Route;

namespace Banyan.Gateway.Forwarding;

/// <summary>What a route does to answers on the framework's server: gives its own, and changes fields.</summary>
internal static class RouteResponse
{
    /// <summary>Answers for a route that has no service.</summary>
    public static async Task WriteAsync(HttpContext context, Route route, string target)
    {
        var response = context.Response;
        if (route.Redirect is { } redirect)
        {
            response.StatusCode = redirect.Status;
            response.Headers.Location = redirect.Location(context.Request.IsHttps, context.Request.Host.Value ?? string.Empty, target);
            response.ContentLength = 0;
        }
        else if (route.Answer is { } answer)
        {
            response.StatusCode = answer.Status;
            if (answer.Status is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified))
            {
                response.ContentLength = answer.Body.Length;
                response.ContentType = answer.Body.Length > 0 ? answer.ContentType : null;
            }
        }

        Change(response.Headers, route.ResponseFields);
        if (route.Answer is { Body.Length: > 0 } with && !HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(with.Body, context.RequestAborted);
        }
    }

    /// <summary>Changes a head; nothing happens without changes.</summary>
    public static void Change(IHeaderDictionary headers, FieldChanges? changes)
    {
        if (changes is null)
        {
            return;
        }

        foreach (var name in changes.Remove)
        {
            headers.Remove(name);
        }

        foreach (var line in changes.Set)
        {
            headers[line.Name] = line.Value;
        }

        foreach (var line in changes.Add)
        {
            headers.Append(line.Name, line.Value);
        }
    }
}
