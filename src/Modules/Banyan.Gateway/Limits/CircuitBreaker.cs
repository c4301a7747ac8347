using System.Globalization;

namespace Banyan.Gateway.Limits;

/// <summary>
/// Spares a service that fails as a whole, and its callers the wait. Every state but closed has a deadline, so that it cannot be stuck whatever its callers forget.
/// <code>
///            share of failures too high                 deadline
///   closed ───────────────────────────▶ open ──────────────────────▶ half-open
///     ▲                                  ▲                            │ │ ▲  │
///     │                                  └──── a probe failed ────────┘ │ └──┘ deadline: new probes
///     └───────────────── all probes succeeded ──────────────────────────┘
/// </code>
/// Asking is one read while it is closed; changes are made under a lock. <c>now</c> is in ticks of 100 ns.
/// </summary>
internal sealed class CircuitBreaker
{
    private readonly Lock _lock = new();
    private volatile int _state;
    private long _deadline;
    private int _openings;
    private long _allOpenings;
    private int _permits;
    private int _succeeded;
    private string _why = string.Empty;

    public CircuitState State => (CircuitState)_state;

    /// <summary>Why it is in its state, for people; empty while closed.</summary>
    public string Why => Volatile.Read(ref _why);

    /// <summary>When the state ends if nothing else ends it; meaningless while closed.</summary>
    public long Deadline => Volatile.Read(ref _deadline);

    /// <summary>How often in a row it has opened without closing.</summary>
    public int Openings => Volatile.Read(ref _openings);

    /// <summary>How often it has opened in all.</summary>
    public long AllOpenings => Volatile.Read(ref _allOpenings);

    /// <summary>True when a request may go. In half-open each yes uses up one probe.</summary>
    public bool Admits(BreakerSettings settings, long now) => _state == (int)CircuitState.Closed || AdmitsProbe(settings, now);

    /// <summary>Tells of a success; only of interest while half-open.</summary>
    public void Succeeded(BreakerSettings settings)
    {
        if (_state != (int)CircuitState.HalfOpen)
        {
            return;
        }

        lock (_lock)
        {
            if (_state == (int)CircuitState.HalfOpen && ++_succeeded >= settings.Probes)
            {
                Close();
            }
        }
    }

    /// <summary>Tells of a failure, with what the window holds.</summary>
    /// <param name="settings">The rules.</param>
    /// <param name="requests">Attempts in the window, this one included.</param>
    /// <param name="failures">Failed ones.</param>
    /// <param name="now">Now.</param>
    public void Failed(BreakerSettings settings, long requests, long failures, long now)
    {
        if (!settings.Enabled)
        {
            return;
        }

        lock (_lock)
        {
            switch (State)
            {
                case CircuitState.HalfOpen:
                    Open(settings, now, "the service failed again when it was tried");
                    break;
                case CircuitState.Closed when requests >= settings.Requests && failures >= requests * settings.FailureShare:
                    Open(settings, now, string.Create(CultureInfo.InvariantCulture, $"{failures} of the last {requests} attempts failed"));
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Closes it, whatever it was: its rules were changed or switched off, or the instances are others.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            Close();
        }
    }

    private bool AdmitsProbe(BreakerSettings settings, long now)
    {
        lock (_lock)
        {
            switch (State)
            {
                case CircuitState.Closed:
                    return true;
                case CircuitState.Open when now < _deadline:
                    return false;
                case CircuitState.Open:
                    Try(settings, now);
                    break;
                case CircuitState.HalfOpen when now >= _deadline:
                    // Probes whose end nobody told of: clients went away, or they run on and on. Others may try.
                    Try(settings, now);
                    break;
                default:
                    break;
            }

            return --_permits >= 0;
        }
    }

    private void Open(BreakerSettings settings, long now, string why)
    {
        var time = Math.Min(settings.LongestOpenTime.Ticks, settings.OpenTime.Ticks << Math.Min(_openings, 20));
        _openings++;
        Volatile.Write(ref _allOpenings, _allOpenings + 1);
        _deadline = now + time;
        _why = why;
        _state = (int)CircuitState.Open;
    }

    private void Try(BreakerSettings settings, long now)
    {
        _permits = settings.Probes;
        _succeeded = 0;
        _deadline = now + settings.LongestOpenTime.Ticks;
        _why = "a few requests are let through to see whether the service works again";
        _state = (int)CircuitState.HalfOpen;
    }

    private void Close()
    {
        _openings = 0;
        _why = string.Empty;
        _state = (int)CircuitState.Closed;
    }
}
