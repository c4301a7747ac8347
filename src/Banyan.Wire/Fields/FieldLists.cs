using System.Text;
using Banyan.Wire.Scanning;

namespace Banyan.Wire.Fields;

/// <summary>Comma-separated values (RFC 9110 section 5.6.1).</summary>
public static class FieldLists
{
    /// <summary>Cuts the next member that is not empty off a list without quoted strings; false at the end.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> member)
    {
        while (!list.IsEmpty)
        {
            var comma = list.IndexOf((byte)',');
            member = Grammar.Trim(comma < 0 ? list : list[..comma]);
            list = comma < 0 ? default : list[(comma + 1)..];
            if (!member.IsEmpty)
            {
                return true;
            }
        }

        member = default;
        return false;
    }

    /// <summary>True when the list has this member, in any case, with or without parameters.</summary>
    public static bool Contains(ReadOnlySpan<byte> list, ReadOnlySpan<byte> member)
    {
        while (TryTake(ref list, out var item))
        {
            var parameters = item.IndexOf((byte)';');
            if (Ascii.EqualsIgnoreCase(parameters < 0 ? item : Grammar.Trim(item[..parameters]), member))
            {
                return true;
            }
        }

        return false;
    }
}
