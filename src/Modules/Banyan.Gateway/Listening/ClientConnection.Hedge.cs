using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Upstreams;
using Banyan.Loops;
using Banyan.Loops.Sockets;

namespace Banyan.Gateway.Listening;

/// <content>A second instance asked beside the first. Rare, so that what it needs is made for it.</content>
internal sealed partial class ClientConnection
{
    private HedgeCall? _hedge;

    /// <inheritdoc/>
    public override bool CanHedge => true;

    /// <inheritdoc/>
    public override bool OpenHedge(Endpoint endpoint)
    {
        var hedge = _hedge = new HedgeCall(this, new StreamOutput(_loop.UpstreamGather));
        if (_loop.Upstreams.Refusal(endpoint) is { IsNone: false } refusal)
        {
            hedge.Unopened = refusal;
            return false;
        }

        if (_loop.Upstreams.TryTake(endpoint, check: false) is { } connection)
        {
            hedge.Connection = connection;
            connection.User = hedge;
            hedge.Output.Attach(connection.Stream);
            return true;
        }

        hedge.Connection = _loop.Upstreams.Open(endpoint, hedge);
        return false;
    }

    /// <inheritdoc/>
    public override void WriteHedge(ReadOnlySpan<byte> bytes)
    {
        // Sent at once: what is gathered belongs to one output at a time.
        var hedge = _hedge!;
        hedge.Output.Write(bytes);
        hedge.Output.Flush();
        if (hedge.Output.IsBroken)
        {
            hedge.Connection!.Stream.ReadAgain();
        }
    }

    /// <inheritdoc/>
    public override void EndHedge()
    {
        var hedge = _hedge!;
        _hedge = null;
        hedge.Output.Detach();
        hedge.Rest.Clear();
        hedge.Connection?.Close(reset: true);
    }

    /// <inheritdoc/>
    public override void TakeHedge()
    {
        var hedge = _hedge!;
        _hedge = null;
        _upstream = hedge.Connection;
        if (_upstream is not null)
        {
            _upstream.User = this;
        }

        _unopened = hedge.Unopened;
        _toUpstream = hedge.Output;
        _upstreamRest = hedge.Rest;
        _shutUpstream = false;
        _upstreamStalls = _toUpstream.IsWaiting;
        _upstreamTold = false;
    }

    private void PumpHedge(HedgeCall hedge, UpstreamConnection connection)
    {
        while (_hedge == hedge)
        {
            var buffer = _loop.Loop.ReceiveBuffer;
            var kept = hedge.Rest.CopyTo(buffer);
            var result = connection.Stream.Receive(buffer[kept..]);
            switch (result.Status)
            {
                case IoStatus.Done:
                    var bytes = buffer[..(kept + result.Count)];
                    var taken = _exchange.OnHedgeBytes(bytes);
                    if (_hedge == hedge)
                    {
                        hedge.Rest.Keep(bytes[taken..], offered: true);
                    }
                    else if (_upstream == connection)
                    {
                        // It is the instance now.
                        _upstreamRest.Clear();
                        TakeUpstream(connection, bytes[taken..]);
                        PumpUpstream(connection);
                    }

                    break;
                case IoStatus.WouldBlock:
                    return;
                default:
                    _exchange.OnHedgeEnd();
                    return;
            }
        }
    }

    private sealed class HedgeCall(ClientConnection client, StreamOutput output) : IUpstreamUser
    {
        // Not a property: it is a value that keeps what it is given.
        public Remainder Rest;

        public StreamOutput Output { get; } = output;

        public UpstreamConnection? Connection { get; set; }

        // Why nothing can be opened; told when the event ends, as for the first.
        public Failure Unopened { get; set; }

        void IUpstreamUser.OnUpstreamConnected(UpstreamConnection connection)
        {
            client._loop.Enter();
            Output.Attach(connection.Stream);
            client._exchange.OnHedgeOpened();
            client.Settle();
        }

        void IUpstreamUser.OnUpstreamFailed(UpstreamConnection connection, Failure failure)
        {
            client._loop.Enter();
            client._hedge = null;
            client._exchange.OnHedgeFailed(failure);
            client.Settle();
        }

        void IUpstreamUser.OnUpstreamReadable(UpstreamConnection connection)
        {
            client._loop.Enter();
            client.PumpHedge(this, connection);
            client.Settle();
        }

        void IUpstreamUser.OnUpstreamWritable(UpstreamConnection connection) => Output.Drain();

        void IUpstreamUser.OnUpstreamFault(UpstreamConnection connection)
        {
            client._hedge = null;
            client._stream?.Abort();
            client.Fault();
        }
    }
}
