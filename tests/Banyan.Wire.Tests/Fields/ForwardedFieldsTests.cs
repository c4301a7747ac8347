using System.Text;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.Tests.Support;

namespace Banyan.Wire.Tests.Fields;

public sealed class ForwardedFieldsTests
{
    private const string Said =
        "X-Forwarded-For: 203.0.113.1\r\nX-Forwarded-For: 203.0.113.2\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b.example\r\nX-Forwarded-Port: 1\r\nForwarded: for=203.0.113.1\r\nX-A: 1\r\n";

    [Fact]
    public void Untrusted_peers_word_is_replaced_whole()
    {
        Assert.Equal("Host: a.example\nX-A: 1\nX-Forwarded-For: 192.0.2.7\nX-Forwarded-Proto: http\nX-Forwarded-Host: a.example\n", Pass(Said, false));
    }

    [Fact]
    public void Trusted_peers_word_is_continued()
    {
        Assert.Equal(
            "Host: a.example\nX-Forwarded-Port: 1\nX-A: 1\nX-Forwarded-For: 203.0.113.1, 203.0.113.2, 192.0.2.7\nX-Forwarded-Proto: https\nX-Forwarded-Host: b.example\n",
            Pass(Said, true));
    }

    [Theory]
    [InlineData("X-Forwarded-Proto: https\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host:\r\nX-Forwarded-For:\r\n")]
    [InlineData("")]
    public void What_a_trusted_peer_does_not_say_clearly_is_said_by_us(string fields)
    {
        Assert.Equal("Host: a.example\nX-Forwarded-For: 192.0.2.7\nX-Forwarded-Proto: http\nX-Forwarded-Host: a.example\n", Pass(fields, true));
    }

    [Fact]
    public void Nominated_forwarded_fields_are_still_written_by_us()
    {
        Assert.Equal(
            "Host: a.example\nX-Forwarded-For: 192.0.2.7\nX-Forwarded-Proto: http\nX-Forwarded-Host: a.example\n",
            Pass("Connection: X-Forwarded-For, X-Forwarded-Host\r\nX-Forwarded-For: 1\r\n", false));
    }

    [Theory]
    [InlineData("192.0.2.7", false, "Forwarded: for=192.0.2.7;by=_gw;host=\"a.example\";proto=http\n")]
    [InlineData("2001:db8::7", false, "Forwarded: for=\"[2001:db8::7]\";by=_gw;host=\"a.example\";proto=http\n")]
    [InlineData("192.0.2.7", true, "Forwarded: for=203.0.113.1, for=192.0.2.7;by=_gw;host=\"a.example\";proto=http\n")]
    public void Forwarded_has_one_element_a_hop(string client, bool trusted, string expected)
    {
        var (bytes, head) = Heads.Request(Said);

        Assert.Equal(expected, Heads.Written((ref HeadWriter writer) => ForwardedFields.WriteForwarded(
            ref writer, bytes, head.Fields, new ForwardedHop(Encoding.ASCII.GetBytes(client), "a.example"u8, false, trusted), "gw"u8)));
    }

    [Fact]
    public void Forwarded_that_could_swallow_our_element_is_not_continued()
    {
        var (bytes, head) = Heads.Request("Forwarded: for=\"open\r\n");

        Assert.Equal("Forwarded: for=192.0.2.7;proto=https\n", Heads.Written((ref HeadWriter writer) => ForwardedFields.WriteForwarded(
            ref writer, bytes, head.Fields, new ForwardedHop("192.0.2.7"u8, default, true, true), default)));
    }

    [Fact]
    public void Forwarded_by_must_be_a_name()
    {
        var (bytes, head) = Heads.Request("");

        Assert.Throws<ArgumentException>(() => Heads.Written((ref HeadWriter writer) => ForwardedFields.WriteForwarded(
            ref writer, bytes, head.Fields, new ForwardedHop("192.0.2.7"u8, default, true, true), "a;b"u8)));
    }

    [Theory]
    [InlineData("for=192.0.2.1", true)]
    [InlineData("for=192.0.2.1;proto=http;host=a, for=\"[2001:db8::1]:80\"", true)]
    [InlineData("For = a", false)]
    [InlineData("for=\"a\\\"b\"", true)]
    [InlineData("for=a ; by=b", true)]
    [InlineData("", false)]
    [InlineData("for", false)]
    [InlineData("for=", false)]
    [InlineData("for=\"a", false)]
    [InlineData("for=\"a\\", false)]
    [InlineData("for=\"a\"b", false)]
    [InlineData("for=a,", false)]
    [InlineData("for=a;;by=b", false)]
    [InlineData("=a", false)]
    public void IsForwarded_knows_the_form(string value, bool expected) =>
        Assert.Equal(expected, ForwardedFields.IsForwarded(Encoding.ASCII.GetBytes(value)));

    private static string Pass(string fields, bool trusted)
    {
        var (bytes, head) = Heads.Request(fields);
        return Heads.Written((ref HeadWriter writer) =>
        {
            ForwardedFields.End(bytes, head.Fields, trusted);
            writer.Fields(bytes, head.Fields, default);
            ForwardedFields.Write(ref writer, bytes, head.Fields, new ForwardedHop("192.0.2.7"u8, head.Authority.Of(bytes), false, trusted));
        });
    }
}
