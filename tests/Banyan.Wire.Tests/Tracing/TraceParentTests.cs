using System.Text;
using Banyan.Wire.Tracing;

namespace Banyan.Wire.Tests.Tracing;

public sealed class TraceParentTests
{
    private const string Example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    [Fact]
    public void Example_of_the_specification_is_read_and_written_back()
    {
        Assert.True(TraceParent.TryParse(Encoding.ASCII.GetBytes(Example), out var parent));

        Assert.Equal(new TraceParent(0x4bf92f3577b34da6, 0xa3ce929d0e0e4736, 0x00f067aa0ba902b7, 1), parent);
        Assert.True(parent.IsSampled);
        Assert.Equal(Example, Text(parent));
    }

    [Fact]
    public void Next_keeps_the_trace_and_of_the_flags_only_what_is_known()
    {
        Assert.True(TraceParent.TryParse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff"u8, out var parent));

        Assert.Equal("00-4bf92f3577b34da6a3ce929d0e0e4736-00000000000000ab-01", Text(parent.Next(0xab)));
    }

    [Theory]
    [InlineData("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")]
    [InlineData("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-what-comes-later")]
    public void Later_versions_are_read_as_far_as_known(string value)
    {
        Assert.True(TraceParent.TryParse(Encoding.ASCII.GetBytes(value), out var parent));
        Assert.False(parent.IsSampled);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x")]
    [InlineData("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x")]
    [InlineData("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    [InlineData("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01")]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01")]
    [InlineData("00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01")]
    [InlineData("0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902bg-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g")]
    public void What_is_not_to_be_continued_is_refused(string value) => Assert.False(TraceParent.TryParse(Encoding.ASCII.GetBytes(value), out _));

    private static string Text(TraceParent parent)
    {
        var text = new byte[TraceParent.Length];
        parent.Write(text);
        return Encoding.ASCII.GetString(text);
    }
}
