using System.Net.Security;

using Banyan.Loops.Portable;
using Banyan.Loops.Sockets;
using Banyan.Loops.TestHost;
using Banyan.Loops.Tests.Running;
using Banyan.Loops.Tests.Tls;
using Banyan.Loops.Tls;
using Banyan.Testing;

namespace Banyan.Loops.Tests.Sockets;

/// <summary>Connections opened, used and ended in any order: nothing is called after its end or left open.</summary>
[Collection("tls")]
public sealed class OpenCloseFuzzTests
{
    [Theory]
    [InlineData(11, false, false)]
    [InlineData(12, true, false)]
    [InlineData(14, false, true)]
    [InlineData(15, true, true)]
    public async Task Streams_in_any_order_of_calls_end_without_a_trace(int seed, bool unix, bool portable)
    {
        using var directory = new TempDirectory();
        using var running = new RunningLoop(portable: portable);
        var server = await EchoServer.StartAsync(running.Loop, unix ? LoopAddress.Unix(directory["echo"]) : null);
        await FuzzAsync(running, server, seed, owner => running.Loop.Connect(server.Listener.Address, owner));
    }

    [Fact]
    public async Task Streams_of_TLS_in_any_order_of_calls_end_without_a_trace()
    {
        var before = TlsContext.OpenStreams;
        using var authority = new TestAuthority();
        using var running = new RunningLoop();
        var server = await EchoServer.StartAsync(running.Loop);
        using var serverContext = new TlsServerContext(new TlsServerOptions { Certificates = [authority.Issue("pets.example")] });
        using var context = new TlsClientContext(new TlsClientOptions { AuthoritiesPem = authority.Pem });
        server.Wrap = serverContext.Accept;

        await FuzzAsync(running, server, 13, owner => context.Connect(running.Loop, server.Listener.Address, "pets.example", owner));

        await Eventually.True(() => TlsContext.OpenStreams == before, "all freed");
    }

    [Fact]
    public async Task Streams_of_portable_TLS_in_any_order_of_calls_end_without_a_trace()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.IssueX509(["pets.example"]);
        using var running = new RunningLoop(portable: true);
        var server = await EchoServer.StartAsync(running.Loop);
        server.Wrap = socket => PortableTls.Accept(socket, _ => new SslServerAuthenticationOptions { ServerCertificate = certificate });
        var options = new SslClientAuthenticationOptions { TargetHost = "pets.example", RemoteCertificateValidationCallback = static (_, _, _, _) => true };

        await FuzzAsync(running, server, 16, owner => PortableTls.Connect(running.Loop, server.Listener.Address, options, owner));
    }

    private static async Task FuzzAsync(RunningLoop running, EchoServer server, int seed, Func<IStreamOwner, LoopStream> connect)
    {
        var random = new Random(seed);
        var peers = new List<FuzzPeer>();

        // Where the loop is ahead of the system, many are given up before they are connected: then more are tried.
        for (var round = 0; round < 300 || (server.Total <= 100 && round < 100_000); round++)
        {
            await running.On(() =>
            {
                for (var i = 0; i < 10; i++)
                {
                    if (peers.Count < 40 && random.Next(3) == 0)
                    {
                        peers.Add(new FuzzPeer(connect, random));
                    }
                    else if (peers.Count > 0)
                    {
                        peers[random.Next(peers.Count)].Step();
                        peers.RemoveAll(p => p.Done);
                    }
                }
            });
        }

        await running.On(() => peers.ForEach(p => p.End()));
        await Eventually.True(async () => await running.On(() => server.Open) == 0 && running.Loop.Statistics.OpenDescriptors == 1, $"seed {seed}: everything closed");
        await Eventually.True(() => running.Loop.Blocks.Rented == 0, $"seed {seed}: every block is back");
        Assert.True(server.Total > 100);
    }

    private sealed class FuzzPeer : IStreamOwner
    {
        private static readonly byte[] Bytes = new byte[200_000];

        private readonly Random _random;
        private readonly LoopStream _stream;
        private bool _connected;

        public FuzzPeer(Func<IStreamOwner, LoopStream> connect, Random random)
        {
            _random = random;
            _stream = connect(this);
        }

        public bool Done { get; private set; }

        public void Step()
        {
            switch (_random.Next(12))
            {
                case 0:
                    End();
                    break;
                case 1:
                    _stream.Abort();
                    Done = true;
                    break;
                case 2 when _connected:
                    _stream.ShutdownSend();
                    break;
                case 3:
                    _stream.WantsRead = !_stream.WantsRead;
                    break;
                case 4:
                    _stream.ReadAgain();
                    break;
                case < 9 when _connected:
                    _stream.Send(Bytes.AsSpan(0, _random.Next(1, Bytes.Length)));
                    break;
                case 9 when _connected:
                    _stream.Send(Bytes.AsSpan(0, 10), Bytes.AsSpan(0, _random.Next(1, Bytes.Length)));
                    break;
                default:
                    _stream.Receive(_stream.Loop.ReceiveBuffer);
                    break;
            }
        }

        public void End()
        {
            _stream.Close();
            _stream.Close();
            Done = true;
        }

        public void OnConnected(LoopStream stream, in ConnectOutcome outcome)
        {
            NotDone();
            Assert.False(_connected);
            _connected = outcome.Status == ConnectStatus.Connected;
        }

        public void OnReadable(LoopStream stream)
        {
            NotDone();
            var result = stream.Receive(stream.Loop.ReceiveBuffer);
            if (result.Status is IoStatus.End or IoStatus.Failed)
            {
                End();
            }
            else if (result.Status == IoStatus.Done)
            {
                stream.ReadAgain();
            }
        }

        public void OnWritable(LoopStream stream) => NotDone();

        public void OnHangUp(LoopStream stream)
        {
            NotDone();
            End();
        }

        public void OnFault(LoopStream stream, Exception fault) => End();

        private void NotDone()
        {
            if (Done)
            {
                throw new InvalidOperationException("A stream called its owner after its end.");
            }
        }
    }
}
