using System.Globalization;
using Banyan.Testing;
using Microsoft.Playwright;

namespace Banyan.Console.Tests;

/// <summary>The console in a real Chromium. With BANYAN_SCREENSHOTS naming a directory, the pictures of the documentation are taken anew.</summary>
[Collection(nameof(Chromium))]
public sealed class BrowserTests(Chromium chromium) : IAsyncLifetime
{
    private readonly List<string> _errors = [];
    private IBrowserContext? _context;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_context is not null)
        {
            await _context.DisposeAsync();
        }
    }

    [NeedsFact("chromium")]
    public async Task Sign_in_leads_to_the_overview_and_it_becomes_live()
    {
        await using var console = await FilledAsync();
        var page = await OpenAsync(console, signIn: false);
        await page.GotoAsync(console.Url + "services");
        await PictureAsync(page, "console-signin");

        await page.FillAsync("#token", console.Admin);
        await page.Keyboard.PressAsync("Enter");

        await page.WaitForSelectorAsync("h1:has-text('Overview')");
        await page.WaitForSelectorAsync("#live[data-live='on']");
        Assert.DoesNotContain(console.Admin, page.Url);
        Assert.Equal("Live", await page.InnerTextAsync("#live"));
        await PictureAsync(page, "console-overview");
        Assert.Empty(_errors);
    }

    [NeedsFact("chromium")]
    public async Task Instance_that_goes_down_is_shown_without_a_reload_and_open_things_stay_open()
    {
        await using var console = await FilledAsync();
        var page = await OpenAsync(console);
        await page.GotoAsync(console.Url + "services/default/pets");
        await page.WaitForSelectorAsync("#live[data-live='on']");
        await page.EvaluateAsync("window.sameDocument = true");
        await page.ClickAsync("tr[data-instance='pets-3'] summary");

        await console.SayAsync("pets", "pets-1", "out of memory");
        await page.WaitForSelectorAsync("tr[data-instance='pets-1'][data-state='down'] :text('out of memory')");
        await page.WaitForSelectorAsync(".verdict :text('1 of 3 up')");
        await console.SayAsync("pets", "pets-1", null);
        await page.WaitForSelectorAsync("tr[data-instance='pets-1'][data-state='up']");

        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument === true"));
        Assert.True(await page.IsVisibleAsync("tr[data-instance='pets-3'] form"));
        Assert.Empty(_errors);
    }

    [NeedsFact("chromium")]
    public async Task New_service_and_its_change_appear_on_the_open_overview()
    {
        await using var console = await FilledAsync();
        var page = await OpenAsync(console);
        await page.WaitForSelectorAsync("#live[data-live='on']");

        await console.ApplyAsync("services", "default", "chat", """{"description":"Talk"}""");

        await page.WaitForSelectorAsync(".rows a:text-is('chat')");
        await page.WaitForSelectorAsync(".feed a:text-is('chat')");
        Assert.Empty(_errors);
    }

    [NeedsFact("chromium")]
    public async Task Drain_asks_first_and_then_takes_the_instance_out()
    {
        await using var console = await FilledAsync();
        var page = await OpenAsync(console);
        await page.GotoAsync(console.Url + "services/default/pets");

        await page.ClickAsync("tr[data-instance='pets-1'] summary");
        await page.ClickAsync("tr[data-instance='pets-1'] button:text('Drain it')");

        await page.WaitForSelectorAsync("tr[data-instance='pets-1'][data-state='draining']");
        await page.GotoAsync(console.Url + "changes");
        await page.WaitForSelectorAsync(".changes .what:has-text('operator drained instance pets/pets-1')");
        Assert.Empty(_errors);
    }

    [NeedsFact("chromium")]
    public async Task Keyboard_goes_to_pages_filters_and_shows_its_help()
    {
        await using var console = await FilledAsync();
        var page = await OpenAsync(console);
        await page.WaitForSelectorAsync("#live[data-live='on']");

        await GoAsync(page, "gs", "/services");
        await page.WaitForSelectorAsync("html[data-js]");
        await page.Keyboard.TypeAsync("/walks");
        await page.WaitForSelectorAsync("#service-table tr[data-key='pets']", new() { State = WaitForSelectorState.Hidden });
        Assert.True(await page.IsVisibleAsync("#service-table tr[data-key='walks']"));
        await page.Keyboard.TypeAsync("xyz");
        await page.WaitForSelectorAsync(".no-match");
        await page.Keyboard.PressAsync("Escape");
        await page.WaitForSelectorAsync("#service-table tr[data-key='pets']");
        await page.Keyboard.TypeAsync("?");
        Assert.True(await page.IsVisibleAsync("dialog[open]"));
        await page.Keyboard.PressAsync("Escape");
        await page.WaitForSelectorAsync("#keys", new() { State = WaitForSelectorState.Hidden });
        await GoAsync(page, "gr", "/routes");
        await page.WaitForSelectorAsync("html[data-js]");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to content", await page.EvaluateAsync<string>("document.activeElement.textContent"));
        Assert.Empty(_errors);
    }

    [NeedsFact("chromium")]
    public async Task Phone_width_needs_no_sideways_scrolling_on_any_page()
    {
        await using var console = await FilledAsync();
        var page = await OpenAsync(console);
        await page.SetViewportSizeAsync(375, 812);

        foreach (var place in new[] { "", "services", "services/default/pets", "routes", "changes", "modules" })
        {
            await page.GotoAsync(console.Url + place);
            await page.WaitForSelectorAsync("#live[data-live='on']");
            var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(overflow <= 0, $"/{place} is {overflow} px too wide");
            if (place == "")
            {
                await PictureAsync(page, "console-phone");
            }
        }

        Assert.Empty(_errors);
    }

    [NeedsFact("chromium")]
    public async Task Dark_mode_follows_the_system_and_the_choice_survives_a_new_page()
    {
        await using var console = await FilledAsync();
        var page = await OpenAsync(console);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        Assert.True(await BrightnessAsync(page) > 200);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        Assert.True(await BrightnessAsync(page) < 60);
        await page.WaitForSelectorAsync("#live[data-live='on']");
        await PictureAsync(page, "console-overview-dark");

        await page.ClickAsync("[data-theme-toggle]");
        await page.GotoAsync(console.Url + "services");

        Assert.Equal("light", await page.GetAttributeAsync("html", "data-theme"));
        Assert.True(await BrightnessAsync(page) > 200);
        Assert.Empty(_errors);
    }

    [NeedsFact("chromium")]
    public async Task Without_scripts_every_page_can_be_read_and_drained_from()
    {
        await using var console = await FilledAsync();
        var page = await OpenAsync(console, scripts: false);
        await page.GotoAsync(console.Url + "services/default/pets");

        await page.ClickAsync("tr[data-instance='pets-1'] summary");
        await page.ClickAsync("tr[data-instance='pets-1'] button:text('Drain it')");

        await page.WaitForSelectorAsync("tr[data-instance='pets-1'] .mark:has-text('Draining')");
    }

    [NeedsFact("chromium")]
    public async Task Text_is_readable_in_both_themes()
    {
        await using var console = await FilledAsync();
        var page = await OpenAsync(console);
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            foreach (var place in new[] { "", "services/default/pets", "changes" })
            {
                await page.GotoAsync(console.Url + place);
                await page.WaitForSelectorAsync("#live[data-live='on']");
                Assert.Empty(await page.EvaluateAsync<string[]>(LowContrast));
            }
        }
    }

    [NeedsFact("chromium")]
    public async Task Pictures_of_the_other_pages()
    {
        await using var console = await FilledAsync();
        var page = await OpenAsync(console);
        foreach (var (place, name) in new[] { ("services", "console-services"), ("services/default/pets", "console-service"), ("routes", "console-routes"), ("changes", "console-changes"), ("modules", "console-modules") })
        {
            await page.GotoAsync(console.Url + place);
            await page.WaitForSelectorAsync("#live[data-live='on']");
            if (place == "changes")
            {
                await page.ClickAsync(".changes li:has(.verb.changed) summary");
                Assert.True(await page.IsVisibleAsync("del:text('30s')"));
            }

            await PictureAsync(page, name);
        }

        Assert.Empty(_errors);
    }

    [NeedsFact("chromium")]
    public async Task Pictures_of_the_gateway()
    {
        var gateway = new ToldGateway();
        await using var console = await RunningConsole.StartAsync([gateway]);
        await console.FillAsync();
        await gateway.FillAsync(console);
        var page = await OpenAsync(console);
        foreach (var (place, sign) in new[] { ("routes", "td.number:has-text('/s')"), ("clusters", ".mark:has-text('Ejected')"), ("certificates", ".mark:has-text('Expired')") })
        {
            await page.GotoAsync(console.Url + place);
            await page.WaitForSelectorAsync(sign);
            await PictureAsync(page, "console-gateway-" + place);
            foreach (var scheme in new[] { ColorScheme.Dark, ColorScheme.Light })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                Assert.Empty(await page.EvaluateAsync<string[]>(LowContrast));
            }

            await page.SetViewportSizeAsync(390, 844);
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= 390"), $"{place} is wider than a phone");
            await PictureAsync(page, $"console-gateway-{place}-phone");
            await page.SetViewportSizeAsync(1280, 800);
        }

        Assert.Empty(_errors);
    }

    // Every text against the nearest painted background, by WCAG 2.2: 4.5 for text, 3 for large text.
    private const string LowContrast =
        """
        () => {
          const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const rgb = c => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
          const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const bad = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node; (node = walker.nextNode());) {
            const element = node.parentElement;
            if (!node.data.trim() || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || element.closest('.unseen, .skip, .changed')) continue;
            const style = getComputedStyle(element);
            let back = element;
            while (back && rgb(getComputedStyle(back).backgroundColor)[3] < 255) back = back.parentElement;
            const [a, b] = [light(rgb(style.color)), light(rgb(getComputedStyle(back ?? document.body).backgroundColor))].sort((x, y) => y - x);
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5)) bad.push(`${node.data.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
          }
          return [...new Set(bad)];
        }
        """;

    private static async Task<RunningConsole> FilledAsync()
    {
        var console = await RunningConsole.StartAsync();
        await console.FillAsync();
        return console;
    }

    // The second key must follow the first within a second and a half; on a machine that is too busy for that, they are pressed again.
    private static Task GoAsync(IPage page, string keys, string place) => Eventually.True(
        async () =>
        {
            await page.Keyboard.TypeAsync(keys);
            try
            {
                await page.WaitForURLAsync("**" + place, new() { Timeout = 4_000 });
                return true;
            }
            catch (TimeoutException)
            {
                return false;
            }
        },
        $"the keys '{keys}' lead to {place}");

    private static async Task<double> BrightnessAsync(IPage page)
    {
        var color = await page.EvaluateAsync<string>(
            """
            () => {
              const c = document.createElement('canvas').getContext('2d');
              c.fillStyle = getComputedStyle(document.body).backgroundColor;
              c.fillRect(0, 0, 1, 1);
              return [...c.getImageData(0, 0, 1, 1).data].slice(0, 3).join(' ');
            }
            """);
        return color.Split(' ').Average(v => double.Parse(v, CultureInfo.InvariantCulture));
    }

    private static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("BANYAN_SCREENSHOTS") is { Length: > 0 } directory)
        {
            Directory.CreateDirectory(directory);
            await page.ScreenshotAsync(new() { Path = Path.Combine(directory, name + ".png"), Animations = ScreenshotAnimations.Disabled });
        }
    }

    private async Task<IPage> OpenAsync(RunningConsole console, bool signIn = true, bool scripts = true)
    {
        _context = await chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 }, JavaScriptEnabled = scripts });
        _context.SetDefaultTimeout(30_000);
        var page = await _context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => _errors.Add(error);
        if (signIn)
        {
            await page.GotoAsync(console.Url + "signin");
            await page.FillAsync("#token", console.Admin);
            await page.ClickAsync("button[type=submit]");
            await page.WaitForSelectorAsync("h1:has-text('Overview')");
        }

        return page;
    }
}
