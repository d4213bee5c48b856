using Microsoft.Playwright;
using Xunit;

namespace Browser.Tests;

/// <summary>One browser for all tests; each opens a profile of its own in it.</summary>
public sealed class Chromium : IAsyncLifetime
{
    IPlaywright? playwright;
    IBrowser? browser;

    /// <summary>A fresh profile: no cookies, nothing cached.</summary>
    public async Task<IBrowserContext> ProfileAsync(BrowserNewContextOptions options)
    {
        playwright ??= await Playwright.CreateAsync();
        browser ??= await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = BrowserFactAttribute.Chromium,
            Env = Environment(),
            Args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        return await browser.NewContextAsync(options);
    }

    // In a locale of ASCII alone the browser calls a download with Chinese letters "download".
    static Dictionary<string, string> Environment()
    {
        var all = System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal);
        all["LC_ALL"] = "C.UTF-8";
        return all;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }
}

/// <summary>All browser tests share one browser and one portal and run one after the other: two cores are not many.</summary>
[CollectionDefinition(Name)]
public sealed class InTheBrowser : ICollectionFixture<Chromium>, ICollectionFixture<ListeningPortal>, ICollectionFixture<DemoPortal>
{
    public const string Name = "in the browser";
}
