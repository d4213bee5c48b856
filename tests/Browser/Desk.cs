using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Shouldly;
using Support;

namespace Browser.Tests;

/// <summary>
/// Somebody at work with a real browser. Whatever the browser complains about (script errors, the security policy, missing files) fails
/// the test when the desk is left, unless the test said that it would happen.
/// </summary>
public sealed class Desk : IAsyncDisposable
{
    static readonly string Artifacts = Path.Combine(Repository.Folder, "artifacts", "screens");

    static readonly bool Pictures = Environment.GetEnvironmentVariable("SCREENSHOTS") is "1";

    static readonly Lazy<string> Axe = new(() =>
    {
        using var script = new StreamReader(typeof(AxeRunOptions).Assembly.GetManifestResourceStream("Deque.AxeCore.Commons.Resources.axe.min.js")!);
        return script.ReadToEnd();
    });

    readonly IBrowserContext profile;
    readonly List<string> complaints = [];
    readonly List<string> expected = [];

    readonly string address;
    readonly TestLog log;

    Desk(IBrowserContext profile, IPage page, string address, TestLog log) => (this.profile, Page, this.address, this.log) = (profile, page, address, log);

    /// <summary>The page in front of the person.</summary>
    public IPage Page { get; }

    /// <summary>Sits down.</summary>
    /// <param name="chromium">The browser.</param>
    /// <param name="portal">The portal it opens.</param>
    /// <param name="person">Who is signed in, if anybody.</param>
    /// <param name="language">The language chosen in this browser.</param>
    /// <param name="script">False switches JavaScript off.</param>
    public static async Task<Desk> SitDownAsync(Chromium chromium, PortalApp portal, TestPerson? person, string language = "en", bool script = true)
    {
        var desk = await SitDownAsync(chromium, portal.Address.ToString(), portal.Log, language, script);
        if (person is not null)
        {
            await desk.profile.AddCookiesAsync([new() { Name = "__Host-portal", Value = portal.SessionOf(person), Url = desk.address.Replace("http:", "https:", StringComparison.Ordinal), Secure = true, HttpOnly = true, SameSite = SameSiteAttribute.Lax }]);
        }

        return desk;
    }

    /// <summary>Sits down before identity.</summary>
    public static Task<Desk> SitDownAsync(Chromium chromium, IdentityApp identity, string language = "en") => SitDownAsync(chromium, identity.Address + "/", identity.Log, language, script: true);

    /// <summary>Sits down before identity, where somebody is signed in already.</summary>
    public static async Task<Desk> SitDownAsync(Chromium chromium, IdentityApp identity, Visitor signedIn)
    {
        var desk = await SitDownAsync(chromium, identity);
        await desk.profile.AddCookiesAsync([new() { Name = "__Host-identity", Value = signedIn.Cookies.Find("__Host-identity")!.Value.ToString(), Url = desk.address.Replace("http:", "https:", StringComparison.Ordinal), Secure = true, HttpOnly = true, SameSite = SameSiteAttribute.Lax }]);
        return desk;
    }

    static async Task<Desk> SitDownAsync(Chromium chromium, string address, TestLog log, string language, bool script)
    {
        var opened = await chromium.ProfileAsync(new()
        {
            BaseURL = address,
            Locale = language,
            TimezoneId = "Asia/Shanghai",
            ViewportSize = new() { Width = 1280, Height = 900 },
            JavaScriptEnabled = script,
            // A colour on its way from light to dark has no contrast worth measuring.
            ReducedMotion = ReducedMotion.Reduce,
        });
        opened.SetDefaultTimeout(10_000);
        await opened.AddCookiesAsync([new() { Name = "language", Value = language, Url = address }]);
        var desk = new Desk(opened, await opened.NewPageAsync(), address, log);
        desk.Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                desk.complaints.Add($"{message.Text} {message.Location}");
            }
        };
        desk.Page.PageError += (_, error) => desk.complaints.Add(error);
        return desk;
    }

    /// <summary>The browser will complain with these words, and rightly.</summary>
    public void Expect(string complaint) => expected.Add(complaint);

    /// <summary>Opens an address of the portal.</summary>
    public async Task<int> OpenAsync(string path)
    {
        var answer = await GoAsync(path);
        if (answer!.Status >= 500)
        {
            complaints.Add($"{path}: {string.Join('\n', log.Lines.TakeLast(3))}");
        }

        return answer.Status;
    }

    // A page that follows something live may load itself anew just when it is left; the browser then gives up one of the two.
    async Task<IResponse?> GoAsync(string path)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await Page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Load });
                if (answer is not null || attempt == 5)
                {
                    return answer;
                }
            }
            catch (PlaywrightException crossed) when (attempt < 5 && IsCrossing(crossed.Message))
            {
                // The other one goes on; this one comes after it.
            }
        }
    }

    static bool IsCrossing(string message) => message.Contains("ERR_ABORTED", StringComparison.Ordinal) || message.Contains("interrupted by another navigation", StringComparison.Ordinal);

    /// <summary>
    /// Looks at a page as people see it: on a desk in English and light, on a phone in Chinese and dark. It must satisfy axe in both, and nothing
    /// may stick out at the side of the phone. With SCREENSHOTS=1 it is looked at in all eight ways, with pictures in <c>artifacts/screens</c>.
    /// </summary>
    /// <param name="path">The page.</param>
    /// <param name="name">The pictures' name.</param>
    /// <param name="before">What is done on the page before it is looked at, such as opening a menu.</param>
    /// <param name="only">Looked at in this one of the two ways only: 0 on a desk, 1 on a phone.</param>
    public async Task LookAtAsync(string path, string name, Func<IPage, Task>? before = null, int? only = null)
    {
        foreach (var (language, width, height) in new[] { ("en", 1280, 900), ("zh-CN", 360, 740), ("zh-CN", 1280, 900), ("en", 360, 740) }.Skip(Pictures ? 0 : only ?? 0).Take(Pictures ? 4 : only is null ? 2 : 1))
        {
            await profile.AddCookiesAsync([new() { Name = "language", Value = language, Url = address }]);
            await Page.SetViewportSizeAsync(width, height);
            await OpenAsync(path);
            if (before is not null)
            {
                await before(Page);
            }

            foreach (var theme in width == 1280 ? new[] { "dark", "light" } : ["light", "dark"])
            {
                await Page.EvaluateAsync("theme => document.documentElement.dataset.bsTheme = theme", theme);
                await PictureAsync($"{name}.{width}.{language}.{theme}");
            }

            await CheckAxeAsync($"{path} ({language}, {width})");
            await CheckWidthAsync($"{path} ({language}, {width})");
        }
    }

    /// <summary>Leaves a picture, where pictures are wanted.</summary>
    public async Task PictureAsync(string name)
    {
        if (Pictures)
        {
            await Page.ScreenshotAsync(new() { Path = Path.Combine(Artifacts, name + ".png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });
        }
    }

    /// <summary>Nothing on the page may keep somebody from using it (WCAG 2.2 A and AA, and axe's best practices).</summary>
    public async Task CheckAxeAsync(string where)
    {
        // Run in the page itself: axe's own wrapper opens a second page for each look, to bring frames together that our pages do not have.
        await Page.EvaluateAsync(Axe.Value);
        var problems = await Page.EvaluateAsync<string[]>("""
            async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map(problem =>
              `${problem.id}: ${problem.help}: ${problem.nodes.slice(0, 3).map(node => `${node.html} ${node.any.map(check => check.message).join(' ')}`).join(' | ')}`)
            """);
        problems.ShouldBeEmpty(where);
    }

    /// <summary>The page is no wider than the window; wide tables scroll in themselves.</summary>
    public async Task CheckWidthAsync(string where)
    {
        var tooWide = await Page.EvaluateAsync<string[]>("""
            () => {
              const width = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= width) return [];
              return [...document.body.querySelectorAll('*')].filter(element => element.getBoundingClientRect().right > width + 1).slice(0, 5)
                .map(element => `${element.tagName.toLowerCase()}.${element.className} reaches ${Math.round(element.getBoundingClientRect().right)}`);
            }
            """);
        tooWide.ShouldBeEmpty(where);
    }

    public async ValueTask DisposeAsync()
    {
        await profile.DisposeAsync();
        complaints.Where(complaint => !expected.Exists(words => complaint.Contains(words, StringComparison.Ordinal))).ShouldBeEmpty("The browser complained.");
    }
}
