namespace Banyan.Gateway.Exchanges;

/// <summary>
/// A copy of one request, which its exchange fills and lets go of: nothing of it comes back. Ends with <see cref="Send"/> or <see cref="Drop"/>, and is not to be
/// touched after either.
/// </summary>
internal abstract class RequestCopy
{
    /// <summary>Adds bytes of the body, framed as the instance gets them. Takes all of them, or gives the copy up without a word.</summary>
    public abstract void Add(ReadOnlySpan<byte> bytes);

    /// <summary>The request is whole: the copy goes out, at the earliest when the present event is over.</summary>
    public abstract void Send();

    /// <summary>The request will never be whole: neither will the copy.</summary>
    public abstract void Drop();
}
