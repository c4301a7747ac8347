using System.Text;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Exchanges;

namespace Banyan.Gateway.Tests.Exchanges;

/// <summary>Writes down what an exchange asks for, and opens nothing.</summary>
internal sealed class RecordingTransport : ExchangeTransport
{
    private readonly StringBuilder _client = new();
    private readonly List<StringBuilder> _upstream = [];
    private StringBuilder? _hedge;

    /// <summary>Everything but written bytes, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>True: an unused connection is there whenever one is asked for, unless it must be fresh.</summary>
    public bool HasUnused { get; set; }

    /// <summary>All that was written to the client.</summary>
    public string ToClient => _client.ToString();

    /// <summary>What was written to each connection to an instance.</summary>
    public IReadOnlyList<string> ToUpstream => [.. _upstream.Select(text => text.ToString())];

    /// <summary>The deadline set last.</summary>
    public TimeSpan Deadline { get; private set; }

    public bool IsClosed { get; private set; }

    public bool HasUpstream { get; private set; }

    /// <summary>Connections to instances so far, those of second instances that took a first one's place included.</summary>
    public int Opened => _upstream.Count;

    /// <summary>True when the last of them was a second instance's.</summary>
    public bool IsHedge { get; private set; }

    public override void WriteClient(ReadOnlySpan<byte> bytes)
    {
        Assert.False(IsClosed, "written to a client that is gone");
        _client.Append(Encoding.Latin1.GetString(bytes));
    }

    public override void WriteUpstream(ReadOnlySpan<byte> bytes)
    {
        Assert.True(HasUpstream, "written to no instance");
        _upstream[^1].Append(Encoding.Latin1.GetString(bytes));
    }

    public override bool OpenUpstream(Endpoint endpoint, UpstreamChoice choice)
    {
        Assert.False(HasUpstream, "a second connection to an instance beside the first");
        HasUpstream = true;
        IsHedge = false;
        _upstream.Add(new StringBuilder());
        Calls.Add($"open {endpoint.Id} {choice}");
        return HasUnused && choice != UpstreamChoice.Fresh;
    }

    public override void EndUpstream(UpstreamEnd how)
    {
        Assert.True(HasUpstream, "no connection to end");
        HasUpstream = false;
        Calls.Add($"upstream {how}");
    }

    public override bool CanHedge => true;

    /// <summary>What was written to the second instance; null while none is asked.</summary>
    public string? ToHedge => _hedge?.ToString();

    public override bool OpenHedge(Endpoint endpoint)
    {
        Assert.True(HasUpstream && _hedge is null, "a second instance without a first one, or a third");
        _hedge = new StringBuilder();
        Calls.Add($"hedge {endpoint.Id}");
        return HasUnused;
    }

    public override void WriteHedge(ReadOnlySpan<byte> bytes) => _hedge!.Append(Encoding.Latin1.GetString(bytes));

    public override void EndHedge()
    {
        Assert.NotNull(_hedge);
        _hedge = null;
        Calls.Add("hedge ended");
    }

    public override void TakeHedge()
    {
        Assert.False(HasUpstream, "the first is to be given up before");
        Assert.NotNull(_hedge);
        IsHedge = true;
        _upstream.Add(_hedge);
        _hedge = null;
        HasUpstream = true;
        Calls.Add("hedge taken");
    }

    public override void ShutUpstream() => Calls.Add("shut upstream");

    public override void ShutClient() => Calls.Add("shut client");

    public override void EndClient(ClientEnd how)
    {
        Assert.False(IsClosed, "ended twice");
        IsClosed = true;
        Calls.Add($"client {how}");
    }

    public override void Arm(TimeSpan time) => Deadline = time;

    /// <summary>What real transports do when opening failed: the attempt is over without being given up.</summary>
    public void LoseUpstream() => HasUpstream = false;

    /// <summary>As <see cref="LoseUpstream"/>, for the second instance.</summary>
    public void LoseHedge() => _hedge = null;
}
