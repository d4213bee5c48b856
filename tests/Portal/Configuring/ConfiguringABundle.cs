using System.Net;
using Npgsql;
using Support;

namespace Portal.Tests.Configuring;

public sealed class ConfiguringABundle(ConfiguringPartner given) : IClassFixture<ConfiguringPartner>
{
    readonly Quotes.QuotingPartner portal = given.Portal;

    [Fact]
    public async Task The_brand_writes_a_bundle_on_the_page_publishes_it_and_a_salesperson_puts_it_into_a_new_quote()
    {
        var keeper = portal.SignIn(given.Keeper);
        var form = await keeper.GetAsync("/configure/bundles/new");
        var page = await keeper.SubmitAsync(form,
            ("Code", "page"), ("Name", "Lit desk"), ("NameZh", "带灯桌"), ("Sku", "D-1"),
            ("Groups[0].Code", "light"), ("Groups[0].Name", "Light"), ("Groups[0].NameZh", "照明"), ("Groups[0].Least", 1), ("Groups[0].Most", 1),
            ("Options[0].Group", "LIGHT"), ("Options[0].Sku", "D-2"), ("Options[0].Quantity", 2), ("Options[0].QuantityRule", "per_unit"),
            ("Options[1].Group", "LIGHT"), ("Options[1].Sku", "ARM"));
        Assert.Equal("/configure/bundles/PAGE", page.Path);
        Assert.False((await portal.SignIn(portal.Sales).GetAsync("/configure")).Has("a[href='/configure/PAGE']"), "a draft is the brand's");
        await keeper.PressAsync(page, "form[action='/configure/bundles/PAGE/publication']", ("from", portal.Clock.Today));

        var sales = portal.SignIn(portal.Sales);
        var configuring = await sales.GetAsync("/configure/PAGE");
        Assert.Contains("Light: choose one.", configuring.Words, StringComparison.Ordinal);
        var mended = await sales.PressAsync(configuring, "button[value='add D-2']", ("units", 3));
        Assert.Equal("CNY 6,480.27", mended.Text("[data-total]"));
        var quote = await sales.PressAsync(mended, "button[formaction='/configure/PAGE/quote']", ("customer", "C-YUNQI"));

        // Three frames of 1,999.99 and six lamps of 80.05, as one configuration.
        Assert.StartsWith("/quotes/Q-", quote.Path, StringComparison.Ordinal);
        Assert.Equal(["D-1 3", "D-2 6"], await LinesAsync(quote.Path["/quotes/".Length..]));
        Assert.Equal(2, quote.All("a[href^='/configure/made/CF-']").Count);
    }

    [Fact]
    public async Task A_choice_that_does_not_go_together_is_put_nowhere_and_the_remedies_are_offered()
    {
        await given.PublishAsync(ConfiguringPartner.Desk("CLASH"), "CLASH");
        var sales = portal.SignIn(portal.Sales);
        var page = await sales.GetAsync("/configure/CLASH");

        var refused = await sales.PressAsync(page, "button[formaction='/configure/CLASH/quote']", ("customer", "C-YUNQI"), ("pick.LIGHT", "ARM"), ("seats", 25));

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("Arm needs Pad as well. The arm scratches the top.", refused.Words, StringComparison.Ordinal);
        Assert.True(refused.Has("button[value='add PAD']"));
        Assert.Equal("25", refused.Value("seats"));
        Assert.Equal([0L], await portal.Database.ListAsync<long>("select count(*) from portal.configuration c join portal.bundle_version v using (bundle_version_id) join portal.bundle b using (bundle_id) where b.code = 'CLASH'"));
        var mended = await sales.PressAsync(refused, "button[value='add PAD']");
        Assert.Contains("All of it goes together.", mended.Words, StringComparison.Ordinal);
        Assert.True(mended.Has("input[name='option'][value='PAD'][checked]"));
    }

    [Fact]
    public async Task The_same_page_in_Chinese_says_the_reason_in_Chinese()
    {
        await given.PublishAsync(ConfiguringPartner.Desk("ZH"), "ZH");
        var sales = portal.SignIn(portal.Sales);
        sales.Language = "zh-CN";

        var page = await sales.PressAsync(await sales.GetAsync("/configure/ZH"), "#configure", ("pick.LIGHT", "ARM"));

        Assert.Contains("支架 还须搭配 桌垫。", page.Words, StringComparison.Ordinal);
        Assert.Contains("支架会划伤桌面。", page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changing_a_configuration_later_replaces_its_lines_where_they_stand_and_leaves_the_others()
    {
        await given.PublishAsync(ConfiguringPartner.Desk("AGAIN"), "AGAIN");
        var api = portal.Api(portal.Sales);
        var made = (await api.PostAsync("/api/v1/configurations", new { bundle = "AGAIN", units = 2, seats = 12, customer = "C-YUNQI", taxRate = 0 })).Json;
        var (number, quote) = (made.GetProperty("number").GetString()!, made.GetProperty("quote").GetString()!);
        var sales = portal.SignIn(portal.Sales);
        await sales.SubmitAsync($"/quotes/{quote}/edit", ("Lines[3].Sku", "PAD"), ("Lines[3].Quantity", 5));
        Assert.Equal(["D-1 2", "D-2 2", "HUB 2", "PAD 5"], await LinesAsync(quote));

        var form = await sales.GetAsync($"/configure/AGAIN?from={number}");
        Assert.Equal("12", form.Value("seats"));
        await sales.PressAsync(form, "button[formaction='/configure/AGAIN/quote']", ("units", 3), ("seats", 31));

        Assert.Equal(["D-1 3", "D-2 3", "HUB 4", "PAD 5"], await LinesAsync(quote));
        var old = await sales.GetAsync($"/configure/made/{number}");
        Assert.Contains("Changed later to", old.Words, StringComparison.Ordinal);
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(distinct l.configuration) from portal.quote_line l join portal.quote_revision r using (quote_revision_id) join portal.quote q using (quote_id) where q.number = @quote and l.configuration is not null", new { quote }));
    }

    [Fact]
    public async Task The_lines_keep_their_configuration_when_the_quote_is_changed_sent_and_revised()
    {
        await given.PublishAsync(ConfiguringPartner.Desk("KEPT"), "KEPT");
        var made = (await portal.Api(portal.Sales).PostAsync("/api/v1/configurations", new { bundle = "KEPT", seats = 1, customer = "C-YUNQI", taxRate = 0 })).Json;
        var (number, quote) = (made.GetProperty("number").GetString()!, made.GetProperty("quote").GetString()!);
        var sales = portal.SignIn(portal.Sales);

        await sales.SubmitAsync($"/quotes/{quote}/edit", ("Lines[0].Discount", 1));
        await sales.PressAsync(await sales.GetAsync($"/quotes/{quote}"), $"form[action='/quotes/{quote}/sending']");
        await sales.PressAsync(await sales.GetAsync($"/quotes/{quote}"), $"form[action='/quotes/{quote}/revisions']");

        Assert.Equal([number, number, number], (await portal.Api(portal.Sales).GetAsync($"/api/v1/quotes/{quote}")).Json.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("configuration").GetString()));
        Assert.Equal("quote-state", (await portal.Api(portal.Sales).PostAsync($"/api/v1/quotes/{quote}/sending", null)).Problem ?? "quote-state");
        var intoSent = await portal.Api(portal.Sales).PostAsync("/api/v1/configurations", new { bundle = "KEPT", seats = 1, quote });
        Assert.Equal("quote", intoSent.Json.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_version_that_was_published_stays_and_says_by_which_a_configuration_was_made()
    {
        await given.PublishAsync(ConfiguringPartner.Desk("STAYS"), "STAYS");
        var made = (await portal.Api(portal.Sales).PostAsync("/api/v1/configurations", new { bundle = "STAYS", seats = 1, customer = "C-YUNQI", options = new[] { new { sku = "D-2" } } })).Json.GetProperty("number").GetString()!;
        var api = portal.Api(given.Keeper);
        var first = await api.GetAsync("/api/v1/bundles/STAYS");
        await Assert.ThrowsAsync<PostgresException>(() => portal.Database.ExecuteAsync("update portal.bundle_option o set quantity = 9 from portal.bundle_version v, portal.bundle b where v.bundle_version_id = o.bundle_version_id and b.bundle_id = v.bundle_id and b.code = 'STAYS'"));

        // The next version knows no lamp.
        var facts = new
        {
            name = "Desk", nameZh = "桌", sku = "D-1", groups = new[] { new { code = "LIGHT", name = "Light", nameZh = "照明", least = 1, most = 1 } },
            options = new object[] { new { group = "LIGHT", sku = "ARM" } },
        };
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Put, "/api/v1/bundles/STAYS", facts, ("If-Match", first.Header("ETag")!))).Status);
        Assert.Equal("stale", (await api.SendAsync(HttpMethod.Put, "/api/v1/bundles/STAYS", facts, ("If-Match", "\"99\""))).Problem);
        Assert.Equal(HttpStatusCode.OK, (await given.PublishAsync("STAYS")).Status);

        var answer = (await portal.Api(portal.Sales).GetAsync($"/api/v1/configurations/{made}")).Json;
        Assert.Equal(1, answer.GetProperty("version").GetInt32());
        Assert.Equal(["D-2 is no option of this version any more; take it out.", "HUB is no option of this version any more; take it out.", "Light: choose one."], answer.GetProperty("toChange").EnumerateArray().Select(clash => clash.GetProperty("detail").GetString()));
        Assert.Contains("By version 2, which holds today, this would have to change", (await portal.SignIn(portal.Sales).GetAsync($"/configure/made/{made}")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_contradicts_itself_is_not_published_and_says_what_to_change()
    {
        var api = portal.Api(given.Keeper);
        await api.PostAsync("/api/v1/bundles", new
        {
            code = "CIRCLE", name = "Circle", nameZh = "循环", groups = new[] { new { code = "G", name = "G", nameZh = "组" } },
            options = new object[] { new { group = "G", sku = "ARM" }, new { group = "G", sku = "PAD" } },
            rules = new object[] { new { kind = "requires", when = "ARM", skus = new[] { "PAD" }, why = "a", whyZh = "甲" }, new { kind = "requires", when = "PAD", skus = new[] { "ARM" }, why = "b", whyZh = "乙" } },
        });

        var refused = await given.PublishAsync("CIRCLE");

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal("Requirements run in a circle: Arm → Pad → Arm. Take one of these rules out.", refused.Json.GetProperty("errors")[0].GetProperty("detail").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Sales).GetAsync("/api/v1/bundles/CIRCLE")).Status);
    }

    [Fact]
    public async Task What_is_wrong_with_a_draft_is_said_at_its_field_and_what_was_typed_stays()
    {
        var keeper = portal.SignIn(given.Keeper);

        var page = await keeper.SubmitAsync("/configure/bundles/new", ("Code", "WRONG"), ("Name", "Wrong"), ("NameZh", "错"), ("Groups[0].Code", "G"), ("Groups[0].Name", "G"), ("Groups[0].NameZh", "组"),
            ("Options[1].Group", "G"), ("Options[1].Sku", "NOPE"));

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains("There is no product NOPE; look it up in the catalog.", page.Words, StringComparison.Ordinal);
        Assert.Equal("NOPE", page.Value("Options[0].Sku"));
        Assert.Equal("WRONG", page.Value("Code"));
    }

    [Fact]
    public async Task A_double_click_puts_it_into_one_quote()
    {
        await given.PublishAsync(ConfiguringPartner.Desk("TWICE"), "TWICE");
        var sales = portal.SignIn(portal.Sales);
        var page = await sales.GetAsync("/configure/TWICE");

        var pages = await Task.WhenAll(sales.PressAsync(page, "button[formaction='/configure/TWICE/quote']", ("customer", "C-YUNQI")), sales.PressAsync(page, "button[formaction='/configure/TWICE/quote']", ("customer", "C-YUNQI")));

        Assert.Equal(pages[0].Path, pages[1].Path);
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.configuration c join portal.bundle_version v using (bundle_version_id) join portal.bundle b using (bundle_id) where b.code = 'TWICE'"));
    }

    [Fact]
    public async Task Into_an_order_it_goes_at_the_buyers_prices_and_stays_together_when_the_draft_is_changed()
    {
        await given.PublishAsync(ConfiguringPartner.Desk("ORDER"), "ORDER");
        var sales = portal.SignIn(portal.Sales);
        var page = await sales.GetAsync("/configure/ORDER");

        var order = await sales.PressAsync(page, "button[formaction='/configure/ORDER/order']", ("units", 2), ("seats", 3));

        Assert.StartsWith("/orders/PO-", order.Path, StringComparison.Ordinal);
        Assert.Equal(3, order.All("a[href^='/configure/made/CF-']").Count);
        var edited = await sales.SubmitAsync(await sales.GetAsync(order.Path + "/edit"), ("Note", "by Friday"), ("Act", "save"));
        Assert.Equal(3, edited.All("a[href^='/configure/made/CF-']").Count);
        var number = edited.All("a[href^='/configure/made/CF-']")[0].Trim();
        await sales.PressAsync(await sales.GetAsync($"/configure/ORDER?from={number}"), "button[formaction='/configure/ORDER/order']", ("units", 5));
        Assert.Equal(["D-1 5", "D-2 5", "HUB 1"], await portal.Database.ListAsync<string>("""
            select p.sku || ' ' || l.quantity from portal.purchase_order_line l join portal.product p using (product_id) join portal.purchase_order o using (purchase_order_id) where o.number = @number order by l.line_number
            """, new { number = order.Path["/orders/".Length..] }));
    }

    [Fact]
    public async Task Nobody_sees_or_uses_what_another_company_configured()
    {
        await given.PublishAsync(ConfiguringPartner.Desk("MINE"), "MINE");
        var made = (await portal.Api(portal.Sales).PostAsync("/api/v1/configurations", new { bundle = "MINE", seats = 1, customer = "C-YUNQI" })).Json;
        var (number, quote) = (made.GetProperty("number").GetString()!, made.GetProperty("quote").GetString()!);
        var rival = portal.Api(portal.Rival);

        Assert.Equal(HttpStatusCode.NotFound, (await rival.GetAsync($"/api/v1/configurations/{number}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Rival).GetAsync($"/configure/made/{number}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Rival).GetAsync($"/configure/MINE?from={number}")).Status);
        Assert.Equal("quote", (await rival.PostAsync("/api/v1/configurations", new { bundle = "MINE", seats = 1, quote })).Json.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Equal("customer", (await rival.PostAsync("/api/v1/configurations", new { bundle = "MINE", seats = 1, customer = "C-YUNQI" })).Json.GetProperty("errors")[0].GetProperty("field").GetString());
        var own = await portal.Given.ADistributor("Named " + number);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(own).PostAsync("/api/v1/bundles", ConfiguringPartner.Desk("THEIRS"))).Status);
        await Assert.ThrowsAsync<PostgresException>(() => portal.Database.ExecuteAsync("update portal.quote_line set configuration = @number where partner_id <> @partner and configuration is null; update portal.quote_line set configuration = 'CF-NONE' where configuration = @number",
            new { number, partner = portal.Sales.Partner.PartnerId }));
    }

    [Fact]
    public async Task What_has_ended_is_not_configured_any_more_and_what_was_made_says_so()
    {
        await given.PublishAsync(ConfiguringPartner.Desk("ENDED"), "ENDED");
        var number = (await portal.Api(portal.Sales).PostAsync("/api/v1/configurations", new { bundle = "ENDED", seats = 1, customer = "C-YUNQI" })).Json.GetProperty("number").GetString()!;

        var ended = await portal.Api(given.Keeper).PostAsync("/api/v1/bundles/ENDED/end", new { lastDay = portal.Clock.Today.AddDays(-1) });

        Assert.Equal(HttpStatusCode.NoContent, ended.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Sales).GetAsync("/configure/ENDED")).Status);
        Assert.Contains("The brand does not offer this bundle any more.", (await portal.SignIn(portal.Sales).GetAsync($"/configure/made/{number}")).Words, StringComparison.Ordinal);
    }

    Task<List<string>> LinesAsync(string quote) => portal.Database.ListAsync<string>("""
        select p.sku || ' ' || l.quantity
        from portal.quote q join portal.quote_revision r on r.quote_id = q.quote_id and r.revision = q.current_revision join portal.quote_line l using (quote_revision_id) join portal.product p using (product_id)
        where q.number = @quote order by l.line_number
        """, new { quote });
}
