namespace Banyan.Gateway.Exchanges;

/// <summary>Where both directions of a WebSocket are. Made when one begins, so that the many connections without one do not carry it.</summary>
internal sealed class WebSocketCourse
{
    private FrameCursor _up;
    private FrameCursor _down;

    /// <summary>When both are to be told that the gateway stops, in ticks; 0 = that is not known, or has come.</summary>
    public long LeavesAt { get; set; }

    /// <summary>True once they are to be told.</summary>
    public bool Leaves { get; set; }

    /// <summary>True once the instance was told that the gateway stops: nothing of the client follows.</summary>
    public bool SaidCloseUp { get; set; }

    /// <summary>True once the client was told: nothing of the instance follows.</summary>
    public bool SaidCloseDown { get; set; }

    /// <summary>The frames of the client.</summary>
    public ref FrameCursor Up => ref _up;

    /// <summary>The frames of the instance.</summary>
    public ref FrameCursor Down => ref _down;
}
