using Microsoft.Playwright;
using Portal.Quotes;
using Shouldly;
using Xunit;

namespace Browser.Tests.Quotes;

[Collection(InTheBrowser.Name)]
public sealed class AnsweringAnOffer(Chromium chromium, DemoPortal portal)
{
    [BrowserFact]
    public async Task A_customer_without_an_account_reads_an_offer_on_a_phone_draws_a_signature_and_accepts_by_keyboard()
    {
        var number = (await portal.Database.ListAsync<string>("""
            select q.number from portal.quote q join portal.quote_link l using (quote_id) where q.status = 'sent' and l.language = 'zh-CN' order by q.quote_id desc limit 1
            """)).Single();
        var address = "/offers/" + OfferSecret.From("demo link " + number).Secret;
        await using var desk = await Desk.SitDownAsync(chromium, portal, person: null);
        await desk.LookAtAsync(address, "offer", page => page.EvaluateAsync("document.querySelectorAll('details').forEach(part => part.open = true)"));
        await desk.OpenAsync(address);

        var canvas = desk.Page.Locator("canvas.signature");
        await canvas.ScrollIntoViewIfNeededAsync();
        var box = (await canvas.BoundingBoxAsync())!;
        await desk.Page.Mouse.MoveAsync(box.X + 20, box.Y + (box.Height / 2));
        await desk.Page.Mouse.DownAsync();
        await desk.Page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + 10, new() { Steps = 8 });
        await desk.Page.Mouse.MoveAsync(box.X + box.Width - 20, box.Y + box.Height - 10, new() { Steps = 8 });
        await desk.Page.Mouse.UpAsync();
        await desk.Page.Locator("[name='Accept.Signer']").FocusAsync();
        await desk.Page.Keyboard.TypeAsync("王敏");
        await desk.Page.Keyboard.PressAsync("Tab");
        await desk.Page.Keyboard.TypeAsync("采购经理");
        await desk.Page.Locator("input[type=checkbox][name='Accept.Agreed']").FocusAsync();
        await desk.Page.Keyboard.PressAsync("Space");
        await desk.Page.Keyboard.PressAsync("Tab");
        await desk.Page.Keyboard.PressAsync("Enter");

        await desk.Page.Locator("a[href*='/signed']").WaitForAsync();
        (await portal.Database.ListAsync<(bool Drawn, string Zone)>("""
            select a.drawn is not null, a.time_zone from portal.quote_answer a join portal.quote q using (quote_id) where q.number = @number
            """, new { number })).ShouldBe([(true, "Asia/Shanghai")]);
        await desk.LookAtAsync(address, "offer-accepted");
        desk.Expect("404");
        await desk.LookAtAsync("/offers/" + new string('A', 43), "offer-unknown");
    }
}
