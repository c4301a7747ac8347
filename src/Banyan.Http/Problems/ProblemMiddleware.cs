using Banyan.Contracts;
using Banyan.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Banyan.Http.Problems;

/// <summary>The one place where exceptions become answers, and where answers without a body get one.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log, HttpMetrics metrics, TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var start = clock.GetTimestamp();
        try
        {
            await next(context);
            await FillEmptyAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; there is nobody to answer.
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = 499;
            }
        }
        catch (Exception e)
        {
            var (error, detail, faults) = Translate(e);
            Log(context, error, e);
            if (context.Response.HasStarted)
            {
                // Half an answer is out; only a broken connection tells the client that it is not the whole one.
                context.Abort();
                return;
            }

            context.Response.Clear();
            await ProblemResponse.WriteAsync(context, error, detail, faults);
        }
        finally
        {
            metrics.Answered(context, clock.GetElapsedTime(start));
        }
    }

    /// <summary>What an exception means to a caller.</summary>
    internal static (ErrorCode Error, string Detail, IReadOnlyList<Fault> Faults) Translate(Exception e) => e switch
    {
        BanyanException known => (known.Error, known.Message, known.Faults),
        StoreException store => Translate(StoreProblems.Of(store, ": read the object before you try again.")),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => (HttpErrors.BodyTooLarge, "The body is too large.", []),
        BadHttpRequestException bad => (HttpErrors.BadRequest, bad.Message, []),
        _ => (HttpErrors.Internal, "The server failed on this request; its log has the reason under the trace id.", []),
    };

    private static async Task FillEmptyAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.ContentLength is not null || response.ContentType is not null || ProblemResponse.IsGrpc(context.Request))
        {
            return;
        }

        if (response.StatusCode == StatusCodes.Status404NotFound)
        {
            await ProblemResponse.WriteAsync(context, HttpErrors.NotFound, $"There is nothing at '{context.Request.Path}'. '/openapi.json' lists every address.");
        }
        else if (response.StatusCode == StatusCodes.Status405MethodNotAllowed)
        {
            await ProblemResponse.WriteAsync(
                context, HttpErrors.MethodNotAllowed, $"'{context.Request.Path}' does not take {context.Request.Method}; it takes {response.Headers.Allow}.");
        }
        else if (response.StatusCode == StatusCodes.Status415UnsupportedMediaType)
        {
            await ProblemResponse.WriteAsync(context, HttpErrors.UnsupportedMediaType, $"'{context.Request.ContentType}' is not taken here. Send JSON.");
        }
    }

    private void Log(HttpContext context, ErrorCode error, Exception e)
    {
        if (error.Kind == ErrorKind.Internal)
        {
            HttpLog.RequestFailed(log, context.Request.Method, HttpMetrics.RouteOf(context), ProblemResponse.TraceIdOf(context), e);
        }
        else if (error == HttpErrors.StoreUnavailable || error == HttpErrors.StoreFull)
        {
            HttpLog.StoreUnavailable(log, context.Request.Method, HttpMetrics.RouteOf(context), ProblemResponse.TraceIdOf(context), e);
        }
    }
}
