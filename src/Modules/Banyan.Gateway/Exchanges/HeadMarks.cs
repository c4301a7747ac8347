using Banyan.Wire;

namespace Banyan.Gateway.Exchanges;

/// <summary>Where in a written head the things are that the log may ask for later.</summary>
/// <param name="Length">Bytes to send.</param>
/// <param name="Method">The method.</param>
/// <param name="Path">The raw path as the client sent it, without the query; behind the head when the instance gets another one.</param>
/// <param name="Host">Host and port as the client named them.</param>
/// <param name="Trace">The trace's id, 32 digits.</param>
/// <param name="Upgrade">The protocol asked for; empty for none.</param>
internal readonly record struct HeadMarks(int Length, Slice Method, Slice Path, Slice Host, Slice Trace, Slice Upgrade);
