using System.Net;
using System.Net.Sockets;

namespace Banyan.Gateway.Tests.Support;

/// <summary>A service instance that does, byte by byte, what the test's script says; one run of the script a connection.</summary>
internal sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<RawConnection, Task> _script;
    private readonly Task _accepting;
    private readonly List<string> _heads = [];
    private int _connections;

    private ScriptedUpstream(Func<ScriptedUpstream, RawConnection, Task> script)
    {
        _script = connection => script(this, connection);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>The request heads seen so far.</summary>
    public IReadOnlyList<string> Heads
    {
        get
        {
            lock (_heads)
            {
                return [.. _heads];
            }
        }
    }

    /// <summary>Runs a script on every connection.</summary>
    public static ScriptedUpstream Run(Func<ScriptedUpstream, RawConnection, Task> script) => new(script);

    /// <summary>Reads one head a connection, sends these bytes, and closes.</summary>
    public static ScriptedUpstream Answering(string bytes) => Run(async (me, connection) =>
    {
        await me.HeadAsync(connection);
        await connection.SendAsync(bytes);
    });

    /// <summary>Reads a head and remembers it.</summary>
    public async Task<string> HeadAsync(RawConnection connection)
    {
        var head = await connection.ReadHeadAsync();
        lock (_heads)
        {
            _heads.Add(head);
        }

        return head;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(new RawConnection(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(RawConnection connection)
    {
        try
        {
            await _script(connection);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The gateway went away, which tests see from the other side.
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }
}
