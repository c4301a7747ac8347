using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Banyan.Testing;

/// <summary>The theory form of <see cref="ConformanceFactAttribute"/>.</summary>
[XunitTestCaseDiscoverer("Banyan.Testing.ConformanceTheoryDiscoverer", "Banyan.Testing")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ConformanceTheoryAttribute : TheoryAttribute;

/// <summary>Finds <see cref="ConformanceTheoryAttribute"/>s.</summary>
public sealed class ConformanceTheoryDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    /// <inheritdoc/>
    public override IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        ConformanceTestCase.SkipReasonOf(testMethod) is null
            ? base.Discover(discoveryOptions, testMethod, factAttribute)
            : [new ConformanceTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];
}
