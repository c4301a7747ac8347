using System.Globalization;
using System.Text;
using Banyan.Wire.Fields;
using Banyan.Wire.Http2;

namespace Banyan.Wire.Tests.Http2;

/// <summary>
/// Plays a script against a server's session. Steps in upper case are frames of the client (<see cref="FrameScript"/>), those in lower case what the server does:
/// <c>answer id [end]</c>, <c>interim id</c>, <c>write id n [end]</c>, <c>trail id</c>, <c>reset id</c>, <c>take id n</c>, <c>drain</c>, <c>enddrain</c>, <c>tick ms</c>.
/// </summary>
internal sealed class ServerScript
{
    private long _now = 1_000;

    public ServerScript(Http2Limits? limits = null, bool connectProtocol = false, bool begun = true)
    {
        Log = new SessionLog();
        Session = new Http2ServerSession(limits ?? Http2Limits.Default, Log, new Http2Workspace(), connectProtocol);
        Log.Session = Session;
        if (begun)
        {
            Session.Receive(Http2ServerSession.Preface, _now);
            Session.Receive(FrameScript.Frames("SETTINGS; SETTINGSACK"), _now);
            Log.TakeOutput();
            Log.Clear();
        }
    }

    /// <summary>Into portions of how many bytes the client's frames are split.</summary>
    public int BytesAtOnce { get; init; } = int.MaxValue;

    public SessionLog Log { get; }

    public Http2ServerSession Session { get; }

    /// <summary>What happened, and what was sent after each step.</summary>
    public string Play(string script) => FrameScript.Play(script, Log, BytesAtOnce, () => _now, Act);

    private void Act(string[] words)
    {
        var id = words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;
        var ends = words.Contains("end");
        switch (words[0])
        {
            case "answer":
                Session.BeginHead(Log.Streams[id], 200);
                Session.EndHead(ends);
                break;
            case "interim":
                Session.BeginHead(Log.Streams[id], 103);
                Session.EndHead(endStream: false);
                break;
            case "write":
                Session.SendData(Log.Streams[id], new byte[int.Parse(words[2], CultureInfo.InvariantCulture)], ends);
                break;
            case "trail":
                var trailers = new FieldTable();
                trailers.Add(0, 11, 11, 1, FieldId.Unknown);
                Session.SendTrailers(Log.Streams[id], "grpc-status0"u8, trailers);
                break;
            case "reset":
                Session.Reset(Log.Streams[id], Http2ErrorCode.Cancel);
                break;
            case "take":
                Session.Consumed(Log.Streams[id], int.Parse(words[2], CultureInfo.InvariantCulture));
                break;
            case "drain":
                Session.BeginDrain();
                break;
            case "enddrain":
                Session.EndDrain();
                break;
            case "tick":
                _now += id;
                break;
            default:
                throw new ArgumentException($"A server does not '{words[0]}'. See ServerScript for what it does.");
        }
    }
}
