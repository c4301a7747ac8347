using Banyan.Gateway.Failures;
using Banyan.Gateway.Upstreams;

namespace Banyan.Gateway.Http2;

/// <summary>The connections of HTTP/2 from one loop to one instance: as few as the instance's limit of streams allows.</summary>
internal sealed class Uplinks(UpstreamPool pool, Http2Tools tools, EngineOptions options)
{
    // More are not opened; requests wait for a place then, within their time to connect.
    private const int Most = 8;

    private readonly List<Uplink> _uplinks = [];
    private readonly Queue<UpstreamConnection> _waiting = new();

    /// <summary>True when there is none.</summary>
    public bool IsEmpty => _uplinks.Count == 0;

    /// <summary>A place on a connection that is there; null when there is none.</summary>
    public UpstreamConnection? TryTake()
    {
        if (_waiting.Count > 0 || Find() is not { } uplink)
        {
            return null;
        }

        var connection = new UpstreamConnection(pool, tools.Loop.Now);
        Seat(connection, uplink);
        return connection;
    }

    /// <summary>A place for a user, who is called when there is one.</summary>
    public UpstreamConnection Open(IUpstreamUser user)
    {
        var connection = new UpstreamConnection(pool, tools.Loop.Now) { User = user };
        _waiting.Enqueue(connection);
        if (Find() is { } uplink)
        {
            uplink.Schedule();
        }
        else if (_uplinks.Count < Most && !IsOpening())
        {
            _uplinks.Add(new Uplink(this, pool, tools));
        }

        return connection;
    }

    /// <summary>Gives places to those who wait, as many as there are.</summary>
    public void Serve()
    {
        while (_waiting.TryPeek(out var connection))
        {
            if (connection.User is not { } user)
            {
                // Given up meanwhile.
                _waiting.Dequeue();
                continue;
            }

            if (Find() is not { } uplink)
            {
                if (_uplinks.Count < Most && !IsOpening())
                {
                    _uplinks.Add(new Uplink(this, pool, tools));
                }

                return;
            }

            _waiting.Dequeue();
            Seat(connection, uplink);
            user.OnUpstreamConnected(connection);
        }
    }

    /// <summary>A connection could not be opened.</summary>
    public void OnFailed(Uplink uplink, Failure failure)
    {
        _uplinks.Remove(uplink);
        for (var left = _waiting.Count; left > 0; left--)
        {
            var connection = _waiting.Dequeue();
            if (connection.User is not null)
            {
                connection.Fail(failure);
            }
        }
    }

    /// <summary>A connection has ended.</summary>
    public void OnLost(Uplink uplink)
    {
        _uplinks.Remove(uplink);
        if (_waiting.Count > 0 && _uplinks.Count == 0)
        {
            _uplinks.Add(new Uplink(this, pool, tools));
        }
    }

    /// <summary>Closes those nobody has used for too long, and looks for dead ones.</summary>
    public void Sweep()
    {
        for (var i = _uplinks.Count - 1; i >= 0; i--)
        {
            if (_uplinks[i].Look(options))
            {
                _uplinks[i].Drop();
            }
        }
    }

    /// <summary>Closes all.</summary>
    public void Drop()
    {
        _waiting.Clear();
        for (var i = _uplinks.Count - 1; i >= 0; i--)
        {
            _uplinks[i].Drop();
        }
    }

    private void Seat(UpstreamConnection connection, Uplink uplink)
    {
        var stream = tools.TakeUpstreamSide();
        stream.Begin(uplink);
        connection.Adopt(stream);
    }

    private Uplink? Find()
    {
        foreach (var uplink in _uplinks)
        {
            if (uplink.CanTake)
            {
                return uplink;
            }
        }

        return null;
    }

    private bool IsOpening()
    {
        foreach (var uplink in _uplinks)
        {
            if (uplink.IsOpening)
            {
                return true;
            }
        }

        return false;
    }
}
