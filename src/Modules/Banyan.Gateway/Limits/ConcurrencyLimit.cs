namespace Banyan.Gateway.Limits;

/// <summary>
/// How many requests a service may have in progress from this gateway. Finds the limit by itself: while answers come as fast as they usually do it grows by the
/// root of itself, when they slow down it shrinks in proportion (the gradient of Netflix' concurrency-limits). Asking is a read; <see cref="Update"/> is for one
/// thread at a time.
/// </summary>
internal sealed class ConcurrencyLimit(ConcurrencySettings settings)
{
    private const double Smoothing = 0.2;

    // The usual latency follows at once what gets faster, within seconds what gets slower while there is room, and within many minutes what gets slower while it
    // is full: that is most likely the load, but a service that has become slower for good must not be held down for ever.
    private const double FasterWeight = 0.2;
    private const double SlowerWeight = 0.02;
    private const double SlowerWhileFullWeight = 0.0005;

    private double _limit = settings.Initial;
    private double _usual;

    /// <summary>The limit now; <see cref="int.MaxValue"/> when there is none.</summary>
    public int Limit => settings.Enabled ? (int)Volatile.Read(ref _limit) : int.MaxValue;

    /// <summary>The latency that counts as usual, in ticks of 100 ns; 0 = not known yet.</summary>
    public long UsualTicks => (long)Volatile.Read(ref _usual);

    /// <summary>True when a request of this class may begin.</summary>
    /// <param name="active">Requests in progress, this one not counted.</param>
    /// <param name="priority">Its class.</param>
    public bool Admits(int active, RequestPriority priority) => !settings.Enabled || active < Volatile.Read(ref _limit) * RequestPriorities.Share(priority);

    /// <summary>Takes what a short while has shown.</summary>
    /// <param name="latencyTicks">The median latency of that while; 0 = no answer came.</param>
    /// <param name="active">Requests in progress.</param>
    public void Update(long latencyTicks, int active)
    {
        if (latencyTicks <= 0)
        {
            return;
        }

        var full = active >= _limit / 2;
        var weight = latencyTicks < _usual ? FasterWeight : full ? SlowerWhileFullWeight : SlowerWeight;
        Volatile.Write(ref _usual, _usual == 0 ? latencyTicks : _usual + ((latencyTicks - _usual) * weight));

        // A limit that is not reached says nothing about more; and only a full service can be slow because it is full.
        if (!full)
        {
            return;
        }

        var gradient = Math.Clamp(settings.Tolerance * _usual / latencyTicks, 0.5, 1);
        var next = (_limit * gradient) + Math.Sqrt(_limit);
        Volatile.Write(ref _limit, Math.Clamp(_limit + ((next - _limit) * Smoothing), settings.Min, settings.Max));
    }
}
