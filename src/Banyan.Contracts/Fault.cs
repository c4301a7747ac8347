namespace Banyan.Contracts;

/// <summary>One thing wrong in a document.</summary>
/// <param name="Pointer">Where, as a JSON pointer (RFC 6901): <c>/spec/routes/0/path</c>; empty for the whole document.</param>
/// <param name="Message">What is wrong and what would be right.</param>
/// <param name="Code">A stable word for machines: <c>required</c>, <c>unknown-field</c>, <c>wrong-type</c>, <c>out-of-range</c>, <c>bad-name</c>, <c>not-found</c>, <c>duplicate</c>.</param>
public sealed record Fault(string Pointer, string Message, string Code);
