using System.Net.Sockets;
using Banyan.Contracts;
using Banyan.Gateway.Listening;
using Banyan.Hosting;
using Banyan.Loops;
using Banyan.Loops.Passing;
using Banyan.Loops.Sockets;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Handovers;

/// <summary>
/// The running gateway's side of a hand-over: a Unix socket on which a successor asks for the listeners. Until the successor says that it serves, nothing is given up:
/// both hold the same queues, and this gateway goes on taking from them.
/// </summary>
internal sealed class HandoverPort : IAsyncDisposable
{
    private const int SuffixBytes = 13;

    private static readonly TimeSpan AskTime = TimeSpan.FromSeconds(4);

    // The successor reads its routes and instances first.
    private static readonly TimeSpan TakeTime = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _listener;
    private readonly string _path;
    private readonly string _first;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private Task _serving = Task.CompletedTask;
    private bool _placed;
    private bool _given;

    private HandoverPort(string path, string first, Socket listener, TimeProvider clock, ILogger log)
    {
        _path = path;
        _first = first;
        _listener = listener;
        _clock = clock;
        _log = log;
    }

    /// <summary>The longest path, in bytes: the socket is made under a longer name beside it.</summary>
    public static int MaxPathBytes => LoopAddress.MaxPathBytes - SuffixBytes;

    /// <summary>Makes the socket, beside the path: whoever listens there now is asked first. Nobody but this user may connect.</summary>
    /// <exception cref="HostStartException">No socket can be made there.</exception>
    public static HandoverPort Open(string path, TimeProvider clock, ILogger log)
    {
        var first = $"{path}.{Path.GetRandomFileName()}";
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (IsOtherFile(path))
            {
                throw new IOException("a file is there that is not a socket");
            }

            listener.Bind(new UnixDomainSocketEndPoint(first));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(first, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            listener.Listen();
            return new HandoverPort(path, first, listener, clock, log);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            listener.Dispose();
            throw new HostStartException(
                HostErrors.PortUnusable,
                ExitCodes.PortInUse,
                $"The hand-over socket '{path}' cannot be made: {e.Message}. Set gateway.handover to a path in a directory this user may write to.",
                e);
        }
    }

    /// <summary>Takes the path over and serves successors.</summary>
    /// <param name="loops">Whose listeners are given.</param>
    /// <param name="given">Called once a successor has them.</param>
    public void Serve(IReadOnlyList<GatewayLoop> loops, Action given)
    {
        File.Move(_first, _path, overwrite: true);
        _placed = true;
        _serving = ServeAsync(loops, given);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        // The path is the successor's once there is one.
        if (_placed && !_given)
        {
            File.Delete(_path);
        }

        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        File.Delete(_first);
    }

    private async Task ServeAsync(IReadOnlyList<GatewayLoop> loops, Action given)
    {
        while (!_given)
        {
            try
            {
                using var channel = await _listener.AcceptAsync(_stop.Token);
                await ServeAsync(channel, loops);
            }
            catch (Exception e) when (_stop.IsCancellationRequested && e is OperationCanceledException or SocketException or ObjectDisposedException or LoopException)
            {
                return;
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidDataException or LoopException)
            {
                GatewayLog.HandoverNotGiven(_log, e is OperationCanceledException ? "It was silent too long." : e.Message);
            }
        }

        given();
    }

    private async Task ServeAsync(Socket channel, IReadOnlyList<GatewayLoop> loops)
    {
        _ = await ReadAsync(channel, HandoverMessage.Ask, AskTime);
        var listeners = loops.SelectMany(loop => loop.GivableListeners).ToArray();
        if (listeners.Length > DescriptorChannel.MaxDescriptors)
        {
            throw new InvalidDataException($"There are {listeners.Length} listeners and at most {DescriptorChannel.MaxDescriptors} can be given; set gateway.loops to less.");
        }

        DescriptorChannel.Send(channel, [.. listeners.Select(l => l.Descriptor)], HandoverMessage.Write(HandoverMessage.Give, listeners.Select(l => l.Address)));
        var taken = new HashSet<LoopAddress>(await ReadAsync(channel, HandoverMessage.Taken, TakeTime));
        _given = true;
        await Task.WhenAll(loops.Select(loop => loop.Loop.RunAsync(() => loop.LeaveListeners(taken))));
        GatewayLog.HandoverGiven(_log, taken.Count);
    }

    private async Task<IReadOnlyList<LoopAddress>> ReadAsync(Socket channel, string first, TimeSpan time)
    {
        using var late = new CancellationTokenSource(time, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _stop.Token);
        var bytes = new byte[HandoverMessage.MaxLength];
        var length = 0;
        do
        {
            var read = length < bytes.Length ? await channel.ReceiveAsync(bytes.AsMemory(length), either.Token) : 0;
            if (read == 0)
            {
                throw new InvalidDataException("It ended before it had said all.");
            }

            length += read;
        }
        while (!HandoverMessage.IsWhole(bytes.AsSpan(0, length)));

        return HandoverMessage.Read(first, bytes.AsSpan(0, length)) ?? throw new InvalidDataException("It said something else than a gateway of this version does.");
    }

    // A socket cannot be opened as a file; anything that can is not ours to replace.
    private static bool IsOtherFile(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            File.OpenHandle(path).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
