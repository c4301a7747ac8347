using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;

namespace Banyan.Conformance.Registry;

/// <summary>One watch, read message by message, and what a client that believes it knows by then.</summary>
internal sealed class Subscriber : IAsyncDisposable
{
    private readonly CancellationTokenSource _end;
    private readonly IAsyncEnumerator<WatchResponse> _messages;
    private readonly Dictionary<(string Domain, string Service, string Id), Instance> _known = [];

    public Subscriber(IInstanceDirectory directory, WatchRequest request, CancellationToken cancellation)
    {
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _messages = directory.WatchAsync(request, _end.Token).GetAsyncEnumerator(_end.Token);
    }

    /// <summary>Messages read.</summary>
    public int Messages { get; private set; }

    public long Version { get; private set; }

    public IEnumerable<Instance> Known => _known.Values;

    public Instance? this[string id] => _known.Values.SingleOrDefault(i => i.Id == id);

    /// <summary>Reads one message, and checks what holds for every one.</summary>
    public async Task<WatchResponse> NextAsync()
    {
        Assert.True(await _messages.MoveNextAsync(), "A watch has no end of its own.");
        var message = _messages.Current;
        Assert.Equal(Messages++ == 0, message.Reset);
        if (message.Reset)
        {
            Assert.Empty(message.Removed);
        }
        else
        {
            Assert.True(message.VersionNumber > Version, $"Version {message.VersionNumber} comes after {Version}.");
            Assert.NotEqual(0, message.Changed.Count + message.Removed.Count);
            Assert.All(message.Changed, i => Assert.InRange(i.VersionNumber, Version + 1, message.VersionNumber));
        }

        Version = message.VersionNumber;
        foreach (var key in message.Removed)
        {
            _known.Remove((key.Domain, key.Service, key.Id));
        }

        foreach (var instance in message.Changed)
        {
            Assert.DoesNotContain(new InstanceKey { Domain = instance.Domain, Service = instance.Service, Id = instance.Id }, message.Removed);
            _known[(instance.Domain, instance.Service, instance.Id)] = instance;
        }

        return message;
    }

    /// <summary>Reads on until something is known; the case's own deadline ends the waiting.</summary>
    public async Task UntilAsync(Func<Subscriber, bool> holds)
    {
        while (Messages == 0 || !holds(this))
        {
            await NextAsync();
        }
    }

    public Task CancelAsync() => _end.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _messages.DisposeAsync();
        _end.Dispose();
    }
}
