using Banyan.Testing;
using Microsoft.Playwright;

namespace Banyan.Console.Tests;

/// <summary>One Chromium for all browser tests, started once: starting it is most of what a small machine would do otherwise. Each test has a context of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    // Few processes: the network and storage services in the browser's own, one renderer for all pages of a test.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage", "--renderer-process-limit=1", "--in-process-gpu",
        "--enable-features=NetworkServiceInProcess2", "--disable-extensions", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The browser; fails the test where there is none.</summary>
    public IBrowser Browser => _browser ?? throw new InvalidOperationException($"'{Needs.Require("chromium")}' was not started.");

    public async Task InitializeAsync()
    {
        if (Needs.Find("chromium") is not { } path)
        {
            // The tests skip themselves, or say what is missing.
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Arguments, Headless = true });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}

[CollectionDefinition(nameof(Chromium))]
public sealed class ChromiumCollection : ICollectionFixture<Chromium>;
