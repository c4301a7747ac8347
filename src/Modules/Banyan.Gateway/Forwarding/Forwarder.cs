using Banyan.Gateway.Clusters;
using Banyan.Gateway.Limits;
using Banyan.Gateway.Retries;
using Banyan.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Endpoint = Banyan.Gateway.Clusters.Endpoint;

namespace Banyan.Gateway.Forwarding;

/// <summary>
/// Takes one request from its head to its end. Every bad end is a returned <see cref="Failure"/>; nobody here writes an error.
/// <code>
///  head ─▶ 1 admit ─▶ 2 route ─▶ 3 pick ─▶ 4 send ─────▶ 5 check ─▶ 6 head ─▶ 7 body ─▶ 8 trailers
///            │          │         │ ▲        │              │          │        │
///            │          │         │ └─ no ───┤              │          └─▶ 7u tunnel (101)
///            │          │         │  connection, once       │                   │
///            ▼          ▼         ▼          ▼              ▼                   ▼
///           4xx      404 503     503      502 504          502              break off
/// </code>
/// </summary>
internal sealed class Forwarder(RouteTable routes, ClusterTable clusters, UpstreamTransport transport, GatewayOptions options, GatewayIdentity identity, TimeProvider clock)
{
    private static readonly TimeSpan RoomPoll = TimeSpan.FromMilliseconds(5);

    private readonly UpstreamRequest _requests = new(options, identity);
    private readonly RouteLookup _lookup = new(routes, options, identity, clock);

    /// <summary>Forwards; returns how it ended. <see cref="Failure.None"/> = the client has the whole answer.</summary>
    public async ValueTask<Failure> ForwardAsync(HttpContext context, RequestRecord record)
    {
        // 1. Is this a request a gateway answers for at all?
        var target = Target(context);
        if (Admission.Refuse(context.Request, target, identity) is { IsNone: false } refused)
        {
            return refused;
        }

        if (Admission.AnswersItself(context.Request, target))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            context.Response.Headers.Allow = Admission.Allow;
            return Failure.None;
        }

        // 2. One look at the table; the route found stays this request's route whatever changes meanwhile.
        var found = _lookup.Find(context, target, out var route, out var cluster, out var entrance);
        if (route is null || cluster is null)
        {
            return found;
        }

        record.Route = route;
        route.Counters.Begin();
        if (route.AnswersItself)
        {
            await RouteResponse.WriteAsync(context, route, target);
            return Failure.None;
        }

        var upgrade = Admission.Upgrade(context);
        using var deadline = new ExchangeDeadline(clock, context.RequestAborted);
        deadline.Bound(route.Timeouts.Total);
        return await SendAsync(context, record, route, cluster, entrance, route.Target is { } rewrite ? rewrite.Apply(target) : target, upgrade, deadline);
    }

    private async ValueTask<Failure> SendAsync(
        HttpContext context, RequestRecord record, Route route, ClusterState cluster, Entrance entrance, string target, string? upgrade, ExchangeDeadline deadline)
    {
        // 3. May it come in, and whose turn is it?
        if (!entrance.Refusal.IsNone)
        {
            return entrance.Refusal;
        }

        var attempts = new Attempts();
        attempts.Begin(cluster, route, entrance);
        try
        {
            return await SendAsync(context, record, route, cluster, entrance.Priority, attempts, target, upgrade, deadline);
        }
        finally
        {
            attempts.Close();
        }
    }

    private async ValueTask<Failure> SendAsync(
        HttpContext context, RequestRecord record, Route route, ClusterState cluster, RequestPriority priority, Attempts attempts, string target, string? upgrade, ExchangeDeadline deadline)
    {
        var answerTime = route.ResponseHeaderTimeout ?? options.ResponseHeaderTimeout;
        var began = clock.GetTimestamp();
        while (true)
        {
            // All attempts together have the time of one.
            var left = answerTime - clock.GetElapsedTime(began);
            var pick = await PickAsync(cluster, attempts, priority, left, deadline.Token);
            if (pick.Endpoint is not { } endpoint)
            {
                return clusters.Synced ? pick.Failure : new Failure(FailureReason.GatewayNoInstanceList, "The registry's list of instances has not arrived yet. Try again.");
            }

            record.Endpoint = endpoint;
            endpoint.Begin();
            var status = 0;
            var outcome = Failure.None;
            try
            {
                // 4. Send it. A body is read only when a connection is there, so a failed connection leaves it whole.
                var body = HasBody(context, upgrade) ? new RequestBody(context.Request, deadline, route.Timeouts.Idle ?? options.RequestIdleTimeout, answerTime, record) : null;
                HttpContent? content = body is not null ? body : IsRepeatable(context.Request.Method) || upgrade is not null ? null : new NoBody();
                using var request = _requests.Build(context, route, endpoint, target, content, upgrade);
                deadline.Arm(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1), FailureReason.UpstreamHeadTimedOut);
                record.Sent = clock.GetTimestamp();
                HttpResponseMessage answer;
                try
                {
                    answer = await transport.SendAsync(request, deadline.Token);
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or BadHttpRequestException)
                {
                    outcome = UpstreamFailures.OfSend(e, body, deadline);
                    var end = UpstreamFailures.Connect(e) is not null ? AttemptEnd.NotConnected
                        : outcome.Reason == FailureReason.UpstreamClosedBeforeHead ? AttemptEnd.FreshClosed
                        : AttemptEnd.Underway;
                    if (attempts.MayRetry(Case(context, end, body, upgrade, deadline, answerTime - clock.GetElapsedTime(began)), endpoint, clock.NowTicks()) == RetryVerdict.Retry)
                    {
                        record.Retries++;
                        continue;
                    }

                    return outcome;
                }

                using (answer)
                {
                    record.HeadReceived = clock.GetTimestamp();
                    status = (int)answer.StatusCode;
                    outcome = await AnswerAsync(context, route, answer, body, upgrade, deadline, record);
                    return outcome;
                }
            }
            finally
            {
                End(endpoint, outcome.Reason, status, record);
            }
        }
    }

    // A request that finds the service full waits a little, if the wait is worth it.
    private async ValueTask<PickResult> PickAsync(ClusterState cluster, Attempts attempts, RequestPriority priority, TimeSpan left, CancellationToken cancellation)
    {
        var policy = cluster.Policy;
        var pick = attempts.Pick(clock.NowTicks());
        if (pick.Failure.Reason != FailureReason.GatewayOverloaded
            || policy.Room.TryEnter(priority, policy.Concurrency.Limit, policy.Concurrency.UsualTicks, left.Ticks) != WaitVerdict.Wait)
        {
            return pick;
        }

        try
        {
            var until = clock.NowTicks() + Math.Min(left.Ticks, policy.Settings.Concurrency.QueueTime.Ticks);
            while (pick.Failure.Reason == FailureReason.GatewayOverloaded && clock.NowTicks() < until)
            {
                await Task.Delay(RoomPoll, clock, cancellation);
                pick = attempts.Pick(clock.NowTicks());
            }

            return pick;
        }
        finally
        {
            policy.Room.Leave();
        }
    }

    private void End(Endpoint endpoint, FailureReason reason, int status, RequestRecord record)
    {
        var latency = status == 0 ? 0 : clock.FromTimestamp(record.HeadReceived) - clock.FromTimestamp(record.Sent);
        endpoint.End(new Outcome(Outcome.Of(reason, status), clock.NowTicks(), Math.Max(latency, 0), record.Tunnel));
    }

    // The framework does not say whether a connection that closed had served before, so it counts as fresh.
    private static RetryCase Case(HttpContext context, AttemptEnd end, RequestBody? body, string? upgrade, ExchangeDeadline deadline, TimeSpan left) => new()
    {
        End = end,
        Method = IsSafe(context.Request.Method) ? MethodPromise.Safe : IsRepeatable(context.Request.Method) ? MethodPromise.Idempotent : MethodPromise.None,
        HasBody = body is not null,
        BodyWhole = body is not { Started: true },
        Upgrade = upgrade is not null,
        RemainingTicks = deadline.Reason == FailureReason.None ? left.Ticks : 0,
    };

    private async ValueTask<Failure> AnswerAsync(
        HttpContext context, Route route, HttpResponseMessage answer, RequestBody? body, string? upgrade, ExchangeDeadline deadline, RequestRecord record)
    {
        // 5. Is it an answer to what was asked?
        if (AnswerFields.Fault(answer) is { } fault)
        {
            return new Failure(FailureReason.UpstreamHeadInvalid, $"The answer cannot be passed on: {fault}.");
        }

        if ((int)answer.StatusCode == StatusCodes.Status101SwitchingProtocols)
        {
            return upgrade is not null && answer.Headers.NonValidated.TryGetValues("Upgrade", out var to) && string.Equals(to.ToString(), upgrade, StringComparison.OrdinalIgnoreCase)
                ? await TunnelAsync(context, route, answer, upgrade, deadline, record)
                : new Failure(FailureReason.UpstreamUnaskedUpgrade);
        }

        // 6. The head.
        var response = context.Response;
        var trailers = context.Features.Get<IHttpResponseTrailersFeature>();
        try
        {
            AnswerFields.Copy(answer, response, trailers is not null);
            RouteResponse.Change(response.Headers, route.ResponseFields);
        }
        catch (InvalidOperationException e)
        {
            // A field the server would not write: control characters in its value.
            return new Failure(FailureReason.UpstreamHeadInvalid, $"The answer cannot be passed on: {e.Message}");
        }

        if (body is { Sent: false })
        {
            // A final answer before the whole body: the rest of it is not wanted, and must not be taken for a next request.
            context.Response.Headers.Connection = context.Request.Protocol.StartsWith("HTTP/1", StringComparison.Ordinal) ? "close" : default;
        }

        // 7. The body, if this status and method have one.
        await using var stream = await answer.Content.ReadAsStreamAsync(deadline.Token);
        var bodiless = HttpMethods.IsHead(context.Request.Method) || (int)answer.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified;
        if (!bodiless)
        {
            await response.StartAsync(deadline.Token);
            if (await BodyRelay.CopyAsync(stream, response, deadline, route.Timeouts.Idle ?? options.ResponseIdleTimeout, record) is { IsNone: false } broken)
            {
                return broken;
            }
        }

        // 8. Trailers are complete once the body has been read to its end.
        if (trailers is { Trailers.IsReadOnly: false })
        {
            foreach (var (name, values) in answer.TrailingHeaders.NonValidated)
            {
                trailers.Trailers.Append(name, values.ToArray());
            }
        }

        await response.CompleteAsync();
        return Failure.None;
    }

    private async ValueTask<Failure> TunnelAsync(
        HttpContext context, Route route, HttpResponseMessage answer, string upgrade, ExchangeDeadline deadline, RequestRecord record)
    {
        record.Tunnel = true;
        record.Endpoint!.Detach();
        AnswerFields.Copy(answer, context.Response, trailers: false);
        context.Response.Headers.Upgrade = upgrade;
        await using var service = await answer.Content.ReadAsStreamAsync(deadline.Token);
        await using var client = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        return await TunnelRelay.RunAsync(client, service, deadline, route.Timeouts.Idle ?? options.TunnelIdleTimeout, record);
    }

    // Absolute-form carries the authority too; the server has checked that it equals Host.
    private static string Target(HttpContext context)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var scheme = raw.IndexOf("://", StringComparison.Ordinal);
        if (raw.Length == 0 || raw[0] is '/' or '*' || scheme < 0)
        {
            return raw;
        }

        var path = raw.AsSpan(scheme + 3).IndexOfAny('/', '?');
        return path < 0 ? "/" : raw[scheme + 3 + path] == '/' ? raw[(scheme + 3 + path)..] : "/" + raw[(scheme + 3 + path)..];
    }

    private static bool HasBody(HttpContext context, string? upgrade) => upgrade is null && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;

    // RFC 9110 section 9.2.1: asking twice does nothing that asking once does not, so an instance that died over it is no reason to fail.
    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    // RFC 9110 section 9.2.2; unknown methods are not.
    private static bool IsRepeatable(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method);
}
