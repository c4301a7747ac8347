using Xunit;

namespace Banyan.Testing;

/// <summary>
/// A test that needs programs which are not part of the SDK (<c>etcd</c>, <c>chromium</c>, <c>node</c>, <c>python3-grpc</c>, …). It is skipped, with the way to
/// enable it, where one is missing; under <c>./banyan test --all</c> it runs and fails instead.
/// </summary>
public sealed class NeedsFactAttribute : FactAttribute
{
    /// <summary>Names the programs; see <see cref="Needs"/>.</summary>
    public NeedsFactAttribute(params string[] needs) => Skip = Needs.SkipReason(needs);
}
