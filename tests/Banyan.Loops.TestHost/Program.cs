using System.Net;
using System.Net.Sockets;

using Banyan.Loops;
using Banyan.Loops.Passing;
using Banyan.Loops.Sockets;
using Banyan.Loops.TestHost;
using Banyan.Loops.Tls;

// A process of its own for what a test cannot do in the one it runs in: to run out of descriptors, and to take over a listener.
//   echo           listens, says where, and echoes
//   tls CHAIN KEY  the same over TLS with this certificate
//   adopt PATH     takes the listener over that comes through the Unix socket at PATH
// Each line it reads asks how it stands; it ends when its input ends.
using var loop = new EventLoop(0, new LoopOptions { OnFault = (_, fault) => Console.WriteLine($"fault {fault}") });
loop.Start();
EchoServer server;
if (args[0] == "adopt")
{
    using var channel = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    channel.Connect(new UnixDomainSocketEndPoint(args[1]));
    var descriptors = new int[4];
    var (count, bytes) = DescriptorChannel.Receive(channel, descriptors, new byte[16]);
    Console.WriteLine($"received {count} descriptors with {bytes} bytes");
    server = await EchoServer.AdoptAsync(loop, descriptors[0]);
}
else
{
    server = await EchoServer.StartAsync(loop, LoopAddress.Of(IPAddress.Loopback, 0));
    if (args[0] == "tls")
    {
        var context = new TlsServerContext(new TlsServerOptions { Certificates = [TlsCertificate.FromPemFiles(args[1], args[2])] });
        server.Wrap = context.Accept;
    }
}

// Once before it is asked: without a descriptor no assembly that this needs could be loaded.
server.Pauses.Enqueue((0, TimeSpan.Zero));
_ = await StateAsync(0);
server.Pauses.TryDequeue(out _);

Console.WriteLine($"listening {server.Endpoint.Port}.");
for (var line = 1; Console.ReadLine() is not null; line++)
{
    Console.WriteLine(await StateAsync(line));
}

async Task<string> StateAsync(int line)
{
    var (open, turns) = await loop.RunAsync(() => (server.Open, loop.Statistics.Turns));
    var errors = string.Join(' ', server.Pauses.Select(p => p.Error).Distinct());
    return $"state {line}: open {open}, turns {turns}, pauses {server.Pauses.Count}, shed {server.Native.Shed}, errors {errors}.";
}
