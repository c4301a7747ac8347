using System.Text.Json.Nodes;
using Banyan.Console.Views;

namespace Banyan.Console.Tests;

public sealed class ViewTests
{
    [Fact]
    public void Fields_of_a_change_are_leaves_that_differ_without_bookkeeping()
    {
        var before = JsonNode.Parse("""{"metadata":{"name":"a","revision":1,"labels":{"team":"x"}},"spec":{"path":"/a","hosts":["h1","h2"],"uses":[]}}""");
        var after = JsonNode.Parse("""{"metadata":{"name":"a","revision":9,"generation":2},"spec":{"path":"/b","hosts":["h1"],"uses":[{"service":"s"}]}}""");

        var fields = FieldChange.Between(before, after);

        Assert.Equal(
            [
                new("metadata.labels.team", "x", null),
                new("spec.hosts[1]", "h2", null),
                new("spec.path", "/a", "/b"),
                new("spec.uses", "[]", null),
                new("spec.uses[0].service", null, "s"),
            ],
            fields);
    }

    [Theory]
    [InlineData(4, "just now")]
    [InlineData(59, "59 s ago")]
    [InlineData(60, "1 min ago")]
    [InlineData(7200, "2 h ago")]
    [InlineData(100_000, "yesterday")]
    [InlineData(864_000, "10 days ago")]
    [InlineData(-30, "just now")]
    public void Time_is_said_as_people_say_it(int seconds, string text)
    {
        var now = new DateTimeOffset(2030, 1, 20, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(text, Ago.Text(now.AddSeconds(-seconds), now));
    }

    [Fact]
    public void Documents_of_an_unexpected_form_are_shown_as_far_as_they_go()
    {
        var record = JsonNode.Parse("""{"verb":7,"actor":"who","before":[1],"after":"text","at":"never"}""")!.AsObject();

        var change = ChangeView.Of("k", record);

        Assert.Equal("?", change.Actor);
        Assert.Null(change.At);
        Assert.Equal("7", change.Verb);
    }

    [Theory]
    [InlineData("pets-2", "pets-10")]
    [InlineData("pets-10", "walks-1")]
    public void Names_are_ordered_as_people_count(string first, string second)
    {
        Assert.True(NaturalOrder.Instance.Compare(first, second) < 0);
        Assert.True(NaturalOrder.Instance.Compare(second, first) > 0);
    }
}
