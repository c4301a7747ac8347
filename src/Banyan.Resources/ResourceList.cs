namespace Banyan.Resources;

/// <summary>Objects as of one revision.</summary>
/// <typeparam name="TSpec">What is wanted.</typeparam>
/// <typeparam name="TStatus">What is.</typeparam>
/// <param name="Items">The objects, by domain and name.</param>
/// <param name="Revision">The revision all of them were read at; watch after it to miss nothing.</param>
/// <param name="Continue">Asks for the next page at the same revision; null on the last.</param>
public sealed record ResourceList<TSpec, TStatus>(IReadOnlyList<Resource<TSpec, TStatus>> Items, long Revision, string? Continue)
    where TSpec : class
    where TStatus : class;

/// <summary>Documents as of one revision.</summary>
/// <param name="Items">The documents, by domain and name.</param>
/// <param name="Revision">The revision all of them were read at; watch after it to miss nothing.</param>
/// <param name="Continue">Asks for the next page at the same revision; null on the last.</param>
public sealed record DocumentList(IReadOnlyList<ResourceDocument> Items, long Revision, string? Continue);
