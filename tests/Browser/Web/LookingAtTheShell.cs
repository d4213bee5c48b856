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
    public async Task Whom_the_portal_does_not_let_in_and_who_links_a_program_can_read_why_and_how()
    {
        var admin = await portal.Given.ADistributor("华信办公设备");
        await portal.Given.AnApiClient(admin.Partner, "sales", "purchasing");
        await using var desk = await Desk.SitDownAsync(chromium, portal, admin);
        desk.Expect("403");

        await desk.LookAtAsync("/sign-in/failed?reason=unknown_company", "not-let-in");
        await desk.LookAtAsync("/people", "people");
        await desk.LookAtAsync("/people/programs/new", "link-program");
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

    [BrowserFact]
    public async Task A_page_that_somebody_could_not_use_does_not_pass()
    {
        await using var desk = await Desk.SitDownAsync(chromium, portal, person: null);
        await desk.OpenAsync("/signed-out");
        await desk.Page.EvaluateAsync("() => { const field = document.createElement('input'); field.id = 'nameless'; document.querySelector('main').append(field); }");

        var refused = await Assert.ThrowsAsync<ShouldAssertException>(() => desk.CheckAxeAsync("a field without a name"));

        refused.Message.ShouldContain("id=\"nameless\"");
    }
}
