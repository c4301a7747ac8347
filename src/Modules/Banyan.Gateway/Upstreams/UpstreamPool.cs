using System.Net;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Http2;
using Banyan.Loops;
using Banyan.Loops.Sockets;

namespace Banyan.Gateway.Upstreams;

/// <summary>The unused connections of one loop to one instance; last in, first out, so that those no longer needed grow old and end.</summary>
internal sealed class UpstreamPool(Endpoint endpoint, EventLoop loop, Http2Tools http2, EngineOptions options, UpstreamTls tls)
{
    // Longer unused than this, a connection is looked at before it is used again: the instance may have closed it in the very moment.
    private const long CheckedAfterMilliseconds = 1000;

    private readonly List<UpstreamConnection> _unused = [];
    private readonly long _idleMilliseconds = (long)options.UpstreamIdleTimeout.TotalMilliseconds;
    private readonly long _ageMilliseconds = (long)options.UpstreamMaxAge.TotalMilliseconds;

    // The connections that carry many requests each; null for instances that are spoken to in HTTP/1.1.
    private Uplinks? _uplinks;
    private IPAddress[]? _resolved;
    private long _resolvedAt;
    private long _usedAt = loop.Now;
    private bool _dropped;

    public Endpoint Endpoint { get; } = endpoint;

    public EventLoop Loop { get; } = loop;

    /// <summary>How connections are secured; null for those that are not.</summary>
    public UpstreamTls? Tls { get; } = endpoint.IsSecure ? tls : null;

    /// <summary>Connections that wait for a user.</summary>
    public int Unused => _unused.Count;

    /// <summary>True when nobody has used it for so long that its instance is likely gone.</summary>
    public bool IsForgotten => _unused.Count == 0 && _uplinks is null or { IsEmpty: true } && Loop.Now - _usedAt > _ageMilliseconds;

    /// <summary>A connection that can be used now; null when there is none.</summary>
    /// <param name="check">True: the system is asked whether it is alive.</param>
    public UpstreamConnection? TryTake(bool check)
    {
        _usedAt = Loop.Now;
        if (Endpoint.Http2)
        {
            return _uplinks?.TryTake();
        }

        while (_unused.Count > 0)
        {
            var connection = _unused[^1];
            _unused.RemoveAt(_unused.Count - 1);
            var unused = Loop.Now - connection.UnusedSince;
            if (connection.Stream.SeemsIdle
                && unused < _idleMilliseconds
                && Loop.Now - connection.OpenedAt < _ageMilliseconds
                && ((!check && unused < CheckedAfterMilliseconds) || connection.Stream.IsAlive()))
            {
                return connection;
            }

            connection.Close(reset: false);
        }

        return null;
    }

    /// <summary>Takes a connection back.</summary>
    public void Put(UpstreamConnection connection)
    {
        if (_dropped || _unused.Count >= options.UpstreamMaxIdle || !connection.Stream.SeemsIdle)
        {
            connection.Close(reset: false);
            return;
        }

        connection.UnusedSince = Loop.Now;
        _unused.Add(connection);
    }

    /// <summary>Closes a connection that shows a sign while nobody uses it.</summary>
    public void Evict(UpstreamConnection connection)
    {
        _unused.Remove(connection);
        connection.Close(reset: false);
    }

    /// <summary>Closes those that nobody has used for too long; the oldest are in front.</summary>
    public void Sweep()
    {
        var old = 0;
        while (old < _unused.Count && Loop.Now - _unused[old].UnusedSince >= _idleMilliseconds)
        {
            _unused[old++].Close(reset: false);
        }

        _unused.RemoveRange(0, old);
        _uplinks?.Sweep();
    }

    /// <summary>Closes all, and every connection that comes back later.</summary>
    public void Drop()
    {
        _dropped = true;
        foreach (var connection in _unused)
        {
            connection.Close(reset: false);
        }

        _unused.Clear();
        _uplinks?.Drop();
    }

    /// <summary>Begins to open a connection for a user, who is called when it is there.</summary>
    public UpstreamConnection Open(IUpstreamUser user) => Endpoint.Http2 ? (_uplinks ??= new Uplinks(this, http2, options)).Open(user) : OpenSocket(user);

    /// <summary>Begins to open a connection of its own for a user.</summary>
    public UpstreamConnection OpenSocket(IUpstreamUser user)
    {
        var connection = new UpstreamConnection(this, Loop.Now) { User = user };
        if (Endpoint.Host.StartsWith(LoopAddress.UnixPrefix, StringComparison.Ordinal))
        {
            connection.Connect(LoopAddress.Unix(Endpoint.Host[LoopAddress.UnixPrefix.Length..]));
        }
        else if (_resolved is { } addresses && Loop.Now - _resolvedAt < HostResolver.TrustedMilliseconds)
        {
            connection.Connect(addresses);
        }
        else if (IPAddress.TryParse(Endpoint.Host, out var address))
        {
            _resolvedAt = long.MaxValue;
            _resolved = [address];
            connection.Connect(_resolved);
        }
        else
        {
            HostResolver.Begin(this, connection);
        }

        return connection;
    }

    /// <summary>What the host's name stands for at the moment.</summary>
    public void Resolved(IPAddress[] addresses)
    {
        _resolved = addresses;
        _resolvedAt = Loop.Now;
    }
}
