using Banyan.Console.Sessions;
using Banyan.Http.Authentication;
using Banyan.Resources;
using Banyan.Testing;

namespace Banyan.Console.Tests;

public sealed class SessionTests
{
    private static readonly Actor Operator = new("operator", ActorRole.Administrator, null, null, "127.0.0.1");

    [Fact]
    public void Link_is_good_until_its_time_and_once()
    {
        var clock = new ManualClock();
        var links = new SignInLinks(new ConsoleOptions(), clock);
        var first = links.Create(Operator).Code;
        var second = links.Create(Operator).Code;

        Assert.Equal(Operator, links.Use(first));
        Assert.Null(links.Use(first));
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(links.Use(second));
        Assert.Null(links.Use(string.Empty));
    }

    [Fact]
    public void Limiter_counts_failures_of_one_address_within_a_minute()
    {
        var clock = new ManualClock();
        var limiter = new AttemptLimiter(new ConsoleOptions { SignInAttempts = 2 }, clock);
        limiter.Failed("a");
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.Zero, limiter.WaitOf("a"));
        limiter.Failed("a");

        Assert.Equal(TimeSpan.FromSeconds(40), limiter.WaitOf("a"));
        Assert.Equal(TimeSpan.Zero, limiter.WaitOf("b"));
        clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(TimeSpan.Zero, limiter.WaitOf("a"));
    }

    [Fact]
    public void Session_is_over_when_idle_or_old()
    {
        var options = new ConsoleOptions();
        var start = new ManualClock().GetUtcNow();
        var session = new Session("operator", ActorRole.Administrator, null, start);

        Assert.False(session.IsOver(start + options.SessionIdle, options));
        Assert.True(session.IsOver(start + options.SessionIdle + TimeSpan.FromSeconds(1), options));
        session.Use(start + TimeSpan.FromHours(20));
        Assert.False(session.IsOver(start + TimeSpan.FromHours(23), options));
        Assert.True(session.IsOver(start + TimeSpan.FromHours(25), options));
    }

    [Fact]
    public async Task Session_ends_soon_after_its_credential_is_rotated()
    {
        await using var console = await RunningConsole.StartAsync();
        var clock = new ManualClock();
        var sessions = new SessionStore(console.Credentials, new ConsoleOptions(), clock);
        var id = await sessions.StartAsync(Operator, default);

        Assert.NotNull(await sessions.FindAsync(id, use: true, default));
        await console.Credentials.RotateAsync("operator", TimeSpan.Zero, Actor.System, default);
        clock.Advance(SessionStore.CheckInterval);

        Assert.Null(await sessions.FindAsync(id, use: true, default));
    }
}
