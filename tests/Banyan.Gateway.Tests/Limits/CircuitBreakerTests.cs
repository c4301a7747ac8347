using Banyan.Gateway.Limits;

namespace Banyan.Gateway.Tests.Limits;

public sealed class CircuitBreakerTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    private static readonly BreakerSettings Settings = new();

    private readonly CircuitBreaker _circuit = new();

    [Theory]
    [InlineData(49, 49, false)]
    [InlineData(100, 94, false)]
    [InlineData(100, 95, true)]
    public void Failed_opens_it_when_enough_of_enough_failed(long requests, long failures, bool opens)
    {
        _circuit.Failed(Settings, requests, failures, 0);

        Assert.Equal(opens ? CircuitState.Open : CircuitState.Closed, _circuit.State);
        Assert.Equal(!opens, _circuit.Admits(Settings, 1));
        Assert.Equal(opens ? $"{failures} of the last {requests} attempts failed" : string.Empty, _circuit.Why);
    }

    [Fact]
    public void Open_ends_at_its_deadline_with_a_few_probes_whose_success_closes_it()
    {
        Open(at: 0);
        Assert.False(_circuit.Admits(Settings, (2 * Second) - 1));

        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => _circuit.Admits(Settings, 2 * Second)));
        Assert.Equal(CircuitState.HalfOpen, _circuit.State);
        _circuit.Succeeded(Settings);
        _circuit.Succeeded(Settings);
        Assert.Equal(CircuitState.HalfOpen, _circuit.State);
        _circuit.Succeeded(Settings);
        Assert.Equal(CircuitState.Closed, _circuit.State);
        Assert.Equal(0, _circuit.Openings);
    }

    [Fact]
    public void Failed_probe_opens_it_for_twice_as_long_up_to_the_longest()
    {
        long now = 0;
        Open(now);
        long[] times = [2, 4, 8, 16, 30, 30];
        foreach (var time in times)
        {
            Assert.Equal(now + (time * Second), _circuit.Deadline);
            now = _circuit.Deadline;
            Assert.True(_circuit.Admits(Settings, now));
            _circuit.Failed(Settings, 1, 1, now);
            Assert.Equal(CircuitState.Open, _circuit.State);
        }
    }

    [Fact]
    public void Every_state_has_an_exit_even_when_nobody_tells_how_probes_ended()
    {
        Open(at: 0);
        long now = 0;
        for (var i = 0; i < 20; i++)
        {
            // Whatever it is in, waiting until its deadline lets a request through.
            now = Math.Max(now, _circuit.Deadline);
            Assert.True(_circuit.Admits(Settings, now));
        }
    }

    [Fact]
    public void Failures_that_began_before_it_opened_do_not_prolong_it()
    {
        Open(at: 0);
        var deadline = _circuit.Deadline;
        _circuit.Failed(Settings, 200, 200, Second);

        Assert.Equal(deadline, _circuit.Deadline);
    }

    [Fact]
    public void Disabled_rules_never_open_it()
    {
        _circuit.Failed(Settings with { Enabled = false }, 1000, 1000, 0);

        Assert.Equal(CircuitState.Closed, _circuit.State);
    }

    [Fact]
    public async Task Probes_are_counted_once_each_by_many_threads()
    {
        Open(at: 0);
        var admitted = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 1000).Count(_ => _circuit.Admits(Settings, 2 * Second)))));

        Assert.Equal(Settings.Probes, admitted.Sum());
    }

    private void Open(long at) => _circuit.Failed(Settings, 100, 100, at);
}
