namespace Banyan.Wire.Tests.Fuzzing;

/// <summary>Bytes to read, and what the reader knows of them before.</summary>
/// <param name="Origin">The case it was made of.</param>
/// <param name="Request">The method an answer answers; null for all else.</param>
/// <param name="Bytes">The bytes.</param>
/// <param name="Generation">How often it was changed, one change being reached only from the one before. 0 for a seed.</param>
internal sealed record FuzzInput(string Origin, string? Request, byte[] Bytes, int Generation = 0);
