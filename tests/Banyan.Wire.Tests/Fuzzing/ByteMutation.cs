namespace Banyan.Wire.Tests.Fuzzing;

/// <summary>Breaks bytes in one to three places.</summary>
internal static class ByteMutation
{
    /// <summary>Changed bytes, removed ones, repeated ones, the end of another input, the other case, or a word.</summary>
    public static byte[] Mutate(Random random, ReadOnlySpan<byte> origin, byte[][] words, Func<byte[]> another)
    {
        List<byte> bytes = [.. origin];
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 9)));
                    break;
                case 2:
                    var from = random.Next(bytes.Count + 1);
                    bytes.InsertRange(at, bytes.GetRange(from, Math.Min(bytes.Count - from, random.Next(1, 40))));
                    break;
                case 3:
                    var other = another();
                    bytes = [.. bytes.Take(at), .. other.Skip(random.Next(other.Length + 1))];
                    break;
                case 4 when at < bytes.Count:
                    bytes[at] ^= 0x20;
                    break;
                default:
                    bytes.InsertRange(at, words[random.Next(words.Length)]);
                    break;
            }
        }

        return [.. bytes];
    }
}
