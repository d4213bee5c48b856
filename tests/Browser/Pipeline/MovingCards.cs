using Xunit;

namespace Browser.Tests.Pipeline;

[Collection(InTheBrowser.Name)]
public sealed class MovingCards(Chromium chromium, DemoPortal portal)
{
    [BrowserFact]
    public async Task A_card_is_moved_by_keyboard_and_by_mouse_and_keeps_the_focus()
    {
        await using var desk = await Desk.SitDownAsync(chromium, portal, await portal.PersonAsync("sales@huaxin.example"));
        await desk.OpenAsync("/pipeline");
        var card = desk.Page.Locator("[data-stage=qualified] .kanban-card").First;
        var number = (await card.GetAttributeAsync("data-deal"))!;

        await card.FocusAsync();
        await desk.Page.Keyboard.PressAsync("Alt+ArrowRight");

        await desk.Page.Locator($"[data-stage=needs] [data-deal='{number}']").WaitForAsync();
        await desk.Page.WaitForFunctionAsync("number => document.activeElement.dataset.deal === number", number);

        await desk.Page.Locator($"[data-deal='{number}']").DragToAsync(desk.Page.Locator("[data-stage=qualified] .kanban-title"));

        await desk.Page.Locator($"[data-stage=qualified] [data-deal='{number}']").WaitForAsync();
    }

    [BrowserFact]
    public async Task The_pages_of_pipeline_leads_and_receipts_are_readable_for_everybody()
    {
        await using (var desk = await Desk.SitDownAsync(chromium, portal, await portal.PersonAsync("sales@huaxin.example")))
        {
            foreach (var path in new[] { "/pipeline", "/pipeline/list", "/pipeline/forecast", "/pipeline/outcomes", "/leads", "/leads/pool", "/claim-receipts" })
            {
                await desk.LookAtAsync(path, "sales" + path.Replace('/', '-'));
            }

            await desk.OpenAsync("/leads/pool");
            await desk.LookAtAsync((await desk.Page.Locator("a[href^='/leads/pool/']").First.GetAttributeAsync("href"))!, "lead-take");
            await desk.OpenAsync("/leads?status=offered");
            await desk.LookAtAsync((await desk.Page.Locator("a[href^='/leads/L-']").First.GetAttributeAsync("href"))!, "lead-answer");
        }

        await using var brand = await Desk.SitDownAsync(chromium, portal, await portal.PersonAsync("admin@northlight.example"));
        foreach (var path in new[] { "/pipeline", "/pipeline/settings", "/leads", "/leads/new", "/leads/settings" })
        {
            await brand.LookAtAsync(path, "brand" + path.Replace('/', '-'), async page => await page.EvaluateAsync("document.querySelectorAll('main details:not(.menu)').forEach(part => part.open = true)"));
        }
    }
}
