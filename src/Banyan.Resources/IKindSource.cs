namespace Banyan.Resources;

/// <summary>Something that brings kinds: a module. The executable collects the kinds of its whole catalog, whatever the target.</summary>
public interface IKindSource
{
    /// <summary>The kinds; the same objects each time.</summary>
    IEnumerable<ResourceKind> Kinds { get; }
}
