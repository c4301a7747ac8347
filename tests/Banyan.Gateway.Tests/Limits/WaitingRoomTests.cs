using Banyan.Gateway.Limits;

namespace Banyan.Gateway.Tests.Limits;

public sealed class WaitingRoomTests
{
    private readonly WaitingRoom _room = new(new ConcurrencySettings { Queue = 10 });

    [Fact]
    public void TryEnter_takes_so_many_and_fewer_of_the_unimportant()
    {
        Assert.Equal(7, Enumerable.Range(0, 20).Count(_ => Enter(RequestPriority.Low) == WaitVerdict.Wait));
        Assert.Equal(2, Enumerable.Range(0, 20).Count(_ => Enter(RequestPriority.Normal) == WaitVerdict.Wait));
        Assert.Equal(1, Enumerable.Range(0, 20).Count(_ => Enter(RequestPriority.High) == WaitVerdict.Wait));
        Assert.Equal(WaitVerdict.Full, Enter(RequestPriority.High));
        Assert.Equal(10, _room.Waiting);

        _room.Leave();
        Assert.Equal(WaitVerdict.Wait, Enter(RequestPriority.High));
    }

    [Theory]
    [InlineData(100, WaitVerdict.TooLate)]
    [InlineData(150, WaitVerdict.TooLate)]
    [InlineData(151, WaitVerdict.Wait)]
    internal void TryEnter_refuses_what_would_come_too_late(long remaining, WaitVerdict verdict)
    {
        // A service that takes two at a time, 100 each: the first in the queue gets in after 50 and is done after 150.
        Assert.Equal(verdict, _room.TryEnter(RequestPriority.Normal, limit: 2, usualTicks: 100, remaining));
        Assert.Equal(verdict == WaitVerdict.Wait ? 1 : 0, _room.Waiting);
    }

    private WaitVerdict Enter(RequestPriority priority) => _room.TryEnter(priority, limit: 100, usualTicks: 0, remainingTicks: 1);
}
