using System.Globalization;
using Banyan.Cli.Commands;
using Banyan.Cli.Manifests;
using Banyan.Cli.Output;
using Banyan.Cli.Platform;
using Banyan.Client;
using Banyan.Contracts;

namespace Banyan.Cli.Up;

/// <summary>Follows the registry: says when everything is up, shows the addresses, then tells each change.</summary>
internal sealed class UpOverview(CliIo io, UpLog log, IRunningPlatform platform, BanyanClient client)
{
    private static readonly TimeSpan PatienceForLink = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, InstanceDescription> _known = new(StringComparer.Ordinal);

    // Set right before the page is made: from then on every change is told, before it the page will tell.
    private volatile bool _shown;

    /// <summary>Returns when everything is up or patience is over; changes are told on, in the background, until cancelled.</summary>
    public async Task ShowAsync(IReadOnlyList<ServiceManifest> services, IReadOnlyList<InstanceSupervisor> instances, long started, TimeSpan patience, CancellationToken stop)
    {
        var allUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var follow = FollowAsync(instances.ToDictionary(KeyOf, StringComparer.Ordinal), allUp, stop);
        try
        {
            await Task.WhenAny(allUp.Task, follow).WaitAsync(patience, io.Clock, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Shown as it is: the developer wants the addresses, and sees which instance is not up and why.
        }

        var took = io.Clock.GetElapsedTime(started);
        var link = await ConsoleLinkAsync(stop).ConfigureAwait(false);
        _shown = true;
        log.Text(Page(services, instances, took, link));
        _ = follow.ContinueWith(
            t => log.Say("banyan", $"the registry can no longer be followed: {t.Exception!.GetBaseException().Message}"),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
    }

    private async Task FollowAsync(Dictionary<string, InstanceSupervisor> expected, TaskCompletionSource allUp, CancellationToken stop)
    {
        if (expected.Count == 0)
        {
            allUp.TrySetResult();
        }

        while (!stop.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in client.Instances.WatchAsync(null, stop).ConfigureAwait(false))
                {
                    Take(change, tell: _shown, expected);
                    if (expected.Count > 0 && expected.Values.All(IsUp))
                    {
                        allUp.TrySetResult();
                    }
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200), io.Clock, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (BanyanException lost) when (lost.Error.Kind == ErrorKind.Unavailable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), io.Clock, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private void Take(InstanceChange change, bool tell, Dictionary<string, InstanceSupervisor> expected)
    {
        foreach (var i in change.Changed ?? [])
        {
            var key = Key(i.Domain, i.Service, i.Id);
            var before = Known(key)?.State;
            lock (_known)
            {
                _known[key] = i;
            }

            if (tell && before != i.State && expected.ContainsKey(key))
            {
                log.Say(i.Id, $"{before ?? "new"} → {i.State}{(string.IsNullOrEmpty(i.Reason) ? string.Empty : $": {i.Reason}")}");
            }
        }

        foreach (var gone in change.Removed ?? [])
        {
            lock (_known)
            {
                _known.Remove(Key(gone.Domain, gone.Service, gone.Id));
            }

            if (tell)
            {
                log.Say(gone.Id, "left the registry");
            }
        }
    }

    private string Page(IReadOnlyList<ServiceManifest> services, IReadOnlyList<InstanceSupervisor> instances, TimeSpan took, ConsoleLink? link)
    {
        var to = new StringWriter();
        var late = instances.Where(i => !IsUp(i)).ToArray();
        to.Write(late.Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $"\nEverything is up after {took.TotalSeconds:0.0} s.\n\n")
            : string.Create(CultureInfo.InvariantCulture, $"\nNot up after {took.TotalSeconds:0.0} s: {string.Join(", ", late.Select(i => i.Id))}. The rest is.\n\n"));
        var gateway = platform.GatewayUrl.ToString().TrimEnd('/');
        var places = new TextTable("", "");
        if (link is null)
        {
            places.Add("console", $"{platform.HttpUrl}  (sign in with the token in {Near(platform.AdminTokenFile)})");
        }
        else
        {
            places.Add("console", link.Url.ToString());
            places.Add(" ", $"signs you in once, {ConsoleCommand.Lasts(link, io.Clock)}; '{AnotherLink()}' prints another");
        }

        places.Add("gateway", gateway);
        places.Add("api, grpc", $"{platform.HttpUrl}  {platform.GrpcUrl}");
        places.Write(to, withHeader: false, indent: "  ");
        if (services.Count > 0)
        {
            to.Write("\n");
            var table = new TextTable("SERVICE", "THROUGH THE GATEWAY", "INSTANCE", "ADDRESS", "PID", "STATE");
            foreach (var service in services)
            {
                var routes = string.Join(" ", service.Routes.Select(r => r.Host is null ? gateway + r.Path : $"{r.Host}{r.Path}"));
                var mine = instances.Where(i => i.Address.Service == service.Service && i.Address.Domain == service.Domain).ToArray();
                if (mine.Length == 0)
                {
                    table.Add(service.Reference.ToString(), routes, "none", null, null, service.Dev is null ? "no 'dev' in its file" : "not started");
                }

                for (var n = 0; n < mine.Length; n++)
                {
                    table.Add(
                        n == 0 ? service.Reference.ToString() : " ",
                        n == 0 ? routes : " ",
                        mine[n].Id,
                        string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{mine[n].Port}"),
                        mine[n].ProcessId?.ToString(CultureInfo.InvariantCulture),
                        Known(Key(service.Domain, service.Service, mine[n].Id))?.State ?? "not registered");
                }
            }

            table.Write(to, indent: "  ");
            to.Write("\n  In another terminal here: './banyan instances list -o wide'. 'kill -9 PID' ends an instance; it leaves, and comes back.\n");
        }

        to.Write("  Ctrl-C drains and stops everything.\n\n");
        return to.ToString();
    }

    // Without it the page still has the address, and the token's file opens the same door.
    private async Task<ConsoleLink?> ConsoleLinkAsync(CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(PatienceForLink, io.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        try
        {
            return await client.CreateConsoleLinkAsync(either.Token).ConfigureAwait(false);
        }
        catch (BanyanException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    // The command finds a server of this directory's .banyan by itself; any other has to be named.
    private string AnotherLink() => Path.GetDirectoryName(platform.AdminTokenFile) == Path.Combine(io.WorkingDirectory, ".banyan")
        ? "./banyan console"
        : $"./banyan console --server {platform.HttpUrl.ToString().TrimEnd('/')} --token-file {Near(platform.AdminTokenFile)}";

    private string Near(string path)
    {
        var relative = Path.GetRelativePath(io.WorkingDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    private InstanceDescription? Known(string key)
    {
        lock (_known)
        {
            return _known.GetValueOrDefault(key);
        }
    }

    // After a run that was killed the registry still lists its instances, by the same names: they are not up where this run's are.
    private bool IsUp(InstanceSupervisor instance) => Known(KeyOf(instance)) is { State: "up" } known && known.Port == instance.Port;

    private static string KeyOf(InstanceSupervisor instance) => Key(instance.Address.Domain, instance.Address.Service, instance.Id);

    private static string Key(string domain, string service, string id) => $"{domain}/{service}/{id}";
}
