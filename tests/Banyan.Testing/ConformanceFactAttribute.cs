using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Banyan.Testing;

/// <summary>A fact of a suite that several classes derive. A class marked <see cref="NeedsAttribute"/> skips it, with the reason, where a program is missing.</summary>
[XunitTestCaseDiscoverer("Banyan.Testing.ConformanceFactDiscoverer", "Banyan.Testing")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ConformanceFactAttribute : FactAttribute;

/// <summary>Names the programs that all tests of a class need; see <see cref="Needs"/>.</summary>
/// <param name="needs">Their names.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAttribute(params string[] needs) : Attribute
{
    /// <summary>The programs' names.</summary>
    public IReadOnlyList<string> Programs { get; } = needs;
}

/// <summary>Finds <see cref="ConformanceFactAttribute"/>s.</summary>
public sealed class ConformanceFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    /// <inheritdoc/>
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new ConformanceTestCase(
            DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);
}

/// <summary>A fact that asks its class whether it can run.</summary>
public sealed class ConformanceTestCase : XunitTestCase
{
    /// <summary>For deserialisation by the framework.</summary>
    [Obsolete("Called by the test framework only.")]
    public ConformanceTestCase()
    {
    }

    /// <summary>Creates the case.</summary>
    public ConformanceTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(diagnostics, display, options, method)
    {
    }

    /// <summary>Why the tests of the method's class are skipped, or null when they run.</summary>
    public static string? SkipReasonOf(ITestMethod method)
    {
        var needs = method.TestClass.Class.GetCustomAttributes(typeof(NeedsAttribute)).FirstOrDefault();
        var programs = needs?.GetConstructorArguments().SelectMany(argument => (IEnumerable<object>)argument).Cast<string>().ToArray() ?? [];
        return Needs.SkipReason(programs);
    }

    /// <inheritdoc/>
    protected override string GetSkipReason(IAttributeInfo factAttribute) => (SkipReasonOf(TestMethod) ?? base.GetSkipReason(factAttribute))!;
}
