using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Banyan.Contracts;
using Banyan.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Http.Streams;

/// <summary>
/// Writes event streams (the WHATWG's server-sent events). The next event is taken from the source only when the last one has been handed to the connection, so a
/// slow reader holds back its own source and needs no queue; a comment line every 15 s keeps the connection alive. An error after the first byte is told as a
/// last event of type <c>error</c> with a problem document.
/// </summary>
public static class ServerSentEvents
{
    /// <summary>How often an idle stream gets a comment line.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Writes events until the source ends, the client goes, or the server stops.</summary>
    public static async Task WriteAsync(HttpResponse response, IAsyncEnumerable<SseEvent> events, CancellationToken ct)
    {
        var services = response.HttpContext.RequestServices;
        var clock = services?.GetService<TimeProvider>() ?? TimeProvider.System;
        var stopping = services?.GetService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, stopping);
        var metrics = services?.GetService<HttpMetrics>();
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        metrics?.StreamOpened();
        try
        {
            await PumpAsync(response.BodyWriter, events, clock, linked.Token);
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            // The client has gone or the server stops: the stream just ends, and the client comes back with its last id.
        }
        catch (BanyanException e)
        {
            Write(response.BodyWriter, new SseEvent("error", null, ProblemResponse.ToUtf8(e.Error, e.Message, e.Faults, ProblemResponse.TraceIdOf(response.HttpContext))));
            await response.BodyWriter.FlushAsync(CancellationToken.None);
        }
        finally
        {
            metrics?.StreamClosed();
        }
    }

    /// <summary>The revision a client wants to go on after: <c>Last-Event-ID</c>, or the query parameter <c>after</c>; 0 when it names none.</summary>
    /// <exception cref="BanyanException">http/bad-request.</exception>
    public static long ReadAfter(HttpRequest request)
    {
        var text = request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last : request.Query["after"].ToString();
        return text.Length == 0 ? 0
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision
            : throw new BanyanException(HttpErrors.BadRequest, $"'after' (or Last-Event-ID) is '{text}'; it must be a revision.");
    }

    private static async Task PumpAsync(PipeWriter writer, IAsyncEnumerable<SseEvent> events, TimeProvider clock, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var source = events.GetAsyncEnumerator(ending.Token);

        // The source begins first: whoever has read the comment may rely on being told of what happens from then on.
        var next = source.MoveNextAsync().AsTask();
        try
        {
            writer.Write(":\n\n"u8);
            await writer.FlushAsync(ct);
            while (true)
            {
                if (!next.IsCompleted)
                {
                    // Everything so far goes out before we wait.
                    await writer.FlushAsync(ct);
                    while (!await CompletesAsync(next, clock, ct))
                    {
                        writer.Write(":\n\n"u8);
                        await writer.FlushAsync(ct);
                    }
                }

                if (!await next)
                {
                    await writer.FlushAsync(ct);
                    return;
                }

                Write(writer, source.Current);
                if (writer.UnflushedBytes > 16 * 1024)
                {
                    await writer.FlushAsync(ct);
                }

                next = source.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An iterator must not be disposed of while it runs.
            await ending.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<bool> CompletesAsync(Task task, TimeProvider clock, CancellationToken ct)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var delay = Task.Delay(Heartbeat, clock, timer.Token);
        var completed = await Task.WhenAny(task, delay) == task;
        await timer.CancelAsync();
        ct.ThrowIfCancellationRequested();
        return completed;
    }

    private static void Write(PipeWriter writer, SseEvent e)
    {
        writer.Write("event: "u8);
        Encoding.UTF8.GetBytes(e.Type, writer);
        if (e.Id is not null)
        {
            writer.Write("\nid: "u8);
            Encoding.UTF8.GetBytes(e.Id, writer);
        }

        var rest = e.Data.Span;
        do
        {
            var end = rest.IndexOfAny((byte)'\n', (byte)'\r');
            writer.Write("\ndata: "u8);
            writer.Write(end < 0 ? rest : rest[..end]);
            rest = end < 0 ? [] : rest[end..].StartsWith("\r\n"u8) ? rest[(end + 2)..] : rest[(end + 1)..];
        }
        while (!rest.IsEmpty);

        writer.Write("\n\n"u8);
    }
}
