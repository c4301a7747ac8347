using System.Text;
using Banyan.Wire.Fields;

namespace Banyan.Wire.Tests.Fields;

public sealed class FieldNamesTests
{
    private static readonly FieldId[] Known = [.. Enum.GetValues<FieldId>().Where(id => id != FieldId.Unknown)];

    [Fact]
    public void Every_known_name_has_a_slot_of_its_own() =>
        Assert.Equal(63, Known.Select(id => FieldNames.Hash(FieldNames.Text(id))).Distinct().Count());

    [Fact]
    public void Every_known_name_is_known_in_any_case()
    {
        foreach (var id in Known)
        {
            var name = Encoding.ASCII.GetString(FieldNames.Text(id));

            Assert.Equal(id, FieldNames.Identify(Encoding.ASCII.GetBytes(name)));
            Assert.Equal(id, FieldNames.Identify(Encoding.ASCII.GetBytes(name.ToUpperInvariant())));
            Assert.Equal(id, FieldNames.Identify(Encoding.ASCII.GetBytes(name.ToLowerInvariant())));
            Assert.Equal(id.ToString(), name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
        }
    }

    [Fact]
    public void A_known_name_with_one_byte_changed_is_another()
    {
        foreach (var id in Known)
        {
            var name = FieldNames.Text(id).ToArray();
            for (var i = 0; i < name.Length; i++)
            {
                var before = name[i];
                foreach (var other in "!#$%&'*+.^_`|~09azAZ"u8.ToArray().Where(other => (other | 0x20) != (before | 0x20)))
                {
                    name[i] = other;
                    Assert.NotEqual(id, FieldNames.Identify(name));
                }

                name[i] = before;
            }

            Assert.NotEqual(id, FieldNames.Identify([.. name, (byte)'s']));
            Assert.NotEqual(id, FieldNames.Identify(name.AsSpan(1)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("x-anything-at-all-that-is-longer-than-any-known-name")]
    public void Other_names_are_unknown(string name) => Assert.Equal(FieldId.Unknown, FieldNames.Identify(Encoding.ASCII.GetBytes(name)));

    [Fact]
    public void FieldSet_holds_known_names_only()
    {
        var set = FieldSet.Of(FieldId.Host, FieldId.XForwardedProto, FieldId.Unknown);

        Assert.True(set.Contains(FieldId.Host));
        Assert.True(set.Contains(FieldId.XForwardedProto));
        Assert.False(set.Contains(FieldId.Unknown));
        Assert.False(set.Contains(FieldId.Via));
        Assert.True((set | FieldSet.Of(FieldId.Via)).Contains(FieldId.Via));
    }

    [Fact]
    public void FieldTable_finds_fields_by_id_and_by_any_name()
    {
        var (bytes, head) = Support.Heads.Request("X-A: 1\r\nAccept: 2\r\nx-a: 3\r\naccept: 4\r\n" + string.Concat(Enumerable.Repeat("X-B: 0\r\n", 50)));
        var fields = head.Fields;

        Assert.Equal(55, fields.Count);
        Assert.Equal((2, 4, -1), (fields.Find(FieldId.Accept), fields.Find(FieldId.Accept, 3), fields.Find(FieldId.Accept, 5)));
        Assert.Equal((1, 3, -1), (fields.Find(bytes, "X-a"u8), fields.Find(bytes, "x-a"u8, 2), fields.Find(bytes, "x-a"u8, 4)));
        Assert.Equal(2, fields.Find(bytes, "ACCEPT"u8));
        Assert.True(fields.IsRepeated(FieldId.Accept));
        Assert.False(fields.IsRepeated(FieldId.Host));
        Assert.Equal("2", Encoding.ASCII.GetString(fields.Value(bytes, FieldId.Accept)));
        Assert.True(fields.Value(bytes, FieldId.Via).IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => fields[55]);
    }
}
