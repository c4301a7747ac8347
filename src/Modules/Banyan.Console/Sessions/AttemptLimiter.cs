namespace Banyan.Console.Sessions;

/// <summary>Counts failed sign-ins: so many from one address in a minute, and ten times as many from all.</summary>
internal sealed class AttemptLimiter(ConsoleOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Queue<(DateTimeOffset At, string Address)> _failures = new();

    /// <summary>How long the address has to wait; zero = it may try.</summary>
    public TimeSpan WaitOf(string address)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            while (_failures.TryPeek(out var oldest) && now - oldest.At >= Window)
            {
                _failures.Dequeue();
            }

            var own = _failures.Where(f => f.Address == address).ToArray();
            var limiting = own.Length >= options.SignInAttempts ? own[^options.SignInAttempts].At
                : _failures.Count >= options.SignInAttempts * 10 ? _failures.Peek().At
                : (DateTimeOffset?)null;
            return limiting is { } at ? at + Window - now : TimeSpan.Zero;
        }
    }

    public void Failed(string address)
    {
        lock (_lock)
        {
            _failures.Enqueue((clock.GetUtcNow(), address));
        }
    }
}
