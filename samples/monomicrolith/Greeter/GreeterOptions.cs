namespace Monomicrolith.Greeter;

/// <summary>Section <c>greeter</c>.</summary>
public sealed class GreeterOptions
{
    /// <summary>What is said; <c>{name}</c> stands for the name.</summary>
    public string Greeting { get; init; } = "Hello, {name}!";
}
