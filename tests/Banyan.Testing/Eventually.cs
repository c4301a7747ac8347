using Xunit;

namespace Banyan.Testing;

/// <summary>Waits for a condition that another thread or process brings about. The deadline is generous: it decides only how long a broken test takes to fail.</summary>
public static class Eventually
{
    /// <summary>How long a condition may take before the test fails.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until the condition holds.</summary>
    public static Task True(Func<bool> condition, string what) => True(() => Task.FromResult(condition()), what);

    /// <summary>Waits until the condition holds.</summary>
    public static async Task True(Func<Task<bool>> condition, string what) => await Value<object>(async () => await condition() ? condition : null, what);

    /// <summary>Waits until the probe gives a value, and returns it.</summary>
    public static async Task<T> Value<T>(Func<Task<T?>> probe, string what)
        where T : class
    {
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        while (true)
        {
            if (await probe() is { } value)
            {
                return value;
            }

            Assert.True(clock.GetElapsedTime(start) < Deadline, $"Not within {Deadline.TotalSeconds:0} s: {what}");
            await Task.Delay(Step, clock);
        }
    }
}
