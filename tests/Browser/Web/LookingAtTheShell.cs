using Shouldly;
using Support;
using Xunit;

namespace Browser.Tests.Web;

[Collection(InTheBrowser.Name)]
public sealed class LookingAtTheShell(Chromium chromium, ListeningPortal portal)
{
    [BrowserFact]
    public async Task The_start_page_is_readable_for_everybody()
    {
        await using var desk = await Desk.SitDownAsync(chromium, portal, await portal.Given.ADistributor("华信办公设备"));

        await desk.LookAtAsync("/", "start");
    }

    [BrowserFact]
    public async Task Pages_that_went_wrong_are_readable_for_everybody()
    {
        await using var desk = await Desk.SitDownAsync(chromium, portal, await portal.Given.ADistributor("华信办公设备"));
        desk.Expect("404");

        await desk.LookAtAsync("/no-such-page", "error-404");
    }

    [BrowserFact]
    public async Task Notifications_and_search_are_readable_for_everybody()
    {
        await using var desk = await Desk.SitDownAsync(chromium, portal, await portal.Given.ADistributor("华信办公设备"));

        await desk.LookAtAsync("/notifications", "notifications-empty");
        await desk.LookAtAsync("/search", "search-empty");
        await desk.LookAtAsync("/signed-out", "signed-out");
    }

    [BrowserFact]
    public async Task Lists_forms_and_charts_are_readable_for_everybody()
    {
        await using var desk = await Desk.SitDownAsync(chromium, portal, await portal.Given.ADistributor("华信办公设备"));

        await desk.LookAtAsync("/gallery/list", "gallery-list");
        await desk.LookAtAsync("/gallery/list?empty=true", "gallery-list-empty");
        await desk.LookAtAsync("/gallery/form", "gallery-form");
        await desk.LookAtAsync("/gallery/charts", "gallery-charts", page => page.WaitForSelectorAsync("[data-drawn]"));
    }
}
