namespace Banyan.Gateway.Retries;

/// <summary>What the decision about a retry rests on.</summary>
internal readonly record struct RetryCase
{
    /// <summary>How far the attempt had come.</summary>
    public AttemptEnd End { get; init; }

    /// <summary>The method's promise.</summary>
    public MethodPromise Method { get; init; }

    /// <summary>True: the request has a body.</summary>
    public bool HasBody { get; init; }

    /// <summary>True: the whole body is still at hand: none, or nothing of it has been read, or what was read is kept.</summary>
    public bool BodyWhole { get; init; }

    /// <summary>True: the client has seen part of a final answer.</summary>
    public bool AnswerBegun { get; init; }

    /// <summary>True: the request asks for another protocol.</summary>
    public bool Upgrade { get; init; }

    /// <summary>Attempts made, the failed one included.</summary>
    public int Attempts { get; init; }

    /// <summary>Time until the request's overall deadline, in ticks of 100 ns.</summary>
    public long RemainingTicks { get; init; }
}
