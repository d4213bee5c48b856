using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Browser.Tests.Web;

/// <summary>Goes wherever the menu and the pages' own links lead, and looks at each kind of page once.</summary>
[Collection(InTheBrowser.Name)]
public sealed partial class WalkingThroughTheDemo(Chromium chromium, DemoPortal portal)
{
    [BrowserFact]
    public Task The_brands_pages_are_readable_for_everybody() => WalkAsync("admin@northlight.example", "brand");

    [BrowserFact]
    public Task A_distributors_sales_and_purchasing_pages_are_readable_for_everybody() => WalkAsync("sales@huaxin.example", "sales");

    async Task WalkAsync(string email, string name)
    {
        await using var desk = await Desk.SitDownAsync(chromium, portal, await portal.PersonAsync(email));
        var (ahead, seen, problems) = (new Queue<string>(["/"]), new HashSet<string> { "/" }, new List<string>());
        var looked = 0;
        while (ahead.TryDequeue(out var path))
        {
            try
            {
                // On a desk and on a phone in turn; with SCREENSHOTS=1 every page in every way.
                await desk.LookAtAsync(path, $"{name}{Kind(path).Replace('/', '-')}", only: looked++ % 2);
            }
            catch (ShouldAssertException problem)
            {
                problems.Add(problem.Message);
            }

            foreach (var link in await LinksAsync(desk.Page))
            {
                if (seen.Add(Kind(link)))
                {
                    ahead.Enqueue(link);
                }
            }
        }

        problems.ShouldBeEmpty();
        seen.Count.ShouldBeGreaterThan(10);
    }

    static Task<string[]> LinksAsync(IPage page) => page.EvaluateAsync<string[]>("""
        () => [...document.querySelectorAll('a[href]:not([download])')].map(link => new URL(link.href))
          .filter(address => address.origin === location.origin && !/^\/(sign-|api|openapi|lib)|\/(export|excel|pdf|xlsx|repair)\b|\.(xlsx|pdf|csv)$/.test(address.pathname))
          .map(address => address.pathname)
        """);

    /// <summary>Pages that differ only by a record's number are of one kind.</summary>
    static string Kind(string path) => Number().Replace(path, "/one");

    [GeneratedRegex("/(?=[^/]*[0-9A-Z])[^/]+")]
    private static partial Regex Number();
}
