using Banyan.Grpc.Protocol;
using FsCheck;
using FsCheck.Fluent;

namespace Banyan.Grpc.Tests;

/// <summary>The codings of single headers.</summary>
public sealed class ProtocolTests
{
    [Fact]
    public void Timeout_read_back_is_never_shorter_and_hardly_longer() =>
        Prop.ForAll(ArbMap.Default.ArbFor<long>(), ticks =>
        {
            var timeout = new TimeSpan(Math.Abs(ticks % TimeSpan.FromDays(3_000_000).Ticks));
            var text = GrpcTimeout.Format(timeout);

            Assert.True(GrpcTimeout.TryParse(text, out var back), text);
            Assert.InRange(text.Length, 2, 9);
            Assert.True(back >= timeout, text);
            Assert.True((back - timeout).Ticks <= Math.Max(TimeSpan.TicksPerMicrosecond, timeout.Ticks / 10_000), $"{timeout} became {text}");
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1H", 3600_000_000)]
    [InlineData("2M", 120_000_000)]
    [InlineData("3S", 3_000_000)]
    [InlineData("4m", 4_000)]
    [InlineData("5u", 5)]
    [InlineData("6000n", 6)]
    [InlineData("99999999S", 99_999_999_000_000)]
    public void Timeout_units_mean_what_the_protocol_says(string text, long microseconds)
    {
        Assert.True(GrpcTimeout.TryParse(text, out var timeout));
        Assert.Equal(TimeSpan.FromMicroseconds(microseconds), timeout);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData(" 1S")]
    [InlineData("+1S")]
    [InlineData("1.5S")]
    [InlineData("123456789S")]
    [InlineData("1S ")]
    public void Timeout_of_another_form_is_refused(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Fact]
    public void Percent_coding_comes_back_and_is_printable() =>
        Prop.ForAll<string?>(text =>
        {
            text = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text ?? string.Empty)); // no lone surrogates
            var coded = PercentCoding.Encode(text);

            Assert.True(coded.All(c => c is >= ' ' and <= '~'), coded);
            Assert.Equal(text, PercentCoding.Decode(coded));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("100%", "100%")]
    [InlineData("%zz", "%zz")]
    [InlineData("%4", "%4")]
    [InlineData("%41%", "A%")]
    [InlineData("%c3%A4", "ä")]
    public void Percent_coding_leaves_what_is_malformed(string coded, string text) => Assert.Equal(text, PercentCoding.Decode(coded));

    [Fact]
    public void Binary_metadata_comes_back_with_and_without_padding() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            bytes ??= [];
            var padded = Convert.ToBase64String(bytes);

            Assert.True(MetadataCoding.TryDecode(padded, out var one));
            Assert.True(MetadataCoding.TryDecode(padded.TrimEnd('='), out var two));
            Assert.Equal(bytes, one);
            Assert.Equal(bytes, two);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Binary_metadata_joined_by_commas_is_several_values()
    {
        var metadata = new GrpcMetadata();

        MetadataCoding.AddReceived(metadata, "X-Raw-Bin", "AAE,Ag==, AwQF");

        Assert.Equal(["000102030405", "3"], [string.Concat(metadata.Select(e => Convert.ToHexString(e.Bytes))), $"{metadata.Count}"]);
        Assert.Equal([3, 4, 5], metadata.GetBytes("x-raw-bin"));
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AAAAA")]
    [InlineData("A*==")]
    public void Binary_metadata_that_is_not_base64_is_an_error(string value) =>
        Assert.Equal(StatusCode.Internal, Assert.Throws<GrpcException>(() => MetadataCoding.AddReceived(new GrpcMetadata(), "x-bin", value)).StatusCode);

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData(":path")]
    [InlineData("grpc-timeout")]
    [InlineData("grpc-anything")]
    [InlineData("content-type")]
    [InlineData("TE")]
    [InlineData("x-bin")]
    public void Metadata_key_that_cannot_be_sent_as_text_is_refused(string key) => Assert.Throws<ArgumentException>(() => new GrpcMetadata().Add(key, "v"));

    [Theory]
    [InlineData("ä")]
    [InlineData("a\nb")]
    [InlineData("\0")]
    [InlineData("\u007f")]
    public void Metadata_text_outside_printable_ascii_is_refused(string value) => Assert.Throws<ArgumentException>(() => new GrpcMetadata().Add("x", value));

    [Fact]
    public void Metadata_bytes_need_a_binary_key() => Assert.Throws<ArgumentException>(() => new GrpcMetadata().Add("x", new byte[1]));

    [Fact]
    public void Metadata_keeps_order_and_finds_by_any_case()
    {
        var metadata = new GrpcMetadata { { "X-One", "1" }, { "x-two", "2" }, { "x-one", "3" } };

        Assert.Equal(["x-one: 1", "x-two: 2", "x-one: 3"], metadata.Select(e => e.ToString()));
        Assert.Equal("3", metadata.GetValue("X-ONE"));
        Assert.Equal(["1", "3"], metadata.GetValues("x-One"));
        Assert.Null(metadata.GetValue("x-three"));
    }

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("Application/GRPC; charset=utf-8", true)]
    [InlineData("application/grpc+json", false)]
    [InlineData("application/grpc-web", false)]
    [InlineData("application/json", false)]
    [InlineData(null, false)]
    public void ContentType_decides_what_is_a_call(string? type, bool expected) => Assert.Equal(expected, GrpcHeaders.IsGrpcContentType(type));
}
