using System.IO.Pipelines;
using Banyan.Grpc.Framing;
using Banyan.Test.V1;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;

namespace Banyan.Grpc.Tests;

/// <summary>Both readers of frames: whatever the pieces the bytes arrive in, the same messages come out; garbage ends in a status, never in a crash, a stall or a large buffer.</summary>
public sealed class FramingTests
{
    private const int Limit = 100_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Readers_give_what_was_written_however_it_is_cut(bool compressed) =>
        Prop.ForAll<byte[][], int>((payloads, seed) =>
        {
            var messages = payloads.Select(p => new EchoRequest { Payload = ByteString.CopyFrom(p ?? []) }).ToList();
            using var buffer = new PooledBuffer(16);
            var encoder = new MessageEncoder(Limit, compressed ? 4 : null);
            messages.ForEach(m => encoder.Write(buffer, m));
            var bytes = buffer.Memory.ToArray();

            Assert.Equal(messages, ReadStream(bytes, seed, compressed).GetAwaiter().GetResult().Messages);
            Assert.Equal(messages, ReadPipe(bytes, seed, compressed).GetAwaiter().GetResult().Messages);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Readers_agree_on_garbage_and_end()
    {
        var random = new Random(77);
        for (var round = 0; round < 3000; round++)
        {
            var bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            for (var i = 0; i + 5 <= bytes.Length; i += random.Next(5, 40))
            {
                // Mostly believable headers, or nothing would ever get past the first byte.
                bytes[i] = (byte)random.Next(0, 2);
                bytes[i + 1] = bytes[i + 2] = bytes[i + 3] = 0;
                bytes[i + 4] = (byte)random.Next(0, 40);
            }

            var gzip = round % 2 == 0;
            var stream = await ReadStream(bytes, round, gzip);
            var pipe = await ReadPipe(bytes, round, gzip);

            Assert.Equal(stream.Messages, pipe.Messages);
            Assert.Equal(stream.Error?.Status, pipe.Error?.Status);
        }
    }

    [Fact]
    public async Task StreamReader_does_not_buffer_on_the_word_of_a_header()
    {
        byte[] lie = [0, 0x3f, 0xff, 0xff, 0xff, 1, 2, 3];
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var reader = new StreamMessageReader<EchoRequest>(new MessageDecoder<EchoRequest>(EchoRequest.Parser, int.MaxValue, gzip: false));

        var error = await Assert.ThrowsAsync<GrpcException>(async () => await NextAsync(reader, new MemoryStream(lie)));

        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void Encoder_refuses_a_message_over_the_limit()
    {
        using var buffer = new PooledBuffer(16);
        var encoder = new MessageEncoder(10, compressFrom: null);

        var error = Assert.Throws<GrpcException>(() => encoder.Write(buffer, new EchoRequest { Text = "longer than ten" }));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal(0, buffer.Length);
    }

    private static MessageDecoder<EchoRequest> Decoder(bool gzip) => new(EchoRequest.Parser, Limit, gzip);

    private static async Task<(List<EchoRequest> Messages, GrpcException? Error)> ReadStream(byte[] bytes, int seed, bool gzip)
    {
        using var reader = new StreamMessageReader<EchoRequest>(Decoder(gzip));
        var stream = new PiecewiseStream(bytes, new Random(seed));
        return await DrainAsync(() => NextAsync(reader, stream));
    }

    private static async ValueTask<EchoRequest?> NextAsync(StreamMessageReader<EchoRequest> reader, Stream stream)
    {
        do
        {
            if (reader.TryRead(out var message))
            {
                return message;
            }
        }
        while (reader.Commit(await stream.ReadAsync(reader.Prepare())));

        return null;
    }

    private static async Task<(List<EchoRequest> Messages, GrpcException? Error)> ReadPipe(byte[] bytes, int seed, bool gzip)
    {
        var pipe = PipeReader.Create(new PiecewiseStream(bytes, new Random(seed)), new StreamPipeReaderOptions(bufferSize: 64, minimumReadSize: 1));
        var reader = new PipeMessageReader<EchoRequest>(pipe, Decoder(gzip), CancellationToken.None);
        return await DrainAsync(() => reader.ReadAsync());
    }

    private static async Task<(List<EchoRequest> Messages, GrpcException? Error)> DrainAsync(Func<ValueTask<EchoRequest?>> read)
    {
        var messages = new List<EchoRequest>();
        try
        {
            while (await read() is { } message)
            {
                messages.Add(message);
            }

            return (messages, null);
        }
        catch (GrpcException e)
        {
            return (messages, e);
        }
    }

    private sealed class PiecewiseStream(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, 12))], cancellationToken);
    }
}
