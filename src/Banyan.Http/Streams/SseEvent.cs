namespace Banyan.Http.Streams;

/// <summary>One server-sent event.</summary>
/// <param name="Type">Its name: <c>put</c>, <c>delete</c>, <c>progress</c>.</param>
/// <param name="Id">Where to go on after it: a client that reconnects sends it as <c>Last-Event-ID</c>; null = none.</param>
/// <param name="Data">UTF-8 text; line breaks in it are allowed.</param>
public readonly record struct SseEvent(string Type, string? Id, ReadOnlyMemory<byte> Data);
