namespace Banyan.Resources;

/// <summary>One object of a kind.</summary>
/// <typeparam name="TSpec">What is wanted.</typeparam>
/// <typeparam name="TStatus">What is.</typeparam>
/// <param name="Metadata">Name, revision, labels and so on.</param>
/// <param name="Spec">What is wanted, with defaults filled in.</param>
/// <param name="Status">What its one writer last reported; null before the first report.</param>
public sealed record Resource<TSpec, TStatus>(ResourceMetadata Metadata, TSpec Spec, TStatus? Status)
    where TSpec : class
    where TStatus : class
{
    /// <summary>The object's name with its domain.</summary>
    public ResourceName Name => Metadata.ToResourceName();
}
