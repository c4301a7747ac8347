using System.Globalization;
using System.Text;
using Banyan.Wire.Fields;
using Banyan.Wire.Http2;

namespace Banyan.Wire.Tests.Http2;

/// <summary>
/// Plays a script against a client's session. Steps in upper case are frames of the server (<see cref="FrameScript"/>), those in lower case what the client does:
/// <c>get</c>, <c>head</c>, <c>post</c>, each opening the next stream; <c>write id n [end]</c>, <c>trail id</c>, <c>reset id</c>.
/// </summary>
internal sealed class ClientScript
{
    public ClientScript(Http2Limits? limits = null)
    {
        Log = new SessionLog();
        Session = new Http2ClientSession(limits ?? Http2Limits.Default, Log, new Http2Workspace());
        Log.Session = Session;
        Session.Receive(FrameScript.Frames("SETTINGS; SETTINGSACK"), 0);
        Log.TakeOutput();
        Log.Clear();
    }

    public SessionLog Log { get; }

    public int BytesAtOnce { get; init; } = int.MaxValue;

    public Http2ClientSession Session { get; }

    public string Play(string script) => FrameScript.Play(script, Log, BytesAtOnce, () => 0, Act);

    private void Act(string[] words)
    {
        var id = words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;
        switch (words[0])
        {
            case "get" or "head" or "post":
                var stream = Session.Open();
                Log.Streams[stream.Id] = stream;
                Session.BeginHead(stream, Encoding.ASCII.GetBytes(words[0].ToUpperInvariant()), secure: false, "a.test"u8, "/p"u8);
                Session.EndHead(words[0] != "post");
                break;
            case "write":
                Session.SendData(Log.Streams[id], new byte[int.Parse(words[2], CultureInfo.InvariantCulture)], words.Contains("end"));
                break;
            case "trail":
                var trailers = new FieldTable();
                trailers.Add(0, 3, 3, 1, FieldId.Unknown);
                Session.SendTrailers(Log.Streams[id], "sum1"u8, trailers);
                break;
            case "reset":
                Session.Reset(Log.Streams[id], Http2ErrorCode.Cancel);
                break;
            default:
                throw new ArgumentException($"A client does not '{words[0]}'. See ClientScript for what it does.");
        }
    }
}
