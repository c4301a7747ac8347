using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Banyan.Cli.Output;
using Banyan.Client;
using Banyan.Contracts;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan wait</c>: returns when something has become true; for scripts.</summary>
internal static class WaitCommand
{
    public static Command Create(CliContext context)
    {
        var kind = new Argument<string>("kind") { Description = "Kind" };
        var name = new Argument<string>("name") { Description = "Name" };
        var domain = new Option<string>("--domain", "-d") { Description = "Domain", DefaultValueFactory = _ => "default" };
        var goal = new Option<string>("--for") { Description = "condition=NAME, delete, or instances=N (instances that are up)", Required = true };
        var timeout = TimeoutOption();
        var command = new Command("wait", "Wait until an object is as it should be") { kind, name, domain, goal, timeout };
        command.SetAction(async (parsed, cancellation) =>
        {
            var client = context.Connect(parsed);
            var found = await CliContext.KindAsync(client, parsed.GetValue(kind)!, cancellation).ConfigureAwait(false);
            var address = new ResourceAddress(found.Plural, found.InDomain ? parsed.GetValue(domain) : null, parsed.GetValue(name)!);
            var run = new WaitRun(context, client);
            var limit = Timeout(parsed.GetValue(timeout)!);
            var written = parsed.GetValue(goal)!;
            if (written == "delete")
            {
                await run.ForDeletionAsync(found, address, limit, cancellation).ConfigureAwait(false);
            }
            else if (written.StartsWith("condition=", StringComparison.Ordinal))
            {
                await run.ForConditionAsync(found, address, written["condition=".Length..], limit, cancellation).ConfigureAwait(false);
            }
            else if (written.StartsWith("instances=", StringComparison.Ordinal) && int.TryParse(written.AsSpan("instances=".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && found.Name == "Service")
            {
                await run.ForInstancesAsync(address, count, limit, cancellation).ConfigureAwait(false);
            }
            else
            {
                throw new BanyanException(CliErrors.BadArgument, $"'--for {written}' is not understood. Write condition=NAME, delete, or, for a service, instances=N.");
            }

            context.Io.Out.Write($"{found.Name.ToLowerInvariant()}/{address.Name} {written}\n");
            return ExitCodes.Success;
        });
        return command;
    }

    public static Option<string> TimeoutOption() =>
        new("--timeout") { Description = "How long to wait: 500ms, 30s, 2m", DefaultValueFactory = _ => "60s", HelpName = "DURATION" };

    public static TimeSpan Timeout(string written) =>
        Ages.Duration(written) ?? throw new BanyanException(CliErrors.BadArgument, $"'--timeout {written}' is no duration. Write a number and a unit: 500ms, 30s, 2m.");
}

internal sealed class WaitRun(CliContext context, BanyanClient client)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(10);

    public Task ForDeletionAsync(KindDescription kind, ResourceAddress address, TimeSpan timeout, CancellationToken cancellation) =>
        UntilAsync(kind, address, item => item is null ? null : item.At("metadata", "finalizers").Joined() is { Length: > 0 } left ? $"it still has the finalisers {left}" : "it is still there", "be deleted", timeout, cancellation);

    public Task ForConditionAsync(KindDescription kind, ResourceAddress address, string condition, TimeSpan timeout, CancellationToken cancellation) =>
        UntilAsync(
            kind,
            address,
            item =>
            {
                if (item is null)
                {
                    return "it does not exist";
                }

                var entry = item.Conditions().FirstOrDefault(c => string.Equals(c.Text("type"), condition, StringComparison.OrdinalIgnoreCase));
                return entry is null ? $"it has no condition '{condition}'; it has: {string.Join(", ", item.Conditions().Select(c => c.Text("type")).DefaultIfEmpty("none"))}"
                    : entry.Text("holds") == "true" ? null : $"{entry.Text("reason")}: {entry.Text("message")}";
            },
            $"have the condition '{condition}'",
            timeout,
            cancellation);

    public async Task ForInstancesAsync(ResourceAddress address, int count, TimeSpan timeout, CancellationToken cancellation)
    {
        var up = 0;
        using var limit = Limit(timeout, cancellation);
        try
        {
            while (true)
            {
                up = (await client.Instances.ListAsync(address.Domain, address.Name, limit.Token).ConfigureAwait(false)).Count(i => i.State == "up");
                if (up >= count)
                {
                    return;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100), context.Io.Clock, limit.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new BanyanException(CliErrors.TimedOut, $"Service '{address.Name}' had {up} of {count} instances up after {timeout.TotalSeconds:0.#} s. 'banyan instances list {address.Name}' says why.");
        }
    }

    private async Task UntilAsync(KindDescription kind, ResourceAddress address, Func<JsonObject?, string?> missing, string goal, TimeSpan timeout, CancellationToken cancellation)
    {
        string? why = null;
        try
        {
            // The first look has its time however short the given one is: the reason is known when that is over.
            using var look = Limit(timeout < FirstLook ? FirstLook : timeout, cancellation);
            var (item, revision) = await FindAsync(address, look.Token).ConfigureAwait(false);
            why = missing(item);
            using var limit = Limit(timeout, cancellation);
            while (why is not null)
            {
                // Nothing between the read and the watch is missed: the watch starts at the revision of the read.
                await foreach (var change in client.Resources.WatchAsync(address.Plural, address.Domain, null, revision, limit.Token).ConfigureAwait(false))
                {
                    if (change.Object is { } changed && changed.Name() == address.Name)
                    {
                        why = missing(change.Type == "delete" ? null : changed);
                        if (why is null)
                        {
                            return;
                        }
                    }
                }

                (item, revision) = await FindAsync(address, limit.Token).ConfigureAwait(false);
                why = missing(item);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new BanyanException(CliErrors.TimedOut, $"{kind.Name} '{address.Name}' did not {goal} within {timeout.TotalSeconds:0.#} s: {why ?? "the server did not answer"}.");
        }
    }

    private async Task<(JsonObject? Item, long Revision)> FindAsync(ResourceAddress address, CancellationToken cancellation)
    {
        var page = await client.Resources.ListAsync(address.Plural, address.Domain, null, cancellation).ConfigureAwait(false);
        return (page.Items.FirstOrDefault(i => i.Name() == address.Name), page.Revision);
    }

    private static CancellationTokenSource Limit(TimeSpan timeout, CancellationToken cancellation)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        return limit;
    }
}
