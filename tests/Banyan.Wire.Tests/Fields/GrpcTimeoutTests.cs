using System.Text;
using Banyan.Wire.Fields;

namespace Banyan.Wire.Tests.Fields;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData("1H", "01:00:00")]
    [InlineData("2M", "00:02:00")]
    [InlineData("3S", "00:00:03")]
    [InlineData("250m", "00:00:00.25")]
    [InlineData("7u", "00:00:00.000007")]
    [InlineData("300n", "00:00:00.0000003")]
    [InlineData("1n", "00:00:00.0000001")]
    [InlineData("0S", "00:00:00.0000001")]
    [InlineData("99999999H", "4166666.15:00:00")]
    public void Value_isRead(string value, string expected)
    {
        Assert.True(GrpcTimeout.TryRead(Encoding.ASCII.GetBytes(value), out var time));
        Assert.Equal(TimeSpan.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), time);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("123456789S")]
    [InlineData("-1S")]
    [InlineData("1.5S")]
    [InlineData(" 1S")]
    public void Value_thatIsNone_isRefused(string value) => Assert.False(GrpcTimeout.TryRead(Encoding.ASCII.GetBytes(value), out _));
}
