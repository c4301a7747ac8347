namespace Banyan.Wire.Http2;

/// <summary>Counts the needless work a peer makes. Fades with time and with useful work; see <see cref="Http2Limits"/>.</summary>
internal struct GlitchBudget(Http2Limits limits)
{
    private long _fadedAt;

    /// <summary>Points counted now.</summary>
    public int Points { get; private set; }

    /// <summary>Adds points; false when there are too many now.</summary>
    /// <param name="points">How many.</param>
    /// <param name="now">In milliseconds, of any clock that never goes back.</param>
    public bool Charge(int points, long now)
    {
        var faded = (now - _fadedAt) * limits.PointsForgottenEachSecond / 1000;
        if (faded > 0)
        {
            Points = (int)Math.Max(0, Points - faded);
            _fadedAt = now;
        }

        Points += points;
        return Points <= limits.MaxPoints;
    }

    /// <summary>Something useful was done.</summary>
    public void Work() => Points = Math.Max(0, Points - limits.PointsForgottenByWork);
}
