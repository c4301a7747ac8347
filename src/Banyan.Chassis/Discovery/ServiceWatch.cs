using Banyan.Contracts;
using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Microsoft.Extensions.Logging;

namespace Banyan.Chassis.Discovery;

/// <summary>Follows the instances of one service. What was known stays known while Banyan is away.</summary>
internal sealed class ServiceWatch : IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    private readonly string _service;
    private readonly ChassisOptions _options;
    private readonly IInstanceDirectory _directory;
    private readonly KnownInstances _known;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _loop;
    private volatile InstanceRing _ring;

    public ServiceWatch(string service, ChassisOptions options, IInstanceDirectory directory, KnownInstances known, TimeProvider clock, ILogger log)
    {
        (_service, _options, _directory, _known, _clock, _log) = (service, options, directory, known, clock, log);
        var copy = known.Read(service);
        _ring = new InstanceRing(copy?.Changed.ToArray() ?? [], answered: copy is not null);
        _loop = FollowAsync(_stop.Token);
    }

    /// <summary>The instances; waits for Banyan's first word, or for its first failure to give one.</summary>
    public async ValueTask<InstanceRing> RingAsync(CancellationToken cancellation)
    {
        if (!_settled.Task.IsCompleted)
        {
            var wait = _settled.Task.WaitAsync(_options.FirstAnswerWait, _clock, cancellation);
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }

        return _ring;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        var request = new WatchRequest { Domain = _options.Domain, Services = { _service } };
        var random = new Random(Environment.ProcessId ^ _service.Length);
        var retry = FirstRetry;
        var told = false;
        while (true)
        {
            try
            {
                var instances = new Dictionary<string, Instance>(StringComparer.Ordinal);
                await foreach (var message in _directory.WatchAsync(request, ct))
                {
                    Take(message, instances);
                    retry = FirstRetry;
                    told = false;
                }
            }
            catch (BanyanException e)
            {
                _settled.TrySetResult();
                if (!told)
                {
                    told = true;
                    _log.CannotFollow(_service, e.Message, _ring.Count);
                }
            }

            // Spread, so that a thousand callers do not come back to a restarted Banyan in the same instant.
            await Task.Delay(retry * (0.5 + random.NextDouble()), _clock, ct);
            retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
        }
    }

    private void Take(WatchResponse message, Dictionary<string, Instance> instances)
    {
        if (message.Reset)
        {
            instances.Clear();
        }

        foreach (var instance in message.Changed)
        {
            instances[instance.Id] = instance;
        }

        foreach (var key in message.Removed)
        {
            instances.Remove(key.Id);
        }

        _ring = new InstanceRing(instances.Values, answered: true, _ring);
        _settled.TrySetResult();
        _known.Keep(_service, instances.Values);
    }
}
