using Banyan.Wire.Tests.Http2;

namespace Banyan.Wire.Tests.Fuzzing;

/// <summary>What a server of HTTP/2 sends to a client that asked four times.</summary>
internal sealed class ClientSessionTarget : IFuzzTarget
{
    public static FuzzInput[] Seeds { get; } =
    [
        .. SessionReading.Scripts("Http2ClientCases.txt"),
        .. new[]
        {
            "OK 1 ES", "HEADERS 1 :status=103; HEADERS 1 ES :status=204", "HEADERS 1 NOEH :status=200; CONT 1 a=b; CONT 1 EH; DATA 1 3 PAD 2 ES", "OK 3; DATA 3 1; TRAILERS 3", "RST 1 7",
            "GOAWAY 3 0; OK 1 ES", "SETTINGS 1=0 3=1 4=10 5=16384; WINDOW 3 90; WINDOW 0 9", "PING; SETTINGSACK", "PUSH 1", "HEADERS 5 ES :status=200 content-length=9", "HEADERS 7 ES hpack:88be5886a8eb10649cbf",
        }.Select(script => SessionReading.Script(script, script)),
    ];

    public static FuzzInput Mutate(Random random, FuzzInput origin, IReadOnlyList<FuzzInput> pool) => SessionReading.Mutate(random, origin, pool);

    public static string Read(FuzzInput input, params ReadOnlySpan<int> cuts)
    {
        var client = new ClientScript();
        client.Play("SETTINGS 4=10; get; post; head; get; write 3 70");
        SessionReading.Feed(client.Session, input.Bytes, cuts);
        return SessionReading.End(client.Session, client.Log, []);
    }

    public static string KindOf(string outcome) => SessionReading.KindOf(outcome);
}
