namespace Banyan.Loops.Tests.Running;

/// <summary>How a <see cref="HostProcess"/> stands.</summary>
internal sealed record HostState(int Open, int Turns, int Pauses, int Shed, string Errors);
