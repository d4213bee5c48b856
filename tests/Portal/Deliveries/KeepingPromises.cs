using System.Net;
using System.Text.Json;
using Portal.Deliveries;
using Portal.Orders;
using Portal.Tests.Receivables;
using Support;

namespace Portal.Tests.Deliveries;

/// <summary>
/// A buyer's orders that were promised, kept and broken: the calendar, the lists and the fill rate over the same data. The promised day of all is three days after the first day; "today" is ten days after it.
/// </summary>
public sealed class KeepingPromises(KeepingPromises.Promised portal) : IClassFixture<KeepingPromises.Promised>
{
    /// <summary>Five orders, and what became of them.</summary>
    public sealed class Promised : KeepingBooks
    {
        public TestPerson Buyer { get; private set; } = null!;

        public TestPerson Other { get; private set; } = null!;

        public DateOnly Day { get; private set; }

        /// <summary>10 of A-01, sent in time and received whole.</summary>
        public string Kept { get; private set; } = "";

        /// <summary>10 of A-10: 6 sent in time, 4 a day late.</summary>
        public string Late { get; private set; } = "";

        /// <summary>5 of A-20, sent in time; one came damaged. 5 of A-01 were refused at the confirmation.</summary>
        public string Damaged { get; private set; } = "";

        /// <summary>8 of A-02, of which there is none: still to be sent.</summary>
        public string Missing { get; private set; } = "";

        /// <summary>Whole from the shelf, without any day.</summary>
        public string Undated { get; private set; } = "";

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            Buyer = await Given.ADistributor("华信 promised");
            Other = await Given.ADistributor("Elsewhere");
            Day = Clock.Today.AddDays(3);
            Kept = await PromisedAsync(new[] { ("A-01", 10m) }, new SaidOfLine(1, 10, Day, null));
            Late = await PromisedAsync(new[] { ("A-10", 10m) }, new SaidOfLine(1, 10, Day, null));
            Damaged = await PromisedAsync(new[] { ("A-20", 5m), ("A-01", 5m) }, new SaidOfLine(1, 5, Day, null), new SaidOfLine(2, 0, Day, "not this year"));
            Missing = await PromisedAsync(new[] { ("A-02", 8m) }, new SaidOfLine(1, 8, Day, null));
            Undated = await SubmittedAsync(Buyer, ("A-01", 1));
            await ConfirmAsync(Undated);
            Clock.Advance(TimeSpan.FromDays(1));
            await ReceiveAsync(await ShippedAsync(Kept, (1, 10)), new ArrivedLine(1, 10, 0, 0, 0, 0, null));
            await ShippedAsync(Late, (1, 6));
            await ReceiveAsync(await ShippedAsync(Damaged, (1, 5)), new ArrivedLine(1, 4, 0, 1, 0, 0, "dented"));
            Clock.Advance(TimeSpan.FromDays(3));
            await ShippedAsync(Late, (1, 4));
            Clock.Advance(TimeSpan.FromDays(6));
        }

        async Task<string> PromisedAsync((string Sku, decimal Quantity)[] lines, params SaidOfLine[] said)
        {
            var number = await SubmittedAsync(Buyer, lines);
            Assert.IsType<OrderOutcome.Done>(await AsAsync<AnswerOrder, OrderOutcome>(Admin, answer => answer.ConfirmAsync(number, null, said, default)));
            return number;
        }

        async Task<string> ShippedAsync(string order, params (int Line, decimal Quantity)[] lines) => Assert.IsType<OrderOutcome.Done>(await ShipAsync(order, lines)).Document!;

        async Task ReceiveAsync(string shipment, params ArrivedLine[] lines) =>
            Assert.IsType<OrderOutcome.Done>(await AsAsync<ReceiveShipment, OrderOutcome>(Buyer, receive => receive.RunAsync(shipment, null, new(null, lines), default)));
    }

    [Fact]
    public async Task A_month_shows_what_is_due_on_its_days_and_a_week_the_orders()
    {
        foreach (var (person, side) in new[] { (portal.Buyer, "buyer"), (portal.Admin, "seller") })
        {
            var visitor = portal.SignIn(person);
            var narrowed = side is "seller" ? $"&partner={portal.Buyer.Partner.Number}" : "";
            var month = await visitor.GetAsync($"/deliveries/{side}/calendar?on={portal.Day:yyyy-MM-dd}{narrowed}");

            Assert.Equal(HttpStatusCode.OK, month.Status);
            Assert.Equal(["Orders: 4 33 pieces"], month.All(".calendar-due"));
            Assert.Equal(["late lines: 1"], month.All(".calendar .badge"));
            Assert.Equal(["4", "4", "33", "8", "1"], month.Document.QuerySelectorAll(".table-list tbody td").Skip(1).Select(cell => cell.TextContent.Trim()));
            var day = await visitor.GetAsync(month.Document.QuerySelector(".calendar-due")!.GetAttribute("href")!);
            Assert.Equal(5, day.Document.QuerySelectorAll("tbody tr").Length);

            var week = await visitor.GetAsync($"/deliveries/{side}/calendar?view=week&on={portal.Day:yyyy-MM-dd}{narrowed}");
            Assert.Equal(new[] { portal.Kept, portal.Late, portal.Damaged, portal.Missing }.Order(StringComparer.Ordinal), week.Document.QuerySelectorAll(".calendar-order").Select(order => order.GetAttribute("href")!.Split('/')[^1]));
            Assert.Equal([portal.Missing], (await visitor.GetAsync($"/deliveries/{side}/calendar?view=week&state=late&on={portal.Day:yyyy-MM-dd}{narrowed}")).Document.QuerySelectorAll(".calendar-order").Select(order => order.GetAttribute("href")!.Split('/')[^1]));
            Assert.Contains("Open lines without a promised or wanted day: 1.", week.Text(".card-footer"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_calendar_is_a_file_that_calendars_read()
    {
        var page = await portal.SignIn(portal.Buyer).GetAsync("/deliveries/buyer/calendar.ics");
        var lines = page.Body.Split("\r\n");

        Assert.Equal("text/calendar; charset=utf-8", page.Header("Content-Type"));
        Assert.Equal(("BEGIN:VCALENDAR", "END:VCALENDAR"), (lines[0], lines[^2]));
        Assert.Equal(4, lines.Count(line => line == "BEGIN:VEVENT"));
        Assert.Equal(4, lines.Count(line => line == $"DTSTART;VALUE=DATE:{portal.Day:yyyyMMdd}"));
        Assert.All(lines, line => Assert.True(System.Text.Encoding.UTF8.GetByteCount(line) <= 75, line));
        var unfolded = page.Body.Replace("\r\n ", "", StringComparison.Ordinal);
        Assert.Contains($"SUMMARY:LATE – Northlight: 8 pieces of {portal.Missing}\r\n", unfolded, StringComparison.Ordinal);
        Assert.Contains("DESCRIPTION:PO number –. Lines: 1\\, pieces: 8\\, still to be sent: 8.", unfolded, StringComparison.Ordinal);

        var program = portal.Api(await portal.Given.AnApiClient(portal.Buyer.Partner, "purchasing"));
        Assert.Contains("BEGIN:VEVENT", (await program.GetAsync("/api/v1/deliveries/buyer/calendar.ics")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("BEGIN:VEVENT", (await portal.SignIn(portal.Other).GetAsync("/deliveries/buyer/calendar.ics")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_fill_rate_counts_what_was_sent_by_the_promised_day()
    {
        // Due were 10 + 10 + 5 + 5 + 8 pieces in five lines of four orders; in time went 10 + 6 + 5, sent at all 10 + 10 + 5.
        foreach (var (person, side) in new[] { (portal.Buyer, "buyer"), (portal.Admin, "seller"), (portal.Admin, "channel") })
        {
            var answer = (await portal.Api(await portal.Given.AnApiClient(person.Partner, side is "buyer" ? "purchasing" : "brand_admin")).GetAsync($"/api/v1/deliveries/{side}/fulfilment?by=line&buyer={portal.Buyer.Partner.Number}")).Json;
            var total = answer.GetProperty("total");

            Assert.Equal(["4", "5", "38", "21", "25"], new[] { "orders", "lines", "piecesOrdered", "piecesInTime", "piecesSent" }.Select(name => total.GetProperty(name).ToString()));
            Assert.Equal([0.5526m, 0.84m, 0.4m, 0.25m, 0.25m], new[] { "fillRate", "onTimeRate", "lineFillRate", "orderFillRate", "onTimeInFull" }.Select(name => total.GetProperty(name).GetDecimal()));
            Assert.Equal(["DESK"], answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("group").GetString()));
            Assert.Equal(1, answer.GetProperty("withoutDay").GetInt32());
        }

        Assert.Equal(JsonValueKind.Null, (await portal.Api(await portal.Given.AnApiClient(portal.Other.Partner, "purchasing")).GetAsync("/api/v1/deliveries/buyer/fulfilment")).Json.GetProperty("total").ValueKind);
    }

    [Fact]
    public async Task Behind_each_figure_stand_its_lines()
    {
        var seller = portal.SignIn(portal.Admin);
        var page = await seller.GetAsync($"/deliveries/seller/fulfilment?by=buyer&buyer={portal.Buyer.Partner.Number}");

        Assert.Equal(["55.3%", "84%", "40%", "25%", "25%"], page.All(".figure-value"));
        Assert.Equal(["华信 promised"], page.All("tbody td:first-child"));
        var lines = await seller.GetAsync(page.Document.QuerySelector("tbody td a")!.GetAttribute("href")!);
        Assert.Equal(5, lines.Document.QuerySelectorAll("tbody tr").Length);
        foreach (var (result, order, count) in new[] { ("in_full", portal.Kept, 1), ("late", portal.Late, 1), ("damaged", portal.Damaged, 1), ("missing", portal.Missing, 2) })
        {
            var found = await seller.GetAsync($"/deliveries/seller/fulfilment/lines?result={result}&buyer={portal.Buyer.Partner.Number}");
            Assert.Equal(count, found.Document.QuerySelectorAll("tbody tr").Length);
            Assert.Contains(order, found.Text("tbody"), StringComparison.Ordinal);
        }

        Assert.Equal("Nothing was due in this time", (await seller.GetAsync($"/deliveries/seller/fulfilment?to={portal.Day.AddDays(-1):yyyy-MM-dd}")).Text(".empty-title"));
    }

    [Fact]
    public async Task A_promise_that_is_moved_does_not_count_as_kept_unless_the_buyer_wished_it()
    {
        var buyer = await portal.Given.ADistributor("Moves days");
        async Task<string> MovedAsync(TestPerson asks, TestPerson agrees, int days)
        {
            var number = await portal.SubmittedAsync(buyer, ("A-01", 4));
            await portal.AsAsync<AnswerOrder, OrderOutcome>(portal.Admin, answer => answer.ConfirmAsync(number, null, [new(1, 4, portal.Clock.Today, null)], default));
            var asked = Assert.IsType<OrderOutcome.Done>(await portal.AsAsync<AskForChange, OrderOutcome>(asks, ask => ask.RunAsync(number, null, new("later", [new(1, null, portal.Clock.Today.AddDays(days), null)]), default)));
            Assert.IsType<OrderOutcome.Done>(await portal.AsAsync<AnswerChange, OrderOutcome>(agrees, answer => answer.AcceptAsync(number, asked.Document!, null, default)));
            return number;
        }

        var (bySeller, byBuyer) = (await MovedAsync(portal.Admin, buyer, 2), await MovedAsync(buyer, portal.Admin, 2));
        portal.Clock.Advance(TimeSpan.FromDays(1));
        await portal.ShipAsync(bySeller, (1, 4));
        await portal.ShipAsync(byBuyer, (1, 4));
        portal.Clock.Advance(TimeSpan.FromDays(3));

        var program = portal.Api(await portal.Given.AnApiClient(buyer.Partner, "purchasing"));
        async Task<decimal> RateAsync(string promise) => (await program.GetAsync($"/api/v1/deliveries/buyer/fulfilment?promise={promise}")).Json.GetProperty("total").GetProperty("fillRate").GetDecimal();
        Assert.Equal((0.5m, 1m), (await RateAsync("first"), await RateAsync("agreed")));
    }

    [Fact]
    public async Task Lines_shipments_and_receipts_are_listed_filtered_and_paged_for_their_sides_only()
    {
        var buyer = portal.SignIn(portal.Buyer);
        Assert.Equal(6, (await buyer.GetAsync("/deliveries/buyer/lines")).Document.QuerySelectorAll("tbody tr").Length);
        Assert.Contains(portal.Missing, (await buyer.GetAsync("/deliveries/buyer/lines?state=late")).Text("tbody"), StringComparison.Ordinal);
        Assert.Single((await buyer.GetAsync("/deliveries/buyer/lines?state=open&day=none")).Document.QuerySelectorAll("tbody tr"));
        Assert.Equal(4, (await buyer.GetAsync("/deliveries/buyer/shipments")).Document.QuerySelectorAll("tbody tr").Length);
        Assert.Equal(2, (await buyer.GetAsync("/deliveries/buyer/shipments?state=in_transit")).Document.QuerySelectorAll("tbody tr a.btn").Length);
        Assert.Equal(["4", "0", "1", "0", "0"], (await buyer.GetAsync("/deliveries/buyer/receipts?differs=yes")).Document.QuerySelectorAll("tbody td.text-end").Select(cell => cell.TextContent.Trim()));

        var program = portal.Api(await portal.Given.AnApiClient(portal.Buyer.Partner, "viewer"));
        List<string> paged = [];
        for (var next = ""; next is not null;)
        {
            var page = (await program.GetAsync($"/api/v1/deliveries/buyer/lines?limit=4&cursor={next}")).Json;
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(line => $"{line.GetProperty("number")}/{line.GetProperty("lineNumber")}"));
            next = page.TryGetProperty("next", out var cursor) ? cursor.GetString() : null;
        }

        Assert.Equal(6, paged.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(4, (await program.GetAsync("/api/v1/deliveries/buyer/shipments")).Json.GetProperty("items").GetArrayLength());
        Assert.Equal(2, (await program.GetAsync("/api/v1/deliveries/buyer/receipts")).Json.GetProperty("items").GetArrayLength());
        Assert.Equal(33, (await program.GetAsync($"/api/v1/deliveries/buyer/calendar?from={portal.Day:yyyy-MM-dd}&to={portal.Day:yyyy-MM-dd}")).Json.GetProperty("days")[0].GetProperty("pieces").GetInt32());
        foreach (var wrong in new[] { "lines?state=x", "shipments?state=x", "calendar?state=x", $"calendar?from={portal.Day:yyyy-MM-dd}&to={portal.Day.AddDays(-1):yyyy-MM-dd}", "fulfilment?by=x", "fulfilment?promise=x" })
        {
            Assert.Equal(("invalid", wrong), ((await program.GetAsync("/api/v1/deliveries/buyer/" + wrong)).Problem, wrong));
        }

        foreach (var page in new[] { "calendar", "lines", "shipments", "receipts", "fulfilment" })
        {
            Assert.Equal((HttpStatusCode.NotFound, page), ((await buyer.GetAsync($"/deliveries/channel/{page}")).Status, page));
            Assert.Equal((HttpStatusCode.NotFound, page), ((await program.GetAsync($"/api/v1/deliveries/channel/{page}")).Status, page));
            Assert.Equal((0, page), ((await portal.SignIn(portal.Other).GetAsync($"/deliveries/buyer/{page}")).Document.QuerySelectorAll("tbody tr td a").Length, page));
        }
    }

    [Fact]
    public async Task A_calendar_is_subscribed_by_a_secret_address_that_shows_what_its_person_may_see_and_ends_with_it()
    {
        var person = await portal.Given.APerson(portal.Buyer.Partner, "purchasing");
        var (visitor, program) = (portal.SignIn(person), portal.Anonymous());
        var made = await visitor.PressAsync(await visitor.GetAsync("/deliveries/buyer/calendar?state=open"), "form[action='/deliveries/subscriptions'] button");
        var address = new Uri(made.Text("#calendar-address")!);
        Assert.Matches("^/calendars/[A-Za-z0-9_-]{43}\\.ics$", address.AbsolutePath);
        Assert.DoesNotContain(address.AbsolutePath, (await visitor.GetAsync("/deliveries/subscriptions")).Body, StringComparison.Ordinal);

        var feed = await program.GetAsync(address.AbsolutePath);
        Assert.Equal((HttpStatusCode.OK, "text/calendar; charset=utf-8"), (feed.Status, feed.Header("Content-Type")));
        Assert.Contains("BEGIN:VEVENT", feed.Body, StringComparison.Ordinal);
        Assert.Contains("no-store", feed.Header("Cache-Control"), StringComparison.Ordinal);
        // Whoever is signed in reads the subscription's calendar, not the own one; and nothing of the secret is kept.
        Assert.Equal(feed.Body.Split('\n').Count(line => line.StartsWith("UID", StringComparison.Ordinal)), (await portal.SignIn(portal.Other).GetAsync(address.AbsolutePath)).Body.Split('\n').Count(line => line.StartsWith("UID", StringComparison.Ordinal)));
        var secret = address.AbsolutePath["/calendars/".Length..^".ics".Length];
        Assert.Empty(await portal.Database.ListAsync<string>("select number from portal.calendar_subscription s where s::text like '%' || @secret || '%'", new { secret }));
        foreach (var guess in new[] { secret[..^1] + (secret[^1] is 'A' ? "E" : "A"), new string('A', 43), "x", new string('A', 500), secret + "=" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync($"/calendars/{guess}.ics")).Status);
        }

        // As things stand at that moment: without a role, or stopped, there is nothing; with both again it is there again.
        await portal.Database.ExecuteAsync("delete from portal.person_role where person_id = @id", new { id = person.PersonId });
        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync(address.AbsolutePath)).Status);
        await portal.Database.ExecuteAsync("insert into portal.person_role (person_id, role) values (@id, 'viewer'); update portal.person set disabled_at = now() where person_id = @id", new { id = person.PersonId });
        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync(address.AbsolutePath)).Status);
        await portal.Database.ExecuteAsync("update portal.person set disabled_at = null where person_id = @id", new { id = person.PersonId });
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync(address.AbsolutePath)).Status);

        // Only its person ends it, and then it is gone.
        var number = (await portal.Database.ListAsync<string>("select number from portal.calendar_subscription where person_id = @id", new { id = person.PersonId })).Single();
        await portal.AsAsync<CalendarSubscriptions, bool>(portal.Buyer, async others =>
        {
            await others.EndAsync(number, default);
            return true;
        });
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync(address.AbsolutePath)).Status);
        Assert.Contains("has ended", (await visitor.PressAsync(await visitor.GetAsync("/deliveries/subscriptions"), "form[action$='/end'] button")).Text(".flash"));
        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync(address.AbsolutePath)).Status);
        // The channel is the brand's, and there is an end to how many there are.
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.SubmitAsync("/deliveries/buyer/calendar", ("side", "channel"))).Status);
        for (var n = 0; n <= CalendarSubscriptions.Most; n++)
        {
            await visitor.SubmitAsync("/deliveries/buyer/calendar", ("side", "seller"));
        }

        Assert.Equal([(long)CalendarSubscriptions.Most], await portal.Database.ListAsync<long>("select count(*) from portal.calendar_subscription where person_id = @id", new { id = person.PersonId }));
    }

    [Theory]
    [InlineData("9999-12-31")]
    [InlineData("0001-01-01")]
    [InlineData("2199-12-31")]
    [InlineData("1900-01-01")]
    public async Task The_ends_of_time_are_no_error(string day)
    {
        foreach (var view in new[] { "month", "week" })
        {
            Assert.Equal(HttpStatusCode.OK, (await portal.SignIn(portal.Buyer).GetAsync($"/deliveries/buyer/calendar?view={view}&on={day}")).Status);
        }

        var admin = portal.SignIn(portal.Finance);
        foreach (var path in new[] { $"accounts/{portal.Buyer.Partner.Number}/statement?known={day}", $"accounts/{portal.Buyer.Partner.Number}/statement?to={day}", $"accounts/{portal.Buyer.Partner.Number}/statement?from={day}&to={day}", $"ageing?known={day}", $"ageing?on={day}" })
        {
            Assert.Equal((path, HttpStatusCode.OK), (path, (await admin.GetAsync("/receivables/" + path)).Status));
        }
    }
}
