using System.Text;
using Banyan.Wire.Tests.Support;
using Banyan.Wire.WebSockets;

namespace Banyan.Wire.Tests.WebSockets;

public sealed class WebSocketTests
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    [Fact]
    public void Accept_of_the_example_of_RFC_6455_is_as_there()
    {
        var accept = new byte[WebSocketHandshake.AcceptLength];

        WebSocketHandshake.WriteAccept(Encoding.ASCII.GetBytes(Key), accept);

        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Encoding.ASCII.GetString(accept));
    }

    [Theory]
    [InlineData(Key, true)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==", true)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAA=", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAA", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAA", false)]
    [InlineData("!AAAAAAAAAAAAAAAAAAAAA==", false)]
    [InlineData("dGhl IHNhbXBsZSBub25jZQ==", false)]
    [InlineData("", false)]
    public void IsKey_is_16_bytes_in_base64(string key, bool expected) => Assert.Equal(expected, WebSocketHandshake.IsKey(Encoding.ASCII.GetBytes(key)));

    [Fact]
    public void Accept_of_what_is_longer_than_a_key_is_not_written() =>
        Assert.Throws<ArgumentException>(() => WebSocketHandshake.WriteAccept(new byte[WebSocketHandshake.KeyLength + 1], new byte[WebSocketHandshake.AcceptLength]));

    [Fact]
    public void WriteKey_writes_what_IsKey_takes()
    {
        var key = new byte[WebSocketHandshake.KeyLength];

        WebSocketHandshake.WriteKey("the sample nonce"u8, key);

        Assert.Equal(Key, Encoding.ASCII.GetString(key));
    }

    [Theory]
    [InlineData("GET", "13", Key, true)]
    [InlineData("POST", "13", Key, false)]
    [InlineData("GET", "8", Key, false)]
    [InlineData("GET", "13", "short", false)]
    [InlineData("GET", "13\r\nSec-WebSocket-Version: 8", Key, false)]
    [InlineData("GET", "13", Key + "\r\nSec-WebSocket-Key: " + Key, false)]
    public void IsValid_checks_method_version_and_key(string method, string version, string key, bool expected)
    {
        var (bytes, head) = Heads.Request($"Connection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: {version}\r\nSec-WebSocket-Key: {key}\r\n", $"{method} / HTTP/1.1");

        Assert.True(WebSocketHandshake.IsAsked(bytes, head));
        Assert.Equal(expected, WebSocketHandshake.IsValid(bytes, head));
    }

    [Theory]
    [InlineData("Upgrade: h2c\r\nConnection: Upgrade\r\n")]
    [InlineData("Upgrade: websocket\r\n")]
    public void IsAsked_is_about_websocket_only(string fields)
    {
        var (bytes, head) = Heads.Request(fields);

        Assert.False(WebSocketHandshake.IsAsked(bytes, head));
    }

    [Theory]
    [InlineData("101 x", "websocket", "Upgrade", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", true)]
    [InlineData("101 x", "WebSocket", "keep-alive, upgrade", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", true)]
    [InlineData("200 x", "websocket", "Upgrade", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", false)]
    [InlineData("101 x", "h2c", "Upgrade", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", false)]
    [InlineData("101 x", "websocket", "close", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", false)]
    [InlineData("101 x", "websocket", "Upgrade", "S3pPLMBiTxaQ9kYGzzhZRbK+xOo=", false)]
    public void IsAccepted_checks_the_whole_answer(string status, string upgrade, string connection, string accept, bool expected)
    {
        var (bytes, head) = Heads.Answer($"HTTP/1.1 {status}\r\nUpgrade: {upgrade}\r\nConnection: {connection}\r\nSec-WebSocket-Accept: {accept}\r\n\r\n");

        Assert.Equal(expected, WebSocketHandshake.IsAccepted(bytes, head, Encoding.ASCII.GetBytes(Key)));
    }

    [Fact]
    public void Close_frame_to_a_client_is_plain()
    {
        var frame = new byte[CloseFrame.MaxLength];

        var length = CloseFrame.Write(frame, CloseFrame.GoingAway, "bye"u8);

        Assert.Equal("880503E9627965", Convert.ToHexString(frame, 0, length));
    }

    [Fact]
    public void Close_frame_to_a_server_is_masked()
    {
        var frame = new byte[CloseFrame.MaxLength];

        var length = CloseFrame.Write(frame, CloseFrame.GoingAway, "bye"u8, 0x01020304);

        Assert.Equal("88850102030402EB617D64", Convert.ToHexString(frame, 0, length));
    }

    [Fact]
    public void Close_frame_holds_at_most_123_bytes_of_reason()
    {
        var frame = new byte[CloseFrame.MaxLength];

        Assert.Equal(CloseFrame.MaxLength, CloseFrame.Write(frame, 1000, new byte[123], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CloseFrame.Write(frame, 1000, new byte[124]));
        Assert.Throws<ArgumentOutOfRangeException>(() => CloseFrame.Write(frame, 999, []));
    }
}
