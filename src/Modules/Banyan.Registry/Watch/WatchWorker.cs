using System.Threading.Channels;
using Banyan.Hosting;
using Banyan.Registry.Instances;

namespace Banyan.Registry.Watch;

/// <summary>Wakes subscribers: at once after a quiet time, and then at most once per watch interval, whatever happens meanwhile.</summary>
internal sealed class WatchWorker : ModuleWorker
{
    private readonly Channel<bool> _waiting = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly WatchHub _hub;
    private readonly RegistryOptions _options;
    private readonly TimeProvider _clock;

    public WatchWorker(InstanceTable table, WatchHub hub, RegistryOptions options, TimeProvider clock)
    {
        (_hub, _options, _clock) = (hub, options, clock);
        table.ChangesWaiting = () => _waiting.Writer.TryWrite(true);
    }

    public override string Name => "watches";

    protected override async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await _waiting.Reader.ReadAsync(ct);
            _hub.Publish();
            await Task.Delay(_options.WatchInterval, _clock, ct);
        }
    }
}
