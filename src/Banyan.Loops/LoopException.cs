namespace Banyan.Loops;

/// <summary>A loop, a listener or TLS could not be set up. The message says what, which and what to do.</summary>
public sealed class LoopException(string message, Exception? inner = null) : Exception(message, inner);
