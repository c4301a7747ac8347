using Banyan.Gateway.Balancing;

namespace Banyan.Gateway.Tests.Balancing;

public sealed class KeyHashTests
{
    [Fact]
    public void Of_is_the_same_in_every_process()
    {
        // Gateways of different versions must agree: these numbers may not change.
        Assert.Equal(5197578548964807871UL, KeyHash.Of(""u8));
        Assert.Equal(7440937269455562487UL, KeyHash.Of("user-7@shop.example"u8));
    }

    [Fact]
    public void Of_differs_for_every_length_position_and_seed()
    {
        var seen = new HashSet<ulong>();
        for (var length = 0; length < 40; length++)
        {
            var bytes = new byte[length];
            Assert.True(seen.Add(KeyHash.Of(bytes)));
            Assert.True(seen.Add(KeyHash.Of(bytes, seed: 1)));
            for (var i = 0; i < length; i++)
            {
                bytes[i] = 1;
                Assert.True(seen.Add(KeyHash.Of(bytes)));
                bytes[i] = 0;
            }
        }
    }

    [Fact]
    public void Below_and_Fraction_are_even_over_consecutive_mixed_numbers()
    {
        const int Draws = 100_000;
        var counts = new int[10];
        double sum = 0;
        for (ulong i = 0; i < Draws; i++)
        {
            counts[KeyHash.Below(KeyHash.Mix(i), counts.Length)]++;
            sum += KeyHash.Fraction(KeyHash.Mix(i));
        }

        // Five standard deviations.
        Assert.All(counts, c => Assert.InRange(c, 10_000 - 475, 10_000 + 475));
        Assert.InRange(sum / Draws, 0.495, 0.505);
    }
}
