using System.Text;
using Banyan.Gateway.Routing;
using Xunit;

namespace Banyan.Gateway.Tests.Routing;

public sealed class ByteTextTests
{
    [Fact]
    public void Text_of_any_length_equals_itself_and_nothing_that_differs_in_a_byte()
    {
        for (var length = 0; length <= 40; length++)
        {
            var bytes = Enumerable.Range(1, length).Select(i => (byte)i).ToArray();
            var text = new ByteText(bytes);
            Assert.Equal(length, text.Length);
            Assert.True(text.Equals(bytes.ToArray()));
            Assert.False(text.Equals([.. bytes, 1]));
            for (var at = 0; at < length; at++)
            {
                byte[] other = [.. bytes];
                other[at] ^= 0x80;
                Assert.False(text.Equals(other));
                Assert.False(text.Equals([.. bytes[..at], .. bytes[(at + 1)..]]));
            }
        }
    }

    [Fact]
    public void Table_is_asked_with_spans_and_with_texts_alike()
    {
        var names = Enumerable.Range(0, 2_000).Select(i => Encoding.ASCII.GetBytes(new string((char)('a' + (i % 26)), i % 30) + i)).ToArray();
        var table = names.ToDictionary(n => new ByteText(n), n => n.Length, ByteKeys.Comparer);
        var bySpan = table.GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach (var name in names)
        {
            Assert.Equal(name.Length, bySpan[name]);
            Assert.Equal(name.Length, table[new ByteText([.. name])]);
            Assert.False(bySpan.ContainsKey([.. name, (byte)'x']));
        }
    }
}
