using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Banyan.Contracts;
using Banyan.Http;
using Banyan.Http.Streams;
using Banyan.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Api.Tests;

/// <summary>The event stream's writer alone: a clock that the test moves and a connection of known size.</summary>
public sealed class EventStreamTests : IDisposable
{
    private const int ConnectionBytes = 4096;

    private readonly ManualClock _clock = new();
    private readonly Pipe _connection = new(new PipeOptions(pauseWriterThreshold: ConnectionBytes, resumeWriterThreshold: ConnectionBytes / 2));
    private readonly Channel<SseEvent> _events = Channel.CreateUnbounded<SseEvent>();
    private readonly CancellationTokenSource _end = new(Eventually.Deadline);
    private int _taken;

    public void Dispose() => _end.Dispose();

    [Fact]
    public async Task Idle_stream_gets_a_comment_every_heartbeat_and_none_before()
    {
        var writing = WriteAsync(SourceAsync(_end.Token));
        Assert.Equal(":\n\n", await ReadAsync(3));

        for (var beat = 0; beat < 3; beat++)
        {
            await Eventually.True(() => _clock.WaitingTimers == 1, "the stream waits for its next heartbeat");
            _clock.Advance(ServerSentEvents.Heartbeat - TimeSpan.FromTicks(1));
            Assert.False(_connection.Reader.TryRead(out _));
            _clock.Advance(TimeSpan.FromTicks(1));
            Assert.Equal(":\n\n", await ReadAsync(3));
        }

        _events.Writer.Complete();
        await writing;
    }

    [Fact]
    public async Task Event_starts_the_time_to_the_next_heartbeat_again()
    {
        var writing = WriteAsync(SourceAsync(_end.Token));
        await ReadAsync(3);
        await Eventually.True(() => _clock.WaitingTimers == 1, "the stream waits");
        _clock.Advance(ServerSentEvents.Heartbeat - TimeSpan.FromSeconds(1));

        _events.Writer.TryWrite(Event("one"));
        const string expected = "event: put\nid: 7\ndata: one\n\n";
        Assert.Equal(expected, await ReadAsync(expected.Length));
        await Eventually.True(() => _clock.WaitingTimers == 1, "the stream waits anew");
        _clock.Advance(ServerSentEvents.Heartbeat - TimeSpan.FromSeconds(1));

        Assert.False(_connection.Reader.TryRead(out _));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(":\n\n", await ReadAsync(3));
        _events.Writer.Complete();
        await writing;
    }

    [Fact]
    public async Task Slow_reader_holds_back_the_source_and_gets_everything_in_order()
    {
        const int events = 200;
        var text = new string('x', 1000);
        for (var i = 0; i < events; i++)
        {
            _events.Writer.TryWrite(Event($"{i:000}{text}"));
        }

        _events.Writer.Complete();
        var writing = WriteAsync(SourceAsync(_end.Token));

        // What is taken from the source before anybody reads: the writer's own buffer, what fits into the connection, and the one in hand.
        const int most = ((16 * 1024) + ConnectionBytes) / 1000 + 3;
        await Eventually.True(() => Volatile.Read(ref _taken) > ConnectionBytes / 1000, "the connection is full");
        _clock.Advance(ServerSentEvents.Heartbeat * 10);
        for (var i = 0; i < 1000; i++)
        {
            await Task.Yield();
        }

        Assert.InRange(Volatile.Read(ref _taken), 1, most);
        Assert.False(writing.IsCompleted);

        var all = await ReadToEndAsync(writing);
        var numbers = all.Split('\n').Where(l => l.StartsWith("data: ", StringComparison.Ordinal)).Select(l => l[6..9]);
        Assert.Equal(Enumerable.Range(0, events).Select(i => $"{i:000}"), numbers);
    }

    [Fact]
    public async Task Reader_that_goes_away_ends_the_source()
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        var ended = new TaskCompletionSource();
        var writing = WriteAsync(EndlessAsync(ended, default), gone.Token);
        await ReadAsync(3);

        await gone.CancelAsync();

        await writing.WaitAsync(_end.Token);
        await ended.Task.WaitAsync(_end.Token);
    }

    [Fact]
    public async Task Error_of_the_source_is_the_last_event()
    {
        var writing = WriteAsync(FailingAsync());

        var all = await ReadToEndAsync(writing);

        var last = all.TrimEnd('\n').Split("\n\n")[^1];
        Assert.StartsWith("event: error\ndata: {", last, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"http/bad-request\"", last, StringComparison.Ordinal);
        Assert.Contains("event: put\nid: 7\ndata: before\n\n", all, StringComparison.Ordinal);
    }

    private static SseEvent Event(string text) => new("put", "7", Encoding.UTF8.GetBytes(text));

    private static async IAsyncEnumerable<SseEvent> FailingAsync()
    {
        await Task.Yield();
        yield return Event("before");
        throw new BanyanException(HttpErrors.BadRequest, "It broke.");
    }

    private static async IAsyncEnumerable<SseEvent> EndlessAsync(TaskCompletionSource ended, [EnumeratorCancellation] CancellationToken ct)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            yield break;
        }
        finally
        {
            ended.TrySetResult();
        }
    }

    private async IAsyncEnumerable<SseEvent> SourceAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var e in _events.Reader.ReadAllAsync(ct))
        {
            Interlocked.Increment(ref _taken);
            yield return e;
        }
    }

    private async Task WriteAsync(IAsyncEnumerable<SseEvent> events, CancellationToken? ct = null)
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_clock).BuildServiceProvider();
        await using (services)
        {
            var context = new DefaultHttpContext { RequestServices = services };
            context.Features.Set<IHttpResponseBodyFeature>(new PipeBody(_connection.Writer));
            await ServerSentEvents.WriteAsync(context.Response, events, ct ?? _end.Token);
            await _connection.Writer.CompleteAsync();
        }
    }

    private async Task<string> ReadAsync(int bytes)
    {
        var read = await _connection.Reader.ReadAtLeastAsync(bytes, _end.Token);
        var text = Encoding.UTF8.GetString(read.Buffer);
        _connection.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }

    private async Task<string> ReadToEndAsync(Task writing)
    {
        using var reader = new StreamReader(_connection.Reader.AsStream(), Encoding.UTF8);
        var text = await reader.ReadToEndAsync(_end.Token);
        await writing;
        return text;
    }

    private sealed class PipeBody(PipeWriter writer) : IHttpResponseBodyFeature
    {
        public Stream Stream { get; } = writer.AsStream(leaveOpen: true);

        public PipeWriter Writer => writer;

        public Task CompleteAsync() => Task.CompletedTask;

        public void DisableBuffering()
        {
        }

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
