using System.Net;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Http2;
using Banyan.Loops;
using Banyan.Loops.Sockets;

namespace Banyan.Gateway.Upstreams;

/// <summary>One connection to an instance: opened for one user, then used in turn by others of the same loop, and unused in its pool between them.</summary>
internal sealed class UpstreamConnection(UpstreamPool pool, long openedAt) : IStreamOwner
{
    private IPAddress[] _left = [];
    private LoopStream? _stream;

    public Endpoint Endpoint => pool.Endpoint;

    /// <summary>Who uses it; null while it is unused or closed.</summary>
    public IUpstreamUser? User { get; set; }

    /// <summary>The stream; null until the first attempt to connect.</summary>
    public LoopStream Stream => _stream!;

    /// <summary>The loop's clock at its making, in milliseconds.</summary>
    public long OpenedAt { get; } = openedAt;

    /// <summary>The loop's clock when it was put into the pool.</summary>
    public long UnusedSince { get; set; }

    /// <summary>True once <see cref="IUpstreamUser.OnUpstreamConnected"/> has been called.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>True when the instance said that it has done nothing for the request.</summary>
    public bool IsUnprocessed => _stream is UpstreamSideStream { Unprocessed: true };

    /// <summary>Gives it up; nobody is called any more.</summary>
    public void Close(bool reset)
    {
        User = null;
        IsOpen = false;
        _left = [];
        if (_stream is { } stream)
        {
            if (reset)
            {
                stream.Abort();
            }
            else
            {
                stream.Close();
            }
        }
    }

    /// <summary>Back to the pool, when both sides can use it again.</summary>
    public void Release()
    {
        User = null;
        Stream.WantsRead = true;
        pool.Put(this);
    }

    /// <summary>Opens it at the first of these addresses that accepts.</summary>
    public void Connect(IPAddress[] addresses)
    {
        if (User is null)
        {
            return;
        }

        _left = addresses[1..];
        Connect(LoopAddress.Of(addresses[0], Endpoint.Port));
    }

    /// <summary>Opens it.</summary>
    public void Connect(in LoopAddress address) =>
        _stream = pool.Tls is { } tls ? tls.Connect(pool.Loop, address, Endpoint, this) : pool.Loop.Connect(address, this);

    /// <summary>It is a stream of a connection that carries many, and is open.</summary>
    public void Adopt(LoopStream stream)
    {
        _stream = stream;
        stream.Owner = this;
        IsOpen = true;
    }

    /// <summary>It cannot be opened.</summary>
    public void Fail(Failure failure)
    {
        var user = User;
        Close(reset: false);
        user?.OnUpstreamFailed(this, failure);
    }

    void IStreamOwner.OnConnected(LoopStream stream, in ConnectOutcome outcome)
    {
        if (User is null)
        {
            return;
        }

        if (outcome.Status == ConnectStatus.Connected)
        {
            IsOpen = true;
            User.OnUpstreamConnected(this);
        }
        else if (_left.Length > 0)
        {
            Connect(_left);
        }
        else
        {
            var reason = outcome.Status switch
            {
                ConnectStatus.Refused => FailureReason.UpstreamConnectRefused,
                ConnectStatus.TimedOut => FailureReason.UpstreamConnectTimedOut,
                ConnectStatus.TlsFailed => FailureReason.UpstreamTlsFailed,
                _ => FailureReason.UpstreamConnectFailed,
            };
            Fail(new Failure(reason, $"{Endpoint.Address}: {outcome}."));
        }
    }

    void IStreamOwner.OnReadable(LoopStream stream)
    {
        if (User is { } user)
        {
            user.OnUpstreamReadable(this);
        }
        else if (!stream.IsAlive())
        {
            // Nothing was asked: it is the end, or bytes that nobody may ever see. A ticket of TLS is neither, nor is a call for what its last user has received.
            pool.Evict(this);
        }
    }

    void IStreamOwner.OnWritable(LoopStream stream) => User?.OnUpstreamWritable(this);

    void IStreamOwner.OnHangUp(LoopStream stream)
    {
        // It is not read because its user's client is slow; the user finds the end behind what is still to be read.
    }

    void IStreamOwner.OnFault(LoopStream stream, Exception fault)
    {
        var user = User;
        Close(reset: true);
        user?.OnUpstreamFault(this);
    }
}
