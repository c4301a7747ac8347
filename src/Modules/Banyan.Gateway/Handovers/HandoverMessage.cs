using System.Text;
using Banyan.Loops.Sockets;

namespace Banyan.Gateway.Handovers;

/// <summary>
/// What two gateways say to each other over the hand-over socket: text of one first line and one address a line, ended by an empty line. The successor asks, the
/// running one gives (its descriptors go with the first byte), the successor says which addresses it has taken.
/// </summary>
internal static class HandoverMessage
{
    public const string Ask = "banyan hand-over 1";
    public const string Give = "banyan listeners 1";
    public const string Taken = "banyan taken 1";

    /// <summary>The longest message, in bytes.</summary>
    public const int MaxLength = 32 * 1024;

    public static byte[] Write(string first, IEnumerable<LoopAddress> addresses)
    {
        var text = new StringBuilder(first).Append('\n');
        foreach (var address in addresses)
        {
            text.Append(address).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }

    /// <summary>True when nothing more belongs to the message.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> bytes) => bytes.EndsWith("\n\n"u8);

    /// <summary>The addresses of a whole message; null when it is not of this kind.</summary>
    public static IReadOnlyList<LoopAddress>? Read(string first, ReadOnlySpan<byte> bytes)
    {
        if (!IsWhole(bytes))
        {
            return null;
        }

        var lines = Encoding.UTF8.GetString(bytes[..^2]).Split('\n');
        if (lines[0] != first)
        {
            return null;
        }

        var addresses = new List<LoopAddress>(lines.Length);
        foreach (var line in lines.AsSpan(1))
        {
            if (!LoopAddress.TryParse(line, out var address))
            {
                return null;
            }

            addresses.Add(address);
        }

        return addresses;
    }
}
