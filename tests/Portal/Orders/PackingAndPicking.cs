using System.Net;
using System.Text.Json;
using Support;

namespace Portal.Tests.Orders;

/// <summary>Parcels, pick list and delivery note, by page and by API.</summary>
public sealed class PackingAndPicking(PackingAndPicking.Warehouse portal) : IClassFixture<PackingAndPicking.Warehouse>
{
    /// <summary>A brand with goods enough; buyers come with each test.</summary>
    public sealed class Warehouse : PortalApp
    {
        public TestPerson Brand { get; private set; } = null!;

        public ApiClient BrandsProgram { get; private set; } = null!;

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            await Given.Products();
            Brand = await Given.SomebodyOfTheBrand("brand_admin");
            BrandsProgram = Api(await Given.AnApiClient(Brand.Partner, "brand_admin"));
            foreach (var sku in new[] { "A-01", "A-02", "A-03" })
            {
                await Given.Stock(Brand.Partner, sku, 500);
            }
        }

        public async Task<ApiClient> ProgramOfAsync(TestPerson person) => Api(await Given.AnApiClient(person.Partner, "purchasing"));

        /// <summary>An order of that buyer, confirmed.</summary>
        public async Task<string> ConfirmedAsync(Visitor buyer, string lines)
        {
            var number = (await buyer.PressAsync(await buyer.GetAsync("/orders/new"), "button[value=submit]", ("Lines", lines))).Text("h1");
            var seller = SignIn(Brand);
            await seller.PressAsync(await seller.GetAsync($"/orders/{number}"), "form[action$=confirmation]");
            return number;
        }
    }

    [Fact]
    public async Task Goods_are_packed_into_several_parcels_and_both_sides_read_what_is_in_each()
    {
        var buyer = portal.SignIn(await portal.Given.ADistributor("Packs"));
        var seller = portal.SignIn(portal.Brand);
        var number = await portal.ConfirmedAsync(buyer, "A-01 10\nA-02 4");

        var form = await seller.PressAsync(await seller.GetAsync($"/orders/{number}/shipments/new"), "button[formaction$=parcels]", ("Carrier", "顺丰"), ("TrackingNumber", "SF-1"), ("Lines[0].Quantity", "6"));
        Assert.Equal("6", form.Value("Lines[0].Quantity"));
        Assert.Equal("顺丰", form.Value("More[0].Carrier"));

        var wrong = await seller.SubmitAsync(form, ("WeightKg", "heavy"), ("More[0].WeightKg", "0"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Equal(
            ["Parcel 1: write the weight in kilograms, above 0 and at most 99999, to the gram; or leave it empty.", "Parcel 2: write the weight in kilograms, above 0 and at most 99999, to the gram; or leave it empty.", "Parcel 2 is empty. Say what is in it, or take it out."],
            wrong.Document.QuerySelectorAll(".flash-problem").Select(problem => problem.TextContent.Trim()));

        var sent = await seller.SubmitAsync(wrong, ("WeightKg", "2,5"), ("More[0].WeightKg", ""), ("More[0].TrackingNumber", "SF-2"), ("Lines[0].More[0]", "4"));
        Assert.Equal(HttpStatusCode.OK, sent.Status);
        var page = await buyer.GetAsync($"/orders/{number}");
        Assert.Equal(["Parcel 1 of 2 顺丰 · SF-1 · 2.5 kg A-01 × 6, A-02 × 4", "Parcel 2 of 2 顺丰 · SF-2 A-01 × 4"],
            page.Document.QuerySelectorAll(".remarks > li").Select(parcel => string.Join(' ', parcel.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));
    }

    [Fact]
    public async Task Programs_pack_too_and_what_does_not_add_up_is_named()
    {
        var person = await portal.Given.ADistributor("Packs by program");
        var number = await portal.ConfirmedAsync(portal.SignIn(person), "A-01 10\nA-02 4");
        var (seller, buyer) = (portal.BrandsProgram, await portal.ProgramOfAsync(person));

        async Task<JsonElement> SendAsync(object body, HttpStatusCode expected)
        {
            var answer = await seller.PostAsync($"/api/v1/orders/{number}/shipments", body);
            Assert.Equal(expected, answer.Status);
            return answer.Json;
        }

        var refused = await SendAsync(new { lines = new[] { new { lineNumber = 1, quantity = 5 } }, parcels = new object[] { new { carrier = "DHL", lines = new[] { new { lineNumber = 1, quantity = 3 } } }, new { lines = new[] { new { lineNumber = 2, quantity = 1 } } } } }, HttpStatusCode.BadRequest);
        Assert.Equal(
            ["A-01: 5 are sent, and 3 are in the parcels. Make both the same.", "A-02: 0 are sent, and 1 are in the parcels. Make both the same."],
            refused.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("detail").GetString()));

        // the parcels alone say what goes
        var sent = await SendAsync(new { parcels = new object[] { new { carrier = "DHL", trackingNumber = "JD-1", weightKg = 1.25, lines = new[] { new { lineNumber = 1, quantity = 3 } } }, new { lines = new[] { new { lineNumber = 1, quantity = 2 }, new { lineNumber = 2, quantity = 1 } } } } }, HttpStatusCode.Created);
        var shipment = (await buyer.GetAsync($"/api/v1/shipments/{sent.GetProperty("number").GetString()}")).Json;
        Assert.Equal(("DHL", "JD-1", 5), (shipment.GetProperty("carrier").GetString(), shipment.GetProperty("trackingNumber").GetString(), shipment.GetProperty("lines")[0].GetProperty("quantity").GetInt32()));
        Assert.Equal([1.25m, null], shipment.GetProperty("parcels").EnumerateArray().Select(parcel => parcel.GetProperty("weightKg") is { ValueKind: JsonValueKind.Number } weight ? weight.GetDecimal() : (decimal?)null));
        Assert.Equal([(1, 2), (2, 1)], shipment.GetProperty("parcels")[1].GetProperty("lines").EnumerateArray().Select(line => (line.GetProperty("lineNumber").GetInt32(), line.GetProperty("quantity").GetInt32())));

        // one parcel without lines holds all; and a shipment without parcels goes as before
        Assert.Single((await buyer.GetAsync($"/api/v1/shipments/{(await SendAsync(new { lines = new[] { new { lineNumber = 1, quantity = 5 } }, parcels = new[] { new { weightKg = 3 } } }, HttpStatusCode.Created)).GetProperty("number").GetString()}")).Json.GetProperty("parcels").EnumerateArray());
        Assert.Empty((await buyer.GetAsync($"/api/v1/shipments/{(await SendAsync(new { carrier = "UPS", lines = new[] { new { lineNumber = 2, quantity = 3 } } }, HttpStatusCode.Created)).GetProperty("number").GetString()}")).Json.GetProperty("parcels").EnumerateArray());
    }

    [Fact]
    public async Task The_database_refuses_parcels_that_hold_other_than_what_is_sent()
    {
        var person = await portal.Given.ADistributor("Packs wrongly");
        var number = await portal.ConfirmedAsync(portal.SignIn(person), "A-01 2");
        await portal.BrandsProgram.PostAsync($"/api/v1/orders/{number}/shipments", new { lines = new[] { new { lineNumber = 1, quantity = 2 } } });

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => portal.Database.ExecuteAsync("""
            with sent as (select s.shipment_id, l.shipment_line_id from portal.shipment s join portal.shipment_line l using (shipment_id) join portal.purchase_order o using (purchase_order_id) where o.number = @number),
            packed as (insert into portal.parcel (shipment_id, parcel_number) select shipment_id, 1 from sent returning parcel_id)
            insert into portal.parcel_line (parcel_id, shipment_line_id, quantity) select packed.parcel_id, sent.shipment_line_id, 1 from packed, sent
            """, new { number }));
        Assert.Equal("parcels_hold_what_is_shipped", refused.ConstraintName);
    }

    [Fact]
    public async Task What_is_reserved_is_picked_over_several_orders_by_sku()
    {
        var person = await portal.Given.ADistributor("Picked for");
        var buyer = portal.SignIn(person);
        var seller = portal.SignIn(portal.Brand);
        var (first, second) = (await portal.ConfirmedAsync(buyer, "A-03 5\nA-02 1"), await portal.ConfirmedAsync(buyer, "A-03 2"));

        var page = await seller.GetAsync($"/orders/picking?orders={first}&orders={second}");
        Assert.Equal(["A-02", "A-03"], page.Document.QuerySelectorAll("tbody tr td:first-child strong").Select(sku => sku.TextContent));
        Assert.Equal(["1", "7"], page.Document.QuerySelectorAll("tbody tr td:nth-child(2) strong").Select(quantity => quantity.TextContent.Trim()));

        var items = (await portal.BrandsProgram.GetAsync($"/api/v1/orders/picking?orders={second}")).Json.GetProperty("items");
        Assert.Equal(("A-03", 2, second), (items[0].GetProperty("sku").GetString(), items[0].GetProperty("quantity").GetInt32(), items[0].GetProperty("order").GetString()));
        var pdf = await seller.GetAsync($"/orders/picking/pdf?orders={first}");
        Assert.Equal("application/pdf", pdf.Header("Content-Type"));

        await portal.BrandsProgram.PostAsync($"/api/v1/orders/{second}/shipments", new { lines = new[] { new { lineNumber = 1, quantity = 2 } } });
        Assert.Empty((await portal.BrandsProgram.GetAsync($"/api/v1/orders/picking?orders={second}")).Json.GetProperty("items").EnumerateArray());
        // what others pick nobody sees, and who only buys picks nothing
        Assert.Empty((await portal.Api(await portal.Given.AnApiClient(person.Partner, "sales")).GetAsync($"/api/v1/orders/picking?orders={first}")).Json.GetProperty("items").EnumerateArray());
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(await portal.Given.APerson(person.Partner, "purchasing")).GetAsync("/orders/picking")).Status);
    }

    [Fact]
    public async Task The_delivery_note_is_frozen_once_and_the_same_bytes_for_both_sides()
    {
        var person = await portal.Given.ADistributor("Reads the note");
        var number = await portal.ConfirmedAsync(portal.SignIn(person), "A-01 3");
        var sent = await portal.BrandsProgram.PostAsync($"/api/v1/orders/{number}/shipments", new { carrier = "DHL", lines = new[] { new { lineNumber = 1, quantity = 3 } } });
        var address = $"/shipments/{sent.Json.GetProperty("number").GetString()}/delivery-note";

        var first = await portal.SignIn(portal.Brand).GetAsync(address + "?language=zh-CN");
        await portal.Database.ExecuteAsync("update portal.partner set name = 'Renamed' where number = @number", new { number = person.Partner.Number });
        var second = await portal.SignIn(person).GetAsync(address + "?language=zh-CN");

        Assert.Equal(("application/pdf", HttpStatusCode.OK), (first.Header("Content-Type"), second.Status));
        Assert.Equal(first.Bytes, second.Bytes);
        Assert.Equal(HttpStatusCode.OK, (await (await portal.ProgramOfAsync(person)).GetAsync("/api/v1" + address + "?language=en")).Status);
        // made after the renaming, of what was frozen before
        Assert.Equal(["Reads the note"], await portal.Database.ListAsync<string>("select n.content -> 'buyer' ->> 'name' from portal.delivery_note n join portal.shipment s using (shipment_id) join portal.purchase_order o using (purchase_order_id) where o.number = @number", new { number }));
        var stranger = await portal.Given.ADistributor("Reads no note");
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(stranger).GetAsync(address)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await (await portal.ProgramOfAsync(stranger)).GetAsync("/api/v1" + address)).Status);
    }
}
