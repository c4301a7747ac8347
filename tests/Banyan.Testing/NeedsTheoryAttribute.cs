using Xunit;

namespace Banyan.Testing;

/// <summary>The theory form of <see cref="NeedsFactAttribute"/>.</summary>
public sealed class NeedsTheoryAttribute : TheoryAttribute
{
    /// <summary>Names the programs; see <see cref="Needs"/>.</summary>
    public NeedsTheoryAttribute(params string[] needs) => Skip = Needs.SkipReason(needs);
}
