using System.Text;
using Banyan.Testing.Corpus;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.Paths;

namespace Banyan.Wire.Tests.Support;

/// <summary>Reads one message from pieces of bytes as a server would: keeps what was not consumed, asks again with more. Gives the verdict as the corpus writes it.</summary>
internal sealed class MessageReading(string? request)
{
    private readonly RequestHead _request = new();
    private readonly ResponseHead _response = new();
    private readonly FieldTable _trailers = new();
    private readonly StringBuilder _summary = new();
    private readonly StringBuilder _body = new();
    private readonly KnownMethod _method = KnownMethods.Identify(Encoding.ASCII.GetBytes(request ?? string.Empty));
    private byte[] _buffer = [];
    private ChunkedDecoder _chunks = new(ChunkLimits.Default);
    private BodyFraming _framing;
    private long _left;
    private bool _inBody;
    private string? _verdict;

    /// <summary>The verdict after all bytes of the case, given in pieces that end at the cuts.</summary>
    public static string Of(CorpusCase message, params ReadOnlySpan<int> cuts) => Of(message.Request, message.Bytes, cuts);

    /// <inheritdoc cref="Of(CorpusCase, ReadOnlySpan{int})"/>
    public static string Of(string? request, ReadOnlySpan<byte> bytes, params ReadOnlySpan<int> cuts)
    {
        var reading = new MessageReading(request);
        var start = 0;
        foreach (var cut in cuts)
        {
            reading.Take(bytes[start..cut]);
            start = cut;
        }

        reading.Take(bytes[start..]);
        return reading.End();
    }

    /// <summary>Takes the next piece.</summary>
    public void Take(ReadOnlySpan<byte> piece)
    {
        // A copy of exact size each time: a read beyond the end, or an offset kept into the old bytes, shows.
        _buffer = [.. _buffer, .. piece];
        if (_verdict is null && !_inBody)
        {
            TakeHead();
        }

        if (_verdict is null && _inBody)
        {
            TakeBody();
        }
    }

    private string End()
    {
        if (_verdict is null && _inBody && _framing == BodyFraming.UntilClose)
        {
            _body.Append(Encoding.Latin1.GetString(_buffer));
            _buffer = [];
            Accept();
        }

        return _verdict is null ? "incomplete" : _verdict + (_verdict.StartsWith("refused", StringComparison.Ordinal) || _buffer.Length == 0 ? "" : $" rest={_buffer.Length}");
    }

    private void TakeHead()
    {
        var status = request is null
            ? RequestParser.Parse(_buffer, _request, HeadLimits.Default)
            : ResponseParser.Parse(_buffer, _response, _method, HeadLimits.Default);
        if (status == ParseStatus.Refused)
        {
            Refuse(WireFaults.Describe(request is null ? _request.Fault : _response.Fault));
        }
        else if (status == ParseStatus.Complete)
        {
            if (request is null)
            {
                Summarise(_request);
            }
            else
            {
                Summarise(_response);
            }
        }
    }

    private void TakeBody()
    {
        switch (_framing)
        {
            case BodyFraming.None:
                Accept();
                break;
            case BodyFraming.Length:
                var length = (int)Math.Min(_left, _buffer.Length);
                _body.Append(Encoding.Latin1.GetString(_buffer, 0, length));
                Consume(length);
                _left -= length;
                if (_left == 0)
                {
                    Accept();
                }

                break;
            case BodyFraming.Chunked:
                TakeChunks();
                break;
        }
    }

    private void TakeChunks()
    {
        while (true)
        {
            var step = _chunks.Read(_buffer, _trailers, out var consumed, out var data);
            _body.Append(Encoding.Latin1.GetString(data.Of(_buffer)));
            switch (step)
            {
                case ChunkStep.End:
                    var names = Names(_buffer, _trailers, false);
                    var ended = Names(_buffer, _trailers, true);
                    Consume(consumed);
                    Accept(names, ended);
                    return;
                case ChunkStep.Refused:
                    Refuse(WireFaults.Describe(_chunks.Fault));
                    return;
                case ChunkStep.NeedMore:
                    Consume(consumed);
                    return;
                default:
                    Consume(consumed);
                    break;
            }
        }
    }

    private void Summarise(RequestHead head)
    {
        _summary.Append("accepted ").Append(Text(head.MethodText)).Append(' ').Append(Text(head.Target)).Append(" at ").Append(head.Authority.IsEmpty ? "-" : Text(head.Authority));
        Add(head.TargetForm != TargetForm.Origin, $" as {head.TargetForm.ToString().ToLowerInvariant()}");
        Add(head.IsServerWide, " server-wide");
        if (head.TargetForm is TargetForm.Origin or TargetForm.Absolute)
        {
            var raw = head.PathOf(_buffer);
            var fault = PathNormaliser.Normalise(raw, new byte[raw.Length], PathOptions.Default, out var normal);
            if (fault != PathFault.None)
            {
                Refuse(PathFaults.Describe(fault));
                return;
            }

            Add(!normal.SequenceEqual(raw), $" path {Encoding.ASCII.GetString(normal)}");
        }

        Add(head.Version == HttpRelease.Http10, " 1.0");
        Add(!head.KeepAlive, " close");
        Add(head.ExpectContinue, " expects");
        Add(head.AcceptsTrailers, " takes-trailers");
        Add(!head.Upgrade.IsEmpty, $" upgrade={Text(head.Upgrade)}");
        Finish(head.Fields, head.Framing, head.ContentLength, head.Length);
    }

    private void Summarise(ResponseHead head)
    {
        _summary.Append("accepted ").Append(head.Status).Append(head.Reason.IsEmpty ? "" : " ").Append(Text(head.Reason));
        Add(head.Version == HttpRelease.Http10, " 1.0");
        Add(!head.KeepAlive, " close");
        Add(head.IsSwitch, " switch");
        Finish(head.Fields, head.Framing, head.ContentLength, head.Length);
    }

    private void Finish(FieldTable fields, BodyFraming framing, long length, int headLength)
    {
        var pass = Names(_buffer, fields, false);
        var end = Names(_buffer, fields, true);
        Add(pass.Length > 0, $" pass={pass}");
        Add(end.Length > 0, $" end={end}");
        Add(length >= 0, $" length={length}");
        Add(framing == BodyFraming.Chunked, " chunked");
        Add(framing == BodyFraming.UntilClose, " until-close");
        _framing = framing;
        _left = length;
        _inBody = true;
        Consume(headLength);
    }

    private static string Names(byte[] bytes, FieldTable fields, bool hop)
    {
        var names = Enumerable.Range(0, fields.Count)
            .Select(i => fields[i])
            .Where(field => field.IsHop == hop && (hop || field.Id is not (FieldId.Host or FieldId.ContentLength)))
            .Select(field => Visible(Encoding.Latin1.GetString(field.Name.Of(bytes))))
            .ToArray();
        return names.Length > 10 ? $"{names.Length} fields" : string.Join(',', names);
    }

    private void Accept(string trailers = "", string ended = "")
    {
        Add(_body.Length > 0, $" body=\"{Visible(_body.ToString())}\"");
        Add(trailers.Length > 0, $" trailers={trailers}");
        Add(ended.Length > 0, $" trailers-end={ended}");
        _verdict = _summary.ToString();
    }

    private void Refuse(FaultText fault) => _verdict = $"refused {fault.Name} {(request is null ? fault.Status : 502)}";

    private void Consume(int count) => _buffer = _buffer[count..];

    private void Add(bool condition, string text) => _summary.Append(condition ? text : string.Empty);

    private string Text(Slice slice) => Visible(Encoding.Latin1.GetString(slice.Of(_buffer)));

    // As the corpus writes it; what is long by its beginning and its length.
    private static string Visible(string text)
    {
        var written = new StringBuilder();
        foreach (var c in text.Length > 100 ? text[..20] : text)
        {
            written.Append(c switch
            {
                '\r' => "\\r",
                '\n' => "\\n",
                '\t' => "\\t",
                '\\' => "\\\\",
                < ' ' or > '~' => $"\\x{(int)c:x2}",
                _ => c.ToString(),
            });
        }

        return text.Length > 100 ? $"{written}…{text.Length}" : written.ToString();
    }
}
