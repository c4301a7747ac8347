namespace Banyan.Architecture.Tests;

public sealed class FileTests
{
    [Fact]
    public void Files_are_short() => Rule.Holds(FileRules.TooLong(SourceTree.Repository));

    [Fact]
    public void File_that_is_long_is_found() =>
        Assert.Single(FileRules.TooLong(new([], [SourceFile.Of("src/Banyan.Store/Long.cs", new string('\n', FileRules.MostLines + 1)), SourceFile.Of("src/Banyan.Store/Short.cs", new string('\n', FileRules.MostLines))], [])));

    [Fact]
    public void Tests_do_not_sleep() => Rule.Holds(FileRules.Sleeping(SourceTree.Repository));

    [Theory]
    [InlineData("Thread.Sleep(10);")]
    [InlineData("await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);")]
    [InlineData("SpinWait.SpinUntil(() => done);")]
    public void Test_that_sleeps_is_found(string line) => Assert.Contains(":2:", Assert.Single(FileRules.Sleeping(new([], [SourceFile.Of("tests/X.Tests/XTests.cs", "\n" + line)], []))), StringComparison.Ordinal);

    [Theory]
    [InlineData("await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);")]
    [InlineData("await Task.Delay(pause, clock);")]
    public void Test_that_waits_for_cancellation_or_a_manual_clock_does_not_sleep(string line) =>
        Assert.Empty(FileRules.Sleeping(new([], [SourceFile.Of("tests/X.Tests/XTests.cs", line)], [])));

    [Fact]
    public void Root_holds_only_what_belongs_there() => Rule.Holds(FileRules.Strangers(SourceTree.Repository));

    [Fact]
    public void Stranger_at_the_root_is_found() => Assert.Single(FileRules.Strangers(new([], [], ["src", "plan.md"])));
}
