using Banyan.Gateway.Exchanges;

namespace Banyan.Gateway.Tests.Exchanges;

public sealed class FrameCursorTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(5, true)]
    [InlineData(125, false)]
    [InlineData(126, true)]
    [InlineData(65_535, false)]
    [InlineData(65_536, true)]
    public void Frame_is_passed_exactly_however_it_is_cut(int payload, bool masked)
    {
        var frame = Frame(payload, masked);
        byte[] two = [.. frame, .. frame];
        var whole = default(FrameCursor);
        Assert.Equal(frame.Length, whole.Pass(two));
        Assert.True(whole.IsBetween);

        foreach (var cut in new[] { 1, 2, 3, frame.Length - 1 }.Where(c => c > 0 && c < frame.Length))
        {
            var cursor = default(FrameCursor);
            Assert.Equal(cut, cursor.Pass(frame.AsSpan(0, cut)));
            Assert.False(cursor.IsBetween);
            Assert.Equal(frame.Length - cut, cursor.Pass(two.AsSpan(cut)));
            Assert.True(cursor.IsBetween);
        }
    }

    private static byte[] Frame(int payload, bool masked)
    {
        byte[] length = payload < 126
            ? [(byte)payload]
            : payload < 65_536 ? [126, (byte)(payload >> 8), (byte)payload] : [127, 0, 0, 0, 0, (byte)(payload >> 24), (byte)(payload >> 16), (byte)(payload >> 8), (byte)payload];
        length[0] |= (byte)(masked ? 0x80 : 0);
        return [0x82, .. length, .. masked ? new byte[4] : [], .. new byte[payload]];
    }
}
