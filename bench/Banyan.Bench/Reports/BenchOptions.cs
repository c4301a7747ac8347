namespace Banyan.Bench.Reports;

/// <summary>How a bench runs.</summary>
/// <param name="Quick">Fewer and shorter rounds; a whole bench ends within 45 s.</param>
/// <param name="Json">Figures for machines instead of a table for people.</param>
public sealed record BenchOptions(bool Quick, bool Json);
