namespace Banyan.Gateway.Tests.Support;

/// <summary>Tests that run with no other beside them: what they measure is the whole process's.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
