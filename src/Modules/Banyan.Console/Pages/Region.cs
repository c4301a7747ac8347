using Banyan.Console.Views;
using Microsoft.AspNetCore.Components;

namespace Banyan.Console.Pages;

/// <summary>A part of a page that is rendered again, by itself, when what it shows has changed.</summary>
public abstract class Region : ComponentBase
{
    /// <summary>What there is.</summary>
    [Parameter, EditorRequired]
    public required Board Board { get; set; }

    /// <summary>Who looks.</summary>
    [Parameter, EditorRequired]
    public required Viewer Viewer { get; set; }

    /// <summary>The domain in the page's address, on pages about one object.</summary>
    [Parameter]
    public string Domain { get; set; } = string.Empty;

    /// <summary>The name in the page's address, on pages about one object.</summary>
    [Parameter]
    public string Name { get; set; } = string.Empty;
}
