using System.Net.Security;
using System.Text;

using Banyan.Loops.Tests.Running;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Tls;

/// <summary>What is not a handshake, or only part of one.</summary>
[Collection("tls")]
public sealed class BadHandshakeTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: pets.example\r\n\r\n", "http request")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "wrong version number")]
    [InlineData("\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000", "wrong version number")]
    public async Task Bytes_of_another_protocol_fail_with_the_reason(string text, string reason)
    {
        using var fixture = await TlsFixture.StartAsync();
        using var client = await RawClient.ConnectAsync(fixture.Server.Endpoint);

        await client.SendAllAsync(Encoding.Latin1.GetBytes(text));

        await Eventually.True(() => fixture.Server.Total == 1 && fixture.Server.Open == 0, "closed");
        Assert.Equal(reason, fixture.Streams[0].Failure);
        Assert.Equal([Errno.Protocol], fixture.Server.Errors);
        Assert.Equal(1, fixture.Context.Counts.Failed);
        Assert.Equal(0, fixture.Open);
    }

    [Fact]
    public async Task Client_hello_cut_at_every_byte_ends_without_a_trace()
    {
        using var fixture = await TlsFixture.StartAsync();
        var hello = await ClientHelloAsync();
        for (var length = 0; length < hello.Length; length++)
        {
            using var client = await RawClient.ConnectAsync(fixture.Server.Endpoint);
            await client.SendAllAsync(hello.AsMemory(0, length));
            if (length % 2 == 0)
            {
                client.Close();
            }
            else
            {
                client.Reset();
            }
        }

        await Eventually.True(() => fixture.Server.Total == hello.Length && fixture.Server.Open == 0, "all closed");
        Assert.Equal(0, fixture.Open);
        Assert.Equal(0, fixture.Context.Counts.Handshakes);
    }

    [Fact]
    public async Task Client_hello_sent_byte_by_byte_is_served()
    {
        using var fixture = await TlsFixture.StartAsync();
        using var socket = await RawClient.ConnectAsync(fixture.Server.Endpoint);
        socket.NoDelay = true;
        await using var client = new SslStream(new ByteByByteStream(socket), false, (_, _, _, _) => true);

        await client.AuthenticateAsClientAsync("pets.example");

        await TlsFixture.EchoAsync(client, "hello"u8.ToArray());
    }

    [Fact]
    public async Task Client_hello_with_flipped_bytes_never_takes_the_loop_down()
    {
        const int Seed = 20;
        using var fixture = await TlsFixture.StartAsync();
        var random = new Random(Seed);
        var hello = await ClientHelloAsync();
        for (var i = 0; i < 500; i++)
        {
            var bytes = hello.ToArray();
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            using var client = await RawClient.ConnectAsync(fixture.Server.Endpoint);
            await client.SendAllAsync(bytes);
        }

        await Eventually.True(() => fixture.Server.Total == 500 && fixture.Server.Open == 0, $"seed {Seed}: all closed");
        await using var good = await fixture.ClientAsync();
        await TlsFixture.EchoAsync(good, "hello"u8.ToArray());
    }

    /// <summary>The first bytes the framework's client sends.</summary>
    private static async Task<byte[]> ClientHelloAsync()
    {
        var recorded = new RecordingStream();
        await using var client = new SslStream(recorded);
        await Assert.ThrowsAnyAsync<IOException>(() => client.AuthenticateAsClientAsync("pets.example"));
        Assert.True(recorded.Written.Length > 100);
        return recorded.Written.ToArray();
    }
}
