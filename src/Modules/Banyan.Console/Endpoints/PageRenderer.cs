using Banyan.Console.Assets;
using Banyan.Console.Pages;
using Banyan.Console.State;
using Banyan.Console.Views;
using Banyan.Hosting;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging;

namespace Banyan.Console.Endpoints;

/// <summary>Renders pages, and regions of pages, to HTML. A renderer of its own for each call: rendering is pure, and nothing outlives it.</summary>
internal sealed class PageRenderer(LiveState state, IModuleStates modules, AssetCatalog assets, TimeProvider clock, IServiceProvider services, ILoggerFactory logs)
{
    public Board Board()
    {
        state.Looked = clock.GetTimestamp();
        return Views.Board.Of(state.Now, modules.Snapshot(), clock.GetUtcNow());
    }

    public Task<string> PageAsync(PageAddress address, Board board, Viewer viewer) => RenderAsync(typeof(Layout), new Dictionary<string, object?>
    {
        [nameof(Layout.Title)] = address.Title,
        [nameof(Layout.AssetRoot)] = assets.Root,
        [nameof(Layout.Viewer)] = viewer,
        [nameof(Layout.Page)] = address.Page,
        [nameof(Layout.Parameters)] = ParametersOf(address, board, viewer),
    });

    public Task<string> MissingAsync(string title, string text, Viewer viewer) => RenderAsync(typeof(Layout), new Dictionary<string, object?>
    {
        [nameof(Layout.Title)] = title,
        [nameof(Layout.AssetRoot)] = assets.Root,
        [nameof(Layout.Viewer)] = viewer,
        [nameof(Layout.Missing)] = text,
    });

    public Task<string> SignInAsync(string fault, string theme) => RenderAsync(typeof(SignIn), new Dictionary<string, object?>
    {
        [nameof(SignIn.AssetRoot)] = assets.Root,
        [nameof(SignIn.Fault)] = fault,
        [nameof(SignIn.Theme)] = theme,
    });

    public Task<string> RegionAsync(PageRegion region, PageAddress address, Board board, Viewer viewer) =>
        RenderAsync(region.Component, ParametersOf(address, board, viewer).ToDictionary(p => p.Key, p => (object?)p.Value));

    private static Dictionary<string, object> ParametersOf(PageAddress address, Board board, Viewer viewer) => new()
    {
        [nameof(Region.Board)] = board,
        [nameof(Region.Viewer)] = viewer,
        [nameof(Region.Domain)] = address.Domain,
        [nameof(Region.Name)] = address.Name,
    };

    private async Task<string> RenderAsync(Type component, Dictionary<string, object?> parameters)
    {
        await using var renderer = new HtmlRenderer(services, logs);
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync(component, ParameterView.FromDictionary(parameters))).ToHtmlString());
    }
}
