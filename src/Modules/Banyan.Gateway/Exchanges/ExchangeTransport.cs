using Banyan.Gateway.Clusters;

namespace Banyan.Gateway.Exchanges;

/// <summary>
/// What an <see cref="Exchange"/> asks of whoever moves its bytes. Calls come only from inside one of the exchange's events; what is written is sent, at the
/// latest, when that event ends. Flow control is the transport's: while one side does not take what was written to it, the other side is not read, and the
/// exchange hears of it by <see cref="Exchange.OnClientWritten"/> and <see cref="Exchange.OnUpstreamWritten"/>.
/// </summary>
internal abstract class ExchangeTransport
{
    /// <summary>Takes all of the bytes: they are copied or sent before this returns.</summary>
    public abstract void WriteClient(ReadOnlySpan<byte> bytes);

    /// <summary>Takes all of the bytes for the instance last opened.</summary>
    public abstract void WriteUpstream(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Takes a connection to an instance from the pool, or begins to open one. True: it is there. False: <see cref="Exchange.OnUpstreamOpened"/> or
    /// <see cref="Exchange.OnUpstreamFailed"/> follows, never within this call.
    /// </summary>
    public abstract bool OpenUpstream(Endpoint endpoint, UpstreamChoice choice);

    /// <summary>Gives up the connection to the instance, or the attempt to open one. No event of it follows.</summary>
    public abstract void EndUpstream(UpstreamEnd how);

    /// <summary>True when a second instance can be asked beside the first.</summary>
    public virtual bool CanHedge => false;

    /// <summary>
    /// As <see cref="OpenUpstream"/>, for a second instance beside the one opened: <see cref="Exchange.OnHedgeOpened"/> or <see cref="Exchange.OnHedgeFailed"/>
    /// follows a no, and its bytes go to <see cref="Exchange.OnHedgeBytes"/>.
    /// </summary>
    public virtual bool OpenHedge(Endpoint endpoint) => throw new NotSupportedException("This transport asks one instance at a time; ask CanHedge first.");

    /// <summary>Takes all of the bytes for the second instance.</summary>
    public virtual void WriteHedge(ReadOnlySpan<byte> bytes) => throw new NotSupportedException("This transport asks one instance at a time; ask CanHedge first.");

    /// <summary>Gives up the second instance, with a reset. No event of it follows.</summary>
    public virtual void EndHedge() => throw new NotSupportedException("This transport asks one instance at a time; ask CanHedge first.");

    /// <summary>The second instance takes the place of the first, which has been given up: its events are the instance's from now on.</summary>
    public virtual void TakeHedge() => throw new NotSupportedException("This transport asks one instance at a time; ask CanHedge first.");

    /// <summary>Tells the instance that nothing more will be written, once everything written has been sent.</summary>
    public abstract void ShutUpstream();

    /// <summary>Tells the client that nothing more will be written, once everything written has been sent.</summary>
    public abstract void ShutClient();

    /// <summary>Ends the client's connection. No event follows.</summary>
    public abstract void EndClient(ClientEnd how);

    /// <summary>Starts the one deadline anew; <see cref="Exchange.OnDeadline"/> follows when it runs out.</summary>
    public abstract void Arm(TimeSpan time);
}
