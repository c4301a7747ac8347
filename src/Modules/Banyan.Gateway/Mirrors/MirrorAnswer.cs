using Banyan.Gateway.Exchanges;
using Banyan.Wire;
using Banyan.Wire.Http1;

namespace Banyan.Gateway.Mirrors;

/// <summary>Reads the answer to a copy only to find its end, so that the connection can be used again. Pure; used for one answer after another.</summary>
internal sealed class MirrorAnswer(ExchangeServices services)
{
    private readonly ResponseHead _head = new();
    private KnownMethod _method;
    private ChunkedDecoder _chunks;
    private BodyCourse _body;
    private long _read;

    /// <summary>True once the final head was read.</summary>
    public bool HasHead { get; private set; }

    /// <summary>True when the connection can carry another request after this answer.</summary>
    public bool KeepsAlive { get; private set; }

    /// <summary>Begins anew.</summary>
    /// <param name="method">The method of the request.</param>
    public void Begin(KnownMethod method)
    {
        _head.Reset();
        _method = method;
        _body = default;
        _read = 0;
        HasHead = false;
        KeepsAlive = false;
    }

    /// <summary>Reads on.</summary>
    /// <param name="bytes">What came, what was left over first.</param>
    /// <param name="used">How many bytes are done with; what is behind the end of an answer is not.</param>
    public MirrorReading Read(ReadOnlySpan<byte> bytes, out int used)
    {
        used = 0;
        while (!HasHead)
        {
            switch (ResponseParser.Parse(bytes[used..], _head, _method, services.Limits))
            {
                case ParseStatus.Incomplete:
                    return MirrorReading.More;
                case ParseStatus.Refused:
                    return MirrorReading.Broken;
            }

            used += _head.Length;
            if (_head.IsInterim)
            {
                continue;
            }

            // Nobody asked for another protocol.
            if (_head.IsSwitch)
            {
                return MirrorReading.Broken;
            }

            HasHead = true;
            KeepsAlive = _head.KeepAlive;
            _chunks = new ChunkedDecoder(services.ChunkLimits);
            _body = _head.Framing switch
            {
                BodyFraming.Length => BodyCourse.OfLength(_head.ContentLength),
                BodyFraming.Chunked => BodyCourse.OfChunks(),
                BodyFraming.UntilClose => BodyCourse.ToTheEnd(),
                _ => default,
            };
        }

        var before = used;
        var reading = _body.Chunked ? ReadChunks(bytes, ref used) : ReadBytes(bytes, ref used);
        _read += used - before;
        return reading == MirrorReading.More && _read > MirrorCopies.MostAnswer ? MirrorReading.Enough : reading;
    }

    private MirrorReading ReadBytes(ReadOnlySpan<byte> bytes, ref int used)
    {
        used += _body.Take(bytes.Length - used);
        return _body.IsOpen ? MirrorReading.More : MirrorReading.Whole;
    }

    private MirrorReading ReadChunks(ReadOnlySpan<byte> bytes, ref int used)
    {
        while (true)
        {
            var step = _chunks.Read(bytes[used..], services.Trailers, out var taken, out _);
            used += taken;
            switch (step)
            {
                case ChunkStep.Data:
                    continue;
                case ChunkStep.End:
                    return MirrorReading.Whole;
                case ChunkStep.Refused:
                    return MirrorReading.Broken;
                default:
                    return MirrorReading.More;
            }
        }
    }
}
