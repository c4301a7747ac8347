using Banyan.Loops.Sockets;
using Banyan.Loops.Tests.Sockets;
using Banyan.Loops.Tls;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Tls;

/// <summary>Sessions resumed from tickets, our client against our server.</summary>
[Collection("tls")]
public sealed class ResumptionTests
{
    [Fact]
    public async Task Second_connection_resumes_and_each_one_after_it()
    {
        using var fixture = await TlsFixture.StartAsync();
        using var client = Client(fixture);

        Assert.Equal((false, true, true), (await EchoAsync(fixture, client), await EchoAsync(fixture, client), await EchoAsync(fixture, client)));
        Assert.Equal((3, 2), (fixture.Context.Counts.Handshakes, fixture.Context.Counts.Resumed));
    }

    [Fact]
    public async Task Session_is_resumed_by_another_context_with_the_same_keys_and_not_without()
    {
        var keys = new TicketKeys(TimeProvider.System);
        using var fixture = await TlsFixture.StartAsync(authority => new TlsServerOptions { Certificates = [authority.Issue("pets.example")], Tickets = keys });
        using var client = Client(fixture);
        await EchoAsync(fixture, client);

        using var first = fixture.Context;
        fixture.Context = new TlsServerContext(new TlsServerOptions { Certificates = [fixture.Authority.Issue("pets.example")], Tickets = keys });
        Assert.True(await EchoAsync(fixture, client));

        using var second = fixture.Context;
        fixture.Context = new TlsServerContext(new TlsServerOptions { Certificates = [fixture.Authority.Issue("pets.example")] });
        Assert.False(await EchoAsync(fixture, client));
    }

    [Fact]
    public async Task Ticket_is_good_for_two_rotations_of_its_key_and_no_more()
    {
        var keys = new TicketKeys(TimeProvider.System);
        using var fixture = await TlsFixture.StartAsync(authority => new TlsServerOptions { Certificates = [authority.Issue("pets.example")], Tickets = keys });
        using var client = Client(fixture);
        await EchoAsync(fixture, client);

        keys.Rotate();
        keys.Rotate();
        Assert.True(await EchoAsync(fixture, client));
        keys.Rotate();
        keys.Rotate();
        keys.Rotate();
        Assert.False(await EchoAsync(fixture, client));
    }

    [Fact]
    public async Task Session_for_a_server_chosen_by_name_is_resumed()
    {
        using var fixture = await TlsFixture.StartAsync(authority => new TlsServerOptions { Certificates = [authority.Issue("default.example"), authority.Issue("pets.example")] });
        using var client = Client(fixture);

        Assert.Equal((false, true), (await EchoAsync(fixture, client), await EchoAsync(fixture, client)));
    }

    [Fact]
    public async Task Session_with_a_client_certificate_is_resumed_and_keeps_it()
    {
        using var fixture = await TlsFixture.StartAsync(authority => new TlsServerOptions
        {
            Certificates = [authority.Issue("pets.example")],
            ClientCertificates = ClientCertificates.Required,
            ClientAuthoritiesPem = authority.Pem,
        });
        using var client = new TlsClientContext(new TlsClientOptions { AuthoritiesPem = fixture.Authority.Pem, Certificate = fixture.Authority.Issue("client-7") });

        await EchoAsync(fixture, client);
        Assert.True(await EchoAsync(fixture, client, stream => Assert.Equal("CN=client-7", stream.PeerCertificate()!.Subject)));
    }

    [Fact]
    public void Keys_rotate_when_their_time_has_come()
    {
        var clock = new ManualClock();
        var keys = new TicketKeys(clock, TimeSpan.FromHours(1));
        var first = keys.Newest();
        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Same(first, keys.Newest());

        clock.Advance(TimeSpan.FromMinutes(1));
        var second = keys.Newest();

        Assert.NotSame(first, second);
        Assert.Same(first, keys.Find(first.Name, out var newest));
        Assert.False(newest);
        Assert.Same(second, keys.Find(second.Name, out newest));
        Assert.True(newest);
        Assert.Null(keys.Find(new byte[16], out _));
    }

    private static TlsClientContext Client(TlsFixture fixture) => new(new TlsClientOptions { AuthoritiesPem = fixture.Authority.Pem });

    /// <summary>One connection with one message and an end in order; whether it was resumed.</summary>
    private static async Task<bool> EchoAsync(TlsFixture fixture, TlsClientContext client, Action<TlsStream>? look = null)
    {
        var owner = new RecordingOwner();
        var running = fixture.Running;
        var stream = await running.On(() => client.Connect(running.Loop, fixture.Server.Listener.Address, "pets.example", owner));
        Assert.Equal(new ConnectOutcome(ConnectStatus.Connected), await owner.Outcome);
        await running.On(() => stream.Send("hello"u8));
        await Eventually.True(async () => await running.On(() => owner.Received.Length) == 5, "the echo");
        await running.On(() => look?.Invoke(fixture.Streams[^1]));
        await running.On(stream.Close);
        return stream.Resumed;
    }
}
