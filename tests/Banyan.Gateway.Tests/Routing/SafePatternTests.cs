using System.Text;
using Banyan.Gateway.Routing;

namespace Banyan.Gateway.Tests.Routing;

public sealed class SafePatternTests
{
    [Theory]
    [InlineData("/p/[0-9]+", "/p/12", true)]
    [InlineData("/p/[0-9]+", "/p/12/", false)]
    [InlineData("/p/[0-9]+", "x/p/12", false)]
    [InlineData("/p/[0-9]+", "/p/12\n", false)]
    [InlineData("/a|/b", "/b", true)]
    [InlineData("/a|/b", "/bc", false)]
    [InlineData("/A", "/a", false)]
    [InlineData("(?i)/A", "/a", true)]
    [InlineData("/caf\u00e9", "/caf\u00e9", true)]
    public void IsMatch_looks_at_the_whole_input(string pattern, string input, bool expected) =>
        Assert.Equal(expected, SafePattern.TryCreate(pattern, out _)!.IsMatch(Encoding.Latin1.GetBytes(input)));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("(?=/a)/a", "backtracking")]
    [InlineData("(/a)\\1", "backtracking")]
    [InlineData("(?>/a)", "backtracking")]
    [InlineData("/(a", "not a regular expression")]
    [InlineData("/a)(/b", "not a regular expression")]
    [InlineData("/[", "not a regular expression")]
    [InlineData("/(a{40}){40}", "repeats")]
    [InlineData("/a{2000}", "repeats")]
    [InlineData("/(((a{9}){9}){9}){9}", "repeats")]
    public void TryCreate_refuses_what_could_be_slow_or_large_and_says_why(string pattern, string why)
    {
        Assert.Null(SafePattern.TryCreate(pattern, out var said));
        Assert.Contains(why, said, StringComparison.Ordinal);
    }

    [Fact]
    public void TryCreate_refuses_a_long_pattern()
    {
        Assert.NotNull(SafePattern.TryCreate(new string('a', SafePattern.MaxLength), out _));
        Assert.Null(SafePattern.TryCreate(new string('a', SafePattern.MaxLength + 1), out _));
    }

    [Theory]
    [InlineData("(a*)*b")]
    [InlineData("(a|aa)+b")]
    [InlineData("(.*.*.*.*.*.*)x")]
    [InlineData("([a-z]+)+[0-9]")]
    public void IsMatch_ends_on_input_that_takes_others_for_ever(string pattern)
    {
        // A backtracking matcher needs more steps than the universe has had nanoseconds; the test's own end is the proof.
        var regex = SafePattern.TryCreate(pattern, out _)!;

        Assert.False(regex.IsMatch(Encoding.ASCII.GetBytes(new string('a', SafePattern.MaxInput))));
        Assert.False(regex.IsMatch(Encoding.ASCII.GetBytes(new string('a', SafePattern.MaxInput + 1))));
    }

    [Theory]
    [InlineData("/pets/[0-9]+", "/pets")]
    [InlineData("/pets", "/pets")]
    [InlineData("/pets/", "/pets/")]
    [InlineData("/a/b/(c)?", "/a/b")]
    [InlineData("/pets+", "")]
    [InlineData("/a/b*", "/a")]
    [InlineData("/a/?b", "")]
    [InlineData("/a/b{0,3}", "/a")]
    [InlineData("/a/b|/c", "")]
    [InlineData("(?i)/a/b", "")]
    [InlineData(".*", "")]
    public void LeadingSegments_are_never_more_than_certain(string pattern, string expected) => Assert.Equal(expected, SafePattern.LeadingSegments(pattern));

    [Fact]
    public void LeadingSegments_stand_before_everything_the_pattern_matches()
    {
        var random = new Random(5);
        string[] parts = ["/", "a", "b", "/a", "[ab]", "(a|/)", "?", "*", "+", "{0,2}", ".", "|", "\\/"];
        var matched = 0;
        for (var i = 0; i < 4000; i++)
        {
            var text = "/" + string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => parts[random.Next(parts.Length)]));
            if (SafePattern.TryCreate(text, out _) is not { } regex)
            {
                continue;
            }

            var leading = SafePattern.LeadingSegments(text);
            for (var j = 0; j < 20; j++)
            {
                var path = "/" + string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => "ab/"[random.Next(3)]));
                if (regex.IsMatch(Encoding.ASCII.GetBytes(path)))
                {
                    matched++;
                    Assert.True(leading.Length == 0 || path == leading || path.StartsWith(leading + "/", StringComparison.Ordinal), $"{text} matches {path}, which is not below {leading}");
                }
            }
        }

        Assert.InRange(matched, 1000, int.MaxValue);
    }
}
