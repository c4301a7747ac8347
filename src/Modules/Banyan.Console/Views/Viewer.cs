namespace Banyan.Console.Views;

/// <summary>Who looks, and how.</summary>
/// <param name="Name">The credential's name.</param>
/// <param name="Role">The credential's role, as a word.</param>
/// <param name="MayAct">True for administrators.</param>
/// <param name="Theme"><c>light</c>, <c>dark</c>, or empty = as the system says.</param>
public sealed record Viewer(string Name, string Role, bool MayAct, string Theme);
