using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Outbox;
using Support;

namespace Portal.Tests.Orders;

public sealed class OrderingOnThePages(PortalApp portal) : IClassFixture<PortalApp>, IAsyncLifetime
{
    static readonly SemaphoreSlim Once = new(1);

    public async Task InitializeAsync()
    {
        await Once.WaitAsync();
        try
        {
            if ((await portal.Database.ListAsync<long>("select count(*) from portal.product")).Single() == 0)
            {
                await portal.Given.Products();
            }
        }
        finally
        {
            Once.Release();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_clerk_types_lines_sees_their_price_and_submits_them()
    {
        var clerk = portal.SignIn(await portal.Given.ADistributor("华信 types"));
        var form = await clerk.GetAsync("/orders/new");

        var page = await clerk.PressAsync(form, "button[value=check]", ("Lines", "A-01 3\nA-10 2"), ("PoNumber", "HX-77"));
        Assert.Contains("230.23", page.Text("#order-check tfoot"));

        var order = await clerk.PressAsync(page, "button[value=submit]");
        Assert.Equal(HttpStatusCode.OK, order.Status);
        Assert.Contains("Submitted", order.Text(".badge"));
        Assert.Contains("HX-77", order.Text(".facts"));
        Assert.Contains("has been submitted to the seller", order.Text(".flash"));
    }

    [Fact]
    public async Task Wrong_lines_are_named_and_what_was_typed_stays()
    {
        var clerk = portal.SignIn(await portal.Given.ADistributor("华信 errs"));

        var page = await clerk.PressAsync(await clerk.GetAsync("/orders/new"), "button[value=submit]", ("Lines", "A-01 3\nNOPE 1\nOLD-1 2\nA-02 0"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Equal("A-01 3\nNOPE 1\nOLD-1 2\nA-02 0", page.Document.QuerySelector("textarea[name=Lines]")!.TextContent.Trim());
        Assert.Equal(
            ["There is no product NOPE. Check the SKU or find the product by its name.", "OLD-1 is discontinued. Take the line out or choose a successor.", "Write a quantity of 1 or more, or take the line out."],
            page.Document.QuerySelectorAll(".is-wrong .field-problem").Select(problem => problem.TextContent.Trim()));
        Assert.Contains("30.03", page.Text("#order-check tbody tr:first-child td:nth-child(5)"));
    }

    [Fact]
    public async Task The_page_speaks_Chinese_to_a_Chinese_reader()
    {
        var clerk = portal.SignIn(await portal.Given.ADistributor("华信 中文"));
        clerk.Language = "zh-CN";

        var page = await clerk.PressAsync(await clerk.GetAsync("/orders/new"), "button[value=check]", ("Lines", "A-01 3\nNOPE 1"));

        Assert.Equal("新建订单", page.Text("h1"));
        Assert.Contains("没有产品 NOPE", page.Text(".is-wrong"));
        Assert.Contains("桌子 A-01", page.Text("#order-check"));
    }

    [Fact]
    public async Task An_order_goes_from_draft_to_received_between_two_browsers()
    {
        var buyer = await portal.Given.ADistributor("华信 whole way");
        var brand = await portal.Given.SomebodyOfTheBrand("brand_admin");
        await portal.Given.Stock(brand.Partner, "A-05", 10);
        var (clerk, seller) = (portal.SignIn(buyer), portal.SignIn(brand));

        var draft = await clerk.PressAsync(await clerk.GetAsync("/orders/new"), "button[value=save]", ("Lines", "A-05 10"));
        var number = draft.Text("h1");
        Assert.Equal(HttpStatusCode.NotFound, (await seller.GetAsync($"/orders/{number}")).Status);
        var edited = await clerk.PressAsync(await clerk.GetAsync($"/orders/{number}/edit"), "button[value=submit]", ("Lines", "A-05 8"));
        Assert.Contains("Submitted", edited.Text(".badge"));

        var confirmed = await seller.PressAsync(await seller.GetAsync($"/orders/{number}"), "form[action$=confirmation]");
        Assert.Contains("Confirmed", confirmed.Text(".badge"));

        var sent = await seller.SubmitAsync($"/orders/{number}/shipments/new", ("Carrier", "顺丰"), ("Lines[0].Quantity", "8"));
        Assert.Contains("Shipped", sent.Text(".badge"));
        var shipment = sent.All(".card-title")[0].Split(' ')[^1];

        Assert.Equal(HttpStatusCode.Forbidden, (await seller.GetAsync($"/shipments/{shipment}/receipts/new")).Status);
        var received = await clerk.SubmitAsync($"/shipments/{shipment}/receipts/new", ("Lines[0].Received", "7"), ("Lines[0].Damaged", "1"), ("Lines[0].Note", "bent leg"));
        Assert.Contains("Received", received.Text(".badge"));
        Assert.Contains("bent leg", received.Document.Body!.TextContent);

        var stock = await clerk.GetAsync("/stock");
        Assert.Contains("A-05", stock.Text("tbody"));
        Assert.Contains("7", stock.Text("tbody"));
    }

    [Fact]
    public async Task A_double_click_on_submit_makes_one_order()
    {
        var clerk = portal.SignIn(await portal.Given.ADistributor("华信 clicks twice"));
        var form = await clerk.GetAsync("/orders/new");

        await Task.WhenAll(
            clerk.PressAsync(form, "button[value=submit]", ("Lines", "A-01 3")),
            clerk.PressAsync(form, "button[value=submit]", ("Lines", "A-01 3")));

        Assert.Single((await clerk.GetAsync("/orders")).Document.QuerySelectorAll("tbody tr"));
    }

    [Fact]
    public async Task What_the_seller_lacks_is_said_on_the_page()
    {
        var buyer = portal.SignIn(await portal.Given.ADistributor("华信 too much"));
        var seller = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));
        var number = (await buyer.PressAsync(await buyer.GetAsync("/orders/new"), "button[value=submit]", ("Lines", "A-06 10"))).Text("h1");

        var page = await seller.PressAsync(await seller.GetAsync($"/orders/{number}"), "form[action$=confirmation]");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Equal("Line 1: A-06: 10 ordered, 0 available. Confirm by line, take goods in first, or reject the order.", page.Text(".flash-problem li"));

        var rejected = await seller.SubmitAsync(page, ("reason", "sold out"));
        Assert.Contains("Rejected", rejected.Text(".badge"));
        Assert.Contains("sold out", rejected.Text("blockquote"));
    }

    [Fact]
    public async Task An_order_is_confirmed_by_line_and_waits_until_goods_come()
    {
        var buyer = portal.SignIn(await portal.Given.ADistributor("华信 waits"));
        var brand = await portal.Given.SomebodyOfTheBrand("brand_admin");
        var seller = portal.SignIn(brand);
        await portal.Given.Stock(brand.Partner, "A-11", 4);
        var number = (await buyer.PressAsync(await buyer.GetAsync("/orders/new"), "button[value=submit]", ("Lines", "A-11 10\nA-12 2"))).Text("h1");
        Assert.Equal(HttpStatusCode.NotFound, (await buyer.GetAsync($"/orders/{number}/confirmation/new")).Status);

        var wrong = await seller.SubmitAsync($"/orders/{number}/confirmation/new", ("Lines[0].Quantity", "11"), ("Lines[0].PromisedOn", "2020-01-01"), ("Lines[1].Quantity", "0"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal(
            ["Only 10 of A-11 were ordered. Promise at most that.", "Promise a day from today to two years ahead, or none.", "2 will not be delivered. Say why."],
            wrong.Document.QuerySelectorAll(".field-problem div").Select(problem => problem.TextContent.Trim()));
        Assert.Equal("11", wrong.Value("Lines[0].Quantity"));

        var confirmed = await seller.SubmitAsync(wrong, ("Lines[0].Quantity", "10"), ("Lines[0].PromisedOn", "2026-03-20"), ("Lines[1].Quantity", "0"), ("Lines[1].Reason", "sold out"));
        Assert.Contains("Confirmed", confirmed.Text(".badge"));
        var seen = await buyer.GetAsync($"/orders/{number}");
        Assert.Contains("20 Mar 2026", seen.Text("tbody"));
        Assert.Contains("Not delivered in full: sold out", seen.Text("tbody"));

        Assert.Contains("A-11", (await seller.GetAsync("/orders/waiting")).Text("tbody"));
        await portal.Given.Stock(brand.Partner, "A-11", 20);
        var served = await seller.PressAsync(await seller.GetAsync("/orders/waiting"), "form[action$=allocation]");
        Assert.Contains("1 line has been served from stock.", served.Text(".flash"));
        Assert.Contains("10", (await seller.GetAsync($"/orders/{number}/shipments/new")).Value("Lines[0].Quantity"));
        Assert.Equal(HttpStatusCode.OK, (await seller.GetOnlyAsync("/orders/waiting/export")).Status);
    }

    [Fact]
    public async Task What_lacks_is_ordered_upwards_and_what_comes_is_reserved_without_anybody()
    {
        var brand = await portal.Given.SomebodyOfTheBrand("brand_admin");
        var middle = await portal.Given.ADistributor("华信 in the middle");
        var (seller, between) = (portal.SignIn(brand), portal.SignIn(middle));
        var buyer = portal.SignIn(await portal.Given.AReseller("江南 at the end", middle.Partner));
        Assert.Contains("The rules are kept.", (await between.SubmitAsync("/orders/waiting", ("passesUp", "automatic"))).Text(".flash"));
        var wanted = (await buyer.PressAsync(await buyer.GetAsync("/orders/new"), "button[value=submit]", ("Lines", "A-21 6"))).Text("h1");

        await between.SubmitAsync($"/orders/{wanted}/confirmation/new", ("Lines[0].Quantity", "6"));
        await DeliverAsync();

        var upwards = Assert.Single((await between.GetAsync("/orders?status=submitted")).Document.QuerySelectorAll("tbody td a")).TextContent;
        Assert.Contains(upwards, (await between.GetAsync($"/orders/{wanted}")).Document.Body!.TextContent);
        Assert.DoesNotContain(upwards, (await buyer.GetAsync($"/orders/{wanted}")).Document.Body!.TextContent);
        Assert.Empty((await between.GetAsync($"/orders/{wanted}")).Document.QuerySelectorAll("form[action='/orders/waiting/order']"));

        await seller.SubmitAsync($"/orders/{upwards}/confirmation/new", ("Lines[0].Quantity", "6"));
        await seller.SubmitAsync("/stock/moves/new", ("Kind", "supply"), ("Lines", "A-21 6"), ("Note", "made"));
        await DeliverAsync();
        var sent = await seller.SubmitAsync($"/orders/{upwards}/shipments/new", ("Lines[0].Quantity", "6"));
        await between.SubmitAsync($"/shipments/{sent.All(".card-title")[0].Split(' ')[^1]}/receipts/new", ("Lines[0].Received", "6"));
        await DeliverAsync();

        Assert.Equal("6", (await between.GetAsync($"/orders/{wanted}/shipments/new")).Value("Lines[0].Quantity"));
        Assert.Contains("Goods reserved", (await between.GetAsync($"/orders/{wanted}")).Document.Body!.TextContent);
        Assert.Contains($"Goods have come for {wanted}", (await between.GetAsync("/notifications")).Document.Body!.TextContent);
    }

    [Fact]
    public async Task A_change_is_asked_further_up_and_agreed_to_below_when_the_upstream_agrees_and_a_later_day_comes_down()
    {
        var brand = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));
        var middle = await portal.Given.ADistributor("华信 passes up");
        var between = portal.SignIn(middle);
        var buyer = portal.SignIn(await portal.Given.AReseller("江南 changes its mind", middle.Partner));
        var wanted = (await buyer.PressAsync(await buyer.GetAsync("/orders/new"), "button[value=submit]", ("Lines", "A-22 6\nA-23 2"))).Text("h1");
        await between.SubmitAsync($"/orders/{wanted}/confirmation/new", ("Lines[0].Quantity", "6"));
        await between.PressAsync(await between.GetAsync($"/orders/{wanted}"), "form[action='/orders/waiting/order']");
        var upwards = Assert.Single((await between.GetAsync("/orders")).Document.QuerySelectorAll("tbody td a")).TextContent;
        await between.PressAsync(await between.GetAsync($"/orders/{upwards}"), "form[action$=submission]");

        var refused = await buyer.SubmitAsync($"/orders/{wanted}/changes/new", ("Lines[0].CallOff", "7"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("Only 6 are still open.", refused.Text("#line-problem-0"));
        Assert.Equal("7", refused.Value("Lines[0].CallOff"));
        Assert.Contains("reason", refused.Text("main"), StringComparison.OrdinalIgnoreCase);
        var asked = await buyer.SubmitAsync(refused, ("Lines[0].CallOff", "4"), ("Reason", "the shop opens later"));
        Assert.Contains("The buyer asks for a change", asked.Text("#changes"));
        await DeliverAsync();

        Assert.Contains("the shop opens later", (await between.GetAsync("/notifications")).Words);
        Assert.Contains(wanted, (await between.GetAsync("/orders/sales?status=to_answer")).Text("tbody"));
        var passed = await between.PressAsync(await between.GetAsync($"/orders/{wanted}"), "form[action$=upstream]", ("reason", "sold less than planned"));
        Assert.Contains("Your upstream was asked", passed.Text(".flash"));
        Assert.DoesNotContain("upstream", (await buyer.GetAsync($"/orders/{wanted}")).Text("#changes"), StringComparison.OrdinalIgnoreCase);
        var atTheBrand = await brand.GetAsync($"/orders/{upwards}");
        Assert.Contains("sold less than planned", atTheBrand.Text("#changes"));
        Assert.DoesNotContain("the shop opens later", atTheBrand.Words);
        await brand.PressAsync(atTheBrand, "form[action$=acceptance]");
        await DeliverAsync();

        Assert.Contains("agreed to", (await buyer.GetAsync($"/orders/{wanted}")).Text("#changes"));
        Assert.Equal("2", (await between.GetAsync($"/orders/{upwards}/changes/new")).Document.QuerySelector("tbody tr td:nth-child(3)")!.TextContent.Trim());

        await brand.SubmitAsync($"/orders/{upwards}/confirmation/new", ("Lines[0].Quantity", "2"));
        await brand.SubmitAsync($"/orders/{upwards}/changes/new", ("Lines[0].Day", "2026-05-20"), ("Reason", "the ship is late"));
        await between.PressAsync(await between.GetAsync($"/orders/{upwards}"), "form[action$=acceptance]");
        await DeliverAsync();

        var below = (await buyer.GetAsync($"/orders/{wanted}")).Text("#changes");
        Assert.Contains("The goods ordered upwards come later.", below);
        Assert.Contains("20 May 2026", below);
        Assert.DoesNotContain("ship is late", below);
    }

    async Task DeliverAsync()
    {
        while (await portal.Services.GetRequiredService<OutboxDelivery>().DeliverDueAsync(CancellationToken.None) > 0)
        {
        }
    }

    [Fact]
    public async Task What_goes_beyond_a_purchase_limit_is_said_before_it_is_submitted()
    {
        var person = await portal.Given.ADistributor("华信 limited");
        await portal.Database.ExecuteAsync("""
            insert into portal.purchase_limit (person_id, partner_id, per_order, changed_at) select person_id, partner_id, 5, now() from portal.person where person_id = @PersonId
            """, new { person.PersonId });
        var clerk = portal.SignIn(person);
        var form = await clerk.GetAsync("/orders/new");

        var beyond = await clerk.PressAsync(form, "button[formaction='/orders/lines']", ("Lines", "A-01 1000"));

        Assert.Contains("Submitted, it waits for approval in your company.", beyond.Text("[data-needs-approval]"), StringComparison.Ordinal);
        Assert.Null((await clerk.PressAsync(form, "button[formaction='/orders/lines']", ("Lines", ""))).Document.QuerySelector("[data-needs-approval]"));
    }

    [Fact]
    public async Task Lines_come_from_a_file_an_earlier_order_and_a_list()
    {
        var clerk = portal.SignIn(await portal.Given.ADistributor("华信 files"));
        var form = await clerk.GetAsync("/orders/new");

        var read = await clerk.PressAsync(form, "button[formaction='/orders/lines']",
            ("file", new TestFile("order.csv", "货号;数量;到货日期\nA-01;3;2026-03-20\nA-02;x;\nNOPE;1;\n"u8.ToArray())), ("Lines", "A-05 1"), ("PoNumber", "F-1"));
        Assert.Equal(["A-05 1", "A-01 3 2026-03-20", "A-02 ?", "NOPE 1"], read.Document.QuerySelector("textarea")!.TextContent.Trim().Split('\n').Select(line => line.Trim()));
        var titled = await Portal.Tests.Imports.ImportDesk.WorkbookAsync(["Order of spring", "", ""], ["For Wuxi", "", ""], ["Item", "Qty", "Name"], ["A-01", "1,000", "Desk"], ["A-03", "4", "Lamp"]);
        Assert.Equal(["A-01 1000", "A-03 4"], (await clerk.PressAsync(form, "button[formaction='/orders/lines']", ("file", new TestFile("titled.xlsx", titled))))
            .Document.QuerySelector("textarea")!.TextContent.Trim().Split('\n').Select(line => line.Trim()));
        Assert.Equal("F-1", read.Value("PoNumber"));
        Assert.Equal(2, read.Document.QuerySelectorAll("tr.is-wrong").Length);
        var refused = await clerk.PressAsync(form, "button[formaction='/orders/lines']", ("file", new TestFile("order.xlsm", "PK"u8.ToArray())), ("Lines", "A-05 1"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "A-05 1"), (refused.Status, refused.Document.QuerySelector("textarea")!.TextContent.Trim()));
        Assert.NotEmpty(refused.Text(".flash-note"));

        var kept = await clerk.PressAsync(read, "button[value=list]", ("Lines", "A-01 3\nA-02 4"), ("ListName", "Weekly"));
        Assert.Contains("The lines are kept as Weekly.", kept.Text(".flash"));
        var again = await clerk.PressAsync(await clerk.GetAsync("/orders/new"), "button[value=list]", ("Lines", "A-03 5"), ("ListName", "Weekly"));
        var link = Assert.Single(again.Document.QuerySelectorAll("a[href^='/orders/new?list=']")).GetAttribute("href")!;
        Assert.Equal("A-03 5", (await clerk.GetAsync(link)).Document.QuerySelector("textarea")!.TextContent.Trim());
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(await portal.Given.ADistributor("Eurodist files")).GetAsync(link)).Status);

        var number = (await clerk.PressAsync(await clerk.GetAsync("/orders/new"), "button[value=submit]", ("Lines", "A-07 2\nA-07 3 2026-04-01"), ("RequestedOn", "2026-03-15"))).Text("h1");
        var page = await clerk.GetAsync($"/orders/{number}");
        Assert.Contains("15 Mar 2026", page.Text("tbody"));
        Assert.Contains("1 Apr 2026", page.Text("tbody"));
        Assert.Equal("A-07 2\nA-07 3", (await clerk.GetAsync($"/orders/new?again={number}")).Document.QuerySelector("textarea")!.TextContent.Trim().ReplaceLineEndings("\n"));
        var late = await clerk.PressAsync(await clerk.GetAsync("/orders/new"), "button[value=submit]", ("Lines", "A-07 2 2026-03-01"));
        Assert.Contains("Choose a day from today to two years ahead.", late.Text("tr.is-wrong"));
    }

    [Fact]
    public async Task An_order_beyond_a_limit_is_approved_on_its_page()
    {
        var admin = await portal.Given.ADistributor("华信 limits");
        var clerk = await portal.Given.APerson(admin.Partner, "purchasing");
        var (chief, buyer) = (portal.SignIn(admin), portal.SignIn(clerk));
        var form = await chief.GetAsync("/orders/limits");
        var row = form.Document.QuerySelectorAll("tbody tr").TakeWhile(person => person.QuerySelector("input[type=hidden]")!.GetAttribute("value") != clerk.Number).Count();
        var wrong = await chief.SubmitAsync(form, ($"Rows[{row}].PerOrder", "much"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "Enter an amount of 0 or more, or nothing for no limit."), (wrong.Status, wrong.Text($"#limit-problem-{row}")));
        Assert.Contains("The limits are kept.", (await chief.SubmitAsync(wrong, ($"Rows[{row}].PerOrder", "50"))).Text(".flash"));

        var waits = await buyer.PressAsync(await buyer.GetAsync("/orders/new"), "button[value=submit]", ("Lines", "A-10 1"));
        Assert.Contains("is beyond your limit and waits for approval", waits.Text(".flash"));
        Assert.Empty(waits.Document.QuerySelectorAll("form[action$='/approval']"));
        Assert.Contains("Orders to approve", (await chief.GetAsync("/")).Document.Body!.TextContent);

        var number = waits.Text("h1");
        var approved = await chief.PressAsync(await chief.GetAsync($"/orders/{number}"), "form[action$='/approval']");
        Assert.Contains("Submitted", approved.Text(".badge"));
        Assert.Contains("CNY 100.10 is beyond CNY 50.00 per order", approved.Document.QuerySelector(".timeline-list")!.TextContent.Replace('\u00A0', ' '));
    }

    [Fact]
    public async Task A_draft_is_dropped_without_a_reason_and_enter_only_checks()
    {
        var clerk = portal.SignIn(await portal.Given.ADistributor("华信 drops"));
        var form = await clerk.GetAsync("/orders/new");
        Assert.Equal("check", form.Document.QuerySelector("form.order-form button")!.GetAttribute("value"));

        var draft = await clerk.PressAsync(form, "button[value=save]", ("Lines", "A-30 2"));
        var dropped = await clerk.PressAsync(draft, "form[action$=cancellation]");

        Assert.Contains("Cancelled", dropped.Text(".badge"));
    }

    [Fact]
    public async Task Lists_are_narrowed_and_exported()
    {
        var clerk = portal.SignIn(await portal.Given.ADistributor("华信 lists"));
        foreach (var po in new[] { "L-1", "L-2" })
        {
            await clerk.PressAsync(await clerk.GetAsync("/orders/new"), "button[value=submit]", ("Lines", "A-01 1"), ("PoNumber", po));
        }

        Assert.Single((await clerk.GetAsync("/orders?q=l-2")).Document.QuerySelectorAll("tbody tr"));
        Assert.Empty((await clerk.GetAsync("/orders?status=closed")).Document.QuerySelectorAll("tbody tr"));
        Assert.Equal(HttpStatusCode.OK, (await clerk.GetAsync("/orders/sales")).Status);
        var file = await clerk.GetOnlyAsync("/orders/buyer/export");
        Assert.Equal(HttpStatusCode.OK, file.Status);
    }

    [Fact]
    public async Task Somebody_without_the_role_is_not_shown_the_ways()
    {
        var partner = (await portal.Given.ADistributor("华信 roles")).Partner;
        var viewer = portal.SignIn(await portal.Given.APerson(partner, "viewer"));

        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync("/orders/new")).Status);
        Assert.Empty((await viewer.GetAsync("/orders")).Document.QuerySelectorAll("a[href='/orders/new']"));
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync("/orders/channel")).Status);
    }

    [Fact]
    public async Task Movements_are_recorded_by_hand()
    {
        var keeper = portal.SignIn(await portal.Given.ADistributor("华信 keeps stock"));

        var wrong = await keeper.SubmitAsync("/stock/moves/new", ("Kind", "loss"), ("Lines", "A-07 5\nNOPE 1"), ("Note", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal(3, wrong.Document.QuerySelectorAll(".flash-problem li").Length);

        var moves = await keeper.SubmitAsync("/stock/moves/new", ("Kind", "supply"), ("Lines", "A-07 5"), ("Note", "opening"));
        Assert.Contains("+5", moves.Text("tbody"));
    }
}
