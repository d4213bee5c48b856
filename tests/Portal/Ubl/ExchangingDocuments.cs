using System.Net;
using System.Text;
using System.Xml.Linq;
using Portal.Orders;
using Portal.Tests.Orders;
using Portal.Tests.Receivables;
using Portal.Ubl;
using Support;

namespace Portal.Tests.Ubl;

/// <summary>ERPs of a buyer and its seller that speak UBL with the portal, from the order to the invoice.</summary>
public sealed class ExchangingDocuments(KeepingBooks books) : IClassFixture<KeepingBooks>
{
    static readonly UblParty Nobody = new(null, null, "as it is called");

    static UblOrder Order(string id, params IReadOnlyList<UblOrderLine> lines) => new(id, null, new(2026, 3, 2), null, null, Nobody, Nobody, null, null, null, lines);

    static UblOrderLine Line(string id, string? sku, decimal? quantity, string? unit = "H87") => new(id, new(sku, null, null), new(quantity, unit));

    Task<ApiAnswer> SendAsync(TestPerson person, XElement document, string query = "") => SendAsync(person, Encoding.UTF8.GetString(UblWriter.Bytes(document)), query);

    Task<ApiAnswer> SendAsync(TestPerson person, string xml, string query = "") =>
        books.Api(person).SendAsync(HttpMethod.Post, "/api/v1/ubl" + query, new StringContent(xml, Encoding.UTF8, "application/xml"));

    async Task<XElement> GetAsync(TestPerson person, string path)
    {
        var answer = await books.Api(person).GetAsync(path);
        Assert.True(answer.Status is HttpStatusCode.OK, path + answer.Text);
        var document = XElement.Parse(answer.Text);
        Assert.Equal([], UblSchema.Flaws(document));
        return document;
    }

    static string Text(ApiAnswer answer, string name) => answer.Json.GetProperty(name).GetString()!;

    static IEnumerable<(string? Line, string Field)> Problems(ApiAnswer answer) => answer.Json.GetProperty("problems").EnumerateArray().Select(problem => (problem.GetProperty("line").GetString(), problem.GetProperty("field").GetString()!));

    [Fact]
    public async Task An_order_goes_all_the_way_by_documents_alone()
    {
        var buyer = await books.Given.ADistributor("以单据往来");
        var sent = await SendAsync(buyer, UblWriter.Write(Order("UBL-1", Line("1", "A-10", 5), Line("2", "A-20", 3)) with { Currency = "CNY" }), "?submit=true");
        Assert.Equal((HttpStatusCode.Created, "submitted"), (sent.Status, Text(sent, "outcome")));
        var number = Text(sent, "record");

        // Out again, and as it was.
        var order = UblReader.Order(await GetAsync(books.Admin, $"/api/v1/orders/{number}/ubl"));
        Assert.Equal(("UBL-1", number, buyer.Partner.Number, "CNY"), (order.Id, order.SalesOrderId, order.Buyer.Number, order.Currency));
        Assert.Equal(order.Total, order.Lines.Sum(line => line.Amount));
        Assert.Equal(HttpStatusCode.NotFound, (await books.Api(buyer).GetAsync($"/api/v1/orders/{number}/ubl/response")).Status);

        // The seller's ERP answers by line: three of the second are two.
        var response = new UblOrderResponse("AB-1", "UBL-1", number, new(2026, 3, 2), "CA", null, null, Nobody, Nobody, [Line("1", "A-10", 5) with { Day = books.Clock.Today.AddDays(3) }, Line("2", "A-20", 2) with { Note = "one is damaged" }], false);
        Assert.Equal("confirmed", Text(await SendAsync(books.Admin, UblWriter.Write(response)), "outcome"));
        var answered = UblReader.Response(await GetAsync(buyer, $"/api/v1/orders/{number}/ubl/response"));
        Assert.Equal(("CA", "5", "3", "one is damaged"), (answered.Code, answered.Lines[0].Status, answered.Lines[1].Status, answered.Lines[1].Note));
        Assert.Equal((2m, books.Clock.Today.AddDays(3)), (answered.Lines[1].Quantity.Value, answered.Lines[0].Day));
        await GetAsync(buyer, $"/api/v1/orders/{number}/ubl/response?simple=true");

        // It ships, more than there is first.
        var advice = new UblDespatchAdvice("DN-1", "UBL-1", number, new(2026, 3, 2), Nobody, Nobody, null, "顺丰", "SF-1", [new("1", "1", new("A-10", null, null), new(5, "H87")), new("2", "2", new("A-20", null, null), new(9, "H87"))]);
        var tooMuch = await SendAsync(books.Admin, UblWriter.Write(advice));
        Assert.Equal((HttpStatusCode.BadRequest, "line 2: quantity"), (tooMuch.Status, tooMuch.Json.GetProperty("errors")[0].GetProperty("field").GetString()));
        advice = advice with { Lines = [advice.Lines[0], advice.Lines[1] with { Delivered = new(2, "H87") }] };
        var shipped = await SendAsync(books.Admin, UblWriter.Write(advice));
        Assert.Equal("shipped", Text(shipped, "outcome"));
        var again = await SendAsync(books.Admin, UblWriter.Write(advice));
        Assert.Equal((HttpStatusCode.OK, Text(shipped, "record")), (again.Status, Text(again, "record"))); // sent once
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(books.Admin, UblWriter.Write(advice with { TrackingNumber = "SF-2" }))).Status);
        var despatched = UblReader.Despatch(await GetAsync(buyer, $"/api/v1/shipments/{Text(shipped, "record")}/ubl"));
        Assert.Equal(("顺丰", "SF-1", 2m), (despatched.Carrier, despatched.TrackingNumber, despatched.Lines[1].Delivered.Value));

        // The invoice sums up to the cent; the seller's own is compared with it.
        var row = (await books.InvoicesAsync(number)).Single();
        var document = await GetAsync(buyer, $"/api/v1/receivables/invoices/{row.Number}/ubl");
        var invoice = UblReader.Invoice(document);
        Assert.Equal((invoice.Lines.Sum(line => line.Net), invoice.Taxes.Sum(tax => tax.Amount), invoice.Net + invoice.Tax, row.GrossAmount), (invoice.Net, invoice.Tax, invoice.Gross, invoice.Gross));
        Assert.All(invoice.Taxes, tax => Assert.Equal(tax.Taxable, invoice.Lines.Where(line => line.Category == tax.Category && line.Percent == tax.Percent).Sum(line => line.Net)));
        Assert.Equal("matched", Text(await SendAsync(books.Admin, document), "outcome"));
        var other = await SendAsync(buyer, UblWriter.Write(invoice with { Gross = invoice.Gross + 0.01m, Lines = [invoice.Lines[0] with { UnitPrice = 99m }] }));
        Assert.Equal(("differs", row.Number), (Text(other, "outcome"), Text(other, "record")));
        Assert.Equal([(null, "grossAmount"), ("1", "price"), ("2", "item")], Problems(other));
        Assert.Equal(row.GrossAmount, (await books.InvoiceAsync(row.Number)).Invoice.GrossAmount); // the portal's own stays

        await books.CreditAsync(row.Number, new("lines", [new(1, 2)], null, "scratched"));
        var note = (await books.InvoiceAsync(row.Number)).CreditNotes.Single();
        var credit = UblReader.Invoice(await GetAsync(buyer, $"/api/v1/receivables/credit-notes/{note.Number}/ubl"));
        Assert.Equal((row.LegalNumber, note.GrossAmount, 2m), (credit.InvoiceId, credit.Gross, credit.Lines.Single().Quantity!.Value));

        // Known again by its tag; and nobody else's business.
        var first = await books.Api(buyer).GetAsync($"/api/v1/orders/{number}/ubl");
        Assert.Equal(HttpStatusCode.NotModified, (await books.Api(buyer).SendAsync(HttpMethod.Get, $"/api/v1/orders/{number}/ubl", null, ("If-None-Match", first.Header("ETag")!))).Status);
        var stranger = await books.Given.ADistributor("Reads others' post");
        foreach (var path in new[] { $"orders/{number}/ubl", $"orders/{number}/ubl/response", $"shipments/{Text(shipped, "record")}/ubl", $"receivables/invoices/{row.Number}/ubl", $"receivables/credit-notes/{note.Number}/ubl", $"ubl/{Text(sent, "number")}" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await books.Api(stranger).GetAsync("/api/v1/" + path)).Status);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(stranger, UblWriter.Write(response with { Id = "AB-2" }))).Status);
        Assert.Contains($"/ubl/shipments/{Text(shipped, "record")}", (await books.SignIn(buyer).GetAsync("/orders/" + number)).Body, StringComparison.Ordinal);
        Assert.Equal("application/xml", (await books.SignIn(buyer).GetAsync("/ubl/orders/" + number)).Headers.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task An_answer_and_an_advice_are_held_against_parties_items_and_units_of_the_order_they_name()
    {
        var (buyer, other) = (await books.Given.ADistributor("Same number"), await books.Given.ADistributor("Same number too"));
        var number = Text(await SendAsync(buyer, UblWriter.Write(Order("SAME-1", Line("1", "A-10", 5), Line("2", "A-20", 3))), "?submit=true"), "record");
        await SendAsync(other, UblWriter.Write(Order("SAME-1", Line("1", "A-10", 5))), "?submit=true");
        var self = new UblParty(books.Admin.Partner.Number, null, null);
        var response = new UblOrderResponse("HELD-1", "SAME-1", null, new(2026, 3, 2), "AP", null, null, self, new(buyer.Partner.Number, null, null), [Line("1", "A-10", 5), Line("2", "A-20", 3)], false);

        // Two buyers have that number: the document says which one, or is told to.
        Assert.Equal(["orderReference"], await RefusedAsync(UblWriter.Write(response with { Buyer = Nobody })));
        Assert.Equal(["orderReference"], await RefusedAsync(UblWriter.Write(response with { Buyer = new("P-NOBODY", null, null) })));
        Assert.Equal(["buyerCustomerParty"], await RefusedAsync(UblWriter.Write(response with { SalesOrderId = number, Buyer = new(other.Partner.Number, null, null) })));
        Assert.Equal(["orderReference"], await RefusedAsync(UblWriter.Write(response with { SalesOrderId = number, OrderId = "OTHER-1" })));
        Assert.Equal(["sellerSupplierParty"], await RefusedAsync(UblWriter.Write(response with { Seller = new(other.Partner.Number, null, null) })));
        Assert.Equal(["line 1: item", "line 2: quantity"], await RefusedAsync(UblWriter.Write(response with { Lines = [Line("1", "A-20", 5), Line("2", "A-20", 3, "KGM")] })));
        Assert.Equal(["line 1: item"], await RefusedAsync(UblWriter.Write(response with { Lines = [new("1", new(null, "4006381333931", null), new(5, "H87"))] })));
        Assert.Equal("confirmed", Text(await SendAsync(books.Admin, UblWriter.Write(response)), "outcome"));

        var advice = new UblDespatchAdvice("HELD-2", "SAME-1", null, new(2026, 3, 2), self, new(buyer.Partner.Number, null, null), null, null, null, [new("1", "1", new("A-10", null, null), new(5, "H87")), new("2", "2", new("A-20", null, null), new(3, "H87"))]);
        Assert.Equal(["deliveryCustomerParty"], await RefusedAsync(UblWriter.Write(advice with { SalesOrderId = number, Buyer = new(other.Partner.Number, null, null) })));
        Assert.Equal(["despatchSupplierParty"], await RefusedAsync(UblWriter.Write(advice with { Seller = new("P-NOBODY", null, null) })));
        Assert.Equal(["line 1: item", "line 2: quantity"], await RefusedAsync(UblWriter.Write(advice with { Lines = [advice.Lines[0] with { Item = new("A-01", null, null) }, advice.Lines[1] with { Delivered = new(3, "KGM") }] })));

        // Two parcels, the second with a carrier of its own; more in them than is sent is told.
        advice = advice with
        {
            Carrier = "顺丰",
            Parcels = [new("1", null, "SF-1", 12.5m, [advice.Lines[0], advice.Lines[1] with { Delivered = new(1, "H87") }]), new("2", "DHL", "JD-2", null, [advice.Lines[1] with { Delivered = new(2, "H87") }])],
        };
        Assert.Equal(["line 2: quantity"], await RefusedAsync(UblWriter.Write(advice with { Parcels = [advice.Parcels[0], advice.Parcels[1] with { Lines = [advice.Lines[1]] }] })));
        var shipped = await SendAsync(books.Admin, UblWriter.Write(advice));
        Assert.Equal("shipped", Text(shipped, "outcome"));
        var read = UblReader.Despatch(await GetAsync(buyer, $"/api/v1/shipments/{Text(shipped, "record")}/ubl"));
        Assert.Equal([("1", null, "SF-1", 12.5m), ("2", "DHL", "JD-2", (decimal?)null)], read.Parcels.Select(parcel => (parcel.Id, parcel.Carrier, parcel.TrackingNumber, parcel.WeightKg)));
        Assert.Equal([("1", 5m), ("2", 1m), ("2", 2m)], read.Parcels.SelectMany(parcel => parcel.Lines).Select(line => (line.OrderLineId, line.Delivered.Value)));
    }

    [Fact]
    public async Task Something_else_instead_is_asked_of_the_buyer_before_the_order_is_confirmed()
    {
        var buyer = await books.Given.ADistributor("Gets something else");
        var number = Text(await SendAsync(buyer, UblWriter.Write(Order("ELSE-1", Line("1", "A-10", 5), Line("2", "A-20", 3))), "?submit=true"), "record");
        UblOrderLine Instead(string? sku, decimal? quantity, string unit = "H87") => Line("2", "A-20", 1) with { Note = "out of production", Substitutes = [Line("2", sku, quantity, unit)] };
        var response = new UblOrderResponse("ELSE-R1", "ELSE-1", null, new(2026, 3, 2), "CA", null, null, Nobody, Nobody, [Line("1", "A-10", 5), Instead("A-01", 2)], false);

        Assert.Equal(["line 2: substitute"], await RefusedAsync(UblWriter.Write(response with { Lines = [Instead("A-01", 3)] })));
        Assert.Equal(["line 2: substitute"], await RefusedAsync(UblWriter.Write(response with { Lines = [Instead("A-01", 2, "KGM")] })));
        Assert.Equal(["line 2: substitute"], await RefusedAsync(UblWriter.Write(response with { Lines = [Instead("NO-SUCH", 2)] })));
        Assert.Equal(["line 2: substitute"], await RefusedAsync(UblWriter.Write(response with { Lines = [Instead(null, 2)] })));
        Assert.Equal(["line 2: substitute"], await RefusedAsync(UblWriter.Write(response with { Lines = [Instead("A-01", 2) with { Substitutes = [Line("2", "A-01", 1), Line("2", "A-10", 1)] }] })));
        Assert.Equal(("asked", number), await SendAsync(books.Admin, UblWriter.Write(response)) is var asked ? (Text(asked, "outcome"), Text(asked, "record")) : default);
        Assert.Equal(["orders.change.problem.one_open"], (await books.AsAsync<AskForChange, OrderOutcome>(books.Admin, ask => ask.RunAsync(number, null, new("again", [new(1, 1, null, null)]), default)) as OrderOutcome.Wrong)!.Problems.Select(problem => problem.TextKey));

        // The buyer agrees, and then the seller confirms what is ordered now.
        var change = (await books.Database.ListAsync<string>("select c.number from portal.order_change c join portal.purchase_order o using (purchase_order_id) where o.number = @number", new { number })).Single();
        Assert.IsType<OrderOutcome.Done>(await books.AsAsync<AnswerChange, OrderOutcome>(buyer, answer => answer.AcceptAsync(number, change, null, default)));
        var confirmed = response with { Id = "ELSE-R2", Code = "AP", Lines = [Line("1", "A-10", 5), Line("2", "A-20", 1), Line("3", "A-01", 2)] };
        Assert.Equal("confirmed", Text(await SendAsync(books.Admin, UblWriter.Write(confirmed)), "outcome"));
        Assert.Equal([("A-10", 5m), ("A-20", 1m), ("A-01", 2m)], UblReader.Response(await GetAsync(buyer, $"/api/v1/orders/{number}/ubl/response")).Lines.Select(line => (line.Item.Sku, line.Quantity.Value)));
    }

    [Fact]
    public async Task Lots_and_serial_numbers_travel_with_the_despatch_advice()
    {
        await books.Database.ExecuteAsync("""
            update portal.product set tracking = 'lot', tracked_since = now() - interval '1 hour' where sku = 'A-05';
            update portal.product set tracking = 'serial', tracked_since = now() - interval '1 hour' where sku = 'A-06'
            """);
        var supply = await books.Api(books.Admin).PostAsync("/api/v1/stock/movements", new
        {
            kind = "supply",
            lots = new object[]
            {
                new { sku = "A-05", code = "L-1", quantity = 3, bestBefore = "2031-05-31", madeOn = "2030-05-31" }, new { sku = "A-05", code = "L-2", quantity = 3, bestBefore = "2031-06-30" },
                new { sku = "A-06", code = "SN-1" }, new { sku = "A-06", code = "SN-2" }, new { sku = "A-06", code = "SN-3" },
            },
        });
        Assert.Equal(HttpStatusCode.Created, supply.Status);
        var buyer = await books.Given.ADistributor("Reads labels");
        var number = Text(await SendAsync(buyer, UblWriter.Write(Order("LOTS-1", Line("1", "A-05", 4), Line("2", "A-06", 2))), "?submit=true"), "record");
        await SendAsync(books.Admin, UblWriter.Write(new UblOrderResponse("LOTS-R", "LOTS-1", number, new(2026, 3, 2), "AP", null, null, Nobody, Nobody, [Line("1", "A-05", 4), Line("2", "A-06", 2)], false)));

        // what is fetched from the shelf is said before
        var picked = (await books.Api(books.Admin).GetAsync($"/api/v1/orders/picking?orders={number}")).Json.GetProperty("items");
        Assert.Equal([("L-1", 3), ("L-2", 1), ("SN-1", 1), ("SN-2", 1)], picked.EnumerateArray().SelectMany(item => item.GetProperty("lots").EnumerateArray()).Select(lot => (lot.GetProperty("code").GetString(), lot.GetProperty("quantity").GetInt32())));

        // a line for each lot, the serial numbers of a line beside each other; what does not add up is told
        var advice = new UblDespatchAdvice("LOTS-D", "LOTS-1", number, new(2026, 3, 2), Nobody, Nobody, null, null, null,
            [Sent("1", "A-05", 1, new UblItemInstance(null, "L-1")), Sent("1", "A-05", 3, new UblItemInstance(null, "L-2")), Sent("2", "A-06", 2, new("SN-3", null), new("SN-1", null))]);
        Assert.Equal(["line 2: lots"], await RefusedAsync(UblWriter.Write(advice with { Lines = [.. advice.Lines.SkipLast(1), advice.Lines[2] with { Instances = [new("SN-3", null)] }] })));
        var shipped = await SendAsync(books.Admin, UblWriter.Write(advice));
        Assert.Equal("shipped", Text(shipped, "outcome"));

        var read = UblReader.Despatch(await GetAsync(buyer, $"/api/v1/shipments/{Text(shipped, "record")}/ubl"));
        Assert.Equal([("1", "1", 1m), ("2", "1", 3m), ("3", "2", 2m)], read.Lines.Select(line => (line.Id, line.OrderLineId, line.Delivered.Value)));
        Assert.Equal(
            [new(null, "L-1", new(2031, 5, 31), new(2030, 5, 31)), new(null, "L-2", new(2031, 6, 30)), new("SN-1", null), new UblItemInstance("SN-3", null)],
            read.Lines.SelectMany(line => line.Instances));

        static UblDespatchLine Sent(string line, string sku, decimal quantity, params UblItemInstance[] instances) => new("", line, new(sku, null, null), new(quantity, "H87")) { Instances = instances };
    }

    async Task<IEnumerable<string?>> RefusedAsync(XElement document)
    {
        var answer = await SendAsync(books.Admin, document);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        return answer.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString());
    }

    [Fact]
    public async Task Every_bad_line_is_told_with_a_remedy_and_the_good_ones_are_a_draft_that_the_next_document_writes_anew()
    {
        var buyer = await books.Given.ADistributor("Sends bad lines");
        var order = Order("BAD-1", Line("10", "A-10", 5), Line("20", "NO-SUCH", 1), Line("30", "A-20", 0), Line("40", "A-20", 1.5m), Line("50", null, 1), Line("60", "A-10", 2, "KGM"), Line("70", "A-01", 1) with { UnitPrice = 1m }, Line("80", "A-20", null));
        var kept = await SendAsync(buyer, UblWriter.Write(order), "?submit=true");
        Assert.Equal((HttpStatusCode.Created, "draft"), (kept.Status, Text(kept, "outcome")));
        Assert.Equal([("20", "sku"), ("30", "quantity"), ("40", "quantity"), ("50", "item"), ("60", "quantity"), ("70", "price"), ("80", "quantity")], Problems(kept));
        var draft = Text(kept, "record");
        Assert.Equal(["A-10"], (await books.Api(buyer).GetAsync("/api/v1/orders/" + draft)).Json.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("sku").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(buyer, UblWriter.Write(order), "?submit=true")).Status);

        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(buyer, UblWriter.Write(order with { Id = "BAD-2" }), "?strict=true")).Status);
        var mended = await SendAsync(buyer, UblWriter.Write(order with { Lines = [order.Lines[0], Line("20", "A-20", 4, null)] }), "?submit=true");
        Assert.Equal(("submitted", draft), (Text(mended, "outcome"), Text(mended, "record")));
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(buyer, UblWriter.Write(order with { Lines = [order.Lines[0]] }))).Status);

        // Not this company's, not for its seller, no address of its book, another total than today's, nothing in it.
        foreach (var (wrong, field) in new[]
        {
            (Order("BAD-3", Line("1", "A-10", 1)) with { Buyer = new("P-OTHER", null, null) }, "buyerCustomerParty"), (Order("BAD-4", Line("1", "A-10", 1)) with { Seller = new("P-OTHER", null, null) }, "sellerSupplierParty"),
            (Order("BAD-5", Line("1", "A-10", 1)) with { Delivery = new(null, "Nowhere 1", "Atlantis", null, null, "GR") }, "deliveryAddress"), (Order("BAD-6", Line("1", "A-10", 1)) with { Total = 1m, Currency = "CNY" }, "expectedTotal"),
            (Order("BAD-7"), "lines"), (Order("BAD-8", Line("1", "A-10", 1)) with { Currency = "JPY" }, "currency"),
        })
        {
            var refused = await SendAsync(buyer, UblWriter.Write(wrong), "?submit=true");
            Assert.Equal((HttpStatusCode.BadRequest, field), (refused.Status, refused.Json.GetProperty("errors")[0].GetProperty("field").GetString()));
        }
    }

    [Fact]
    public async Task What_is_no_document_is_refused_without_being_followed_anywhere()
    {
        var buyer = await books.Given.ADistributor("Sends anything");
        var secret = Path.GetTempFileName();
        await File.WriteAllTextAsync(secret, "do not read me");
        foreach (var xml in new[]
        {
            $"<Order xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Order-2\">{string.Concat(Enumerable.Repeat("<a>", 100_000))}{string.Concat(Enumerable.Repeat("</a>", 100_000))}</Order>",
            "", "no xml", "<Order", $"<!DOCTYPE o [<!ENTITY x SYSTEM \"file://{secret}\">]><Order xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Order-2\">&x;</Order>",
            "<!DOCTYPE o [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><Order xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Order-2\">&b;</Order>",
            "<Order xmlns=\"urn:somebody\"/>", "<Catalogue xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Catalogue-2\"/>", "<Order xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Order-2\"/>",
        })
        {
            var refused = await SendAsync(buyer, xml);
            Assert.True(refused.Status is HttpStatusCode.BadRequest && !refused.Text.Contains("do not read me", StringComparison.Ordinal), xml + refused.Text);
        }

        var viewer = await books.Given.APerson(buyer.Partner, "viewer");
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(viewer, UblSpecimens.Written[UblKinds.Order])).Status);
        // The seller's clerks order nothing, the buyer's confirm nothing.
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(buyer, UblSpecimens.Written[UblKinds.OrderResponse])).Status);

        var page = await books.SignIn(buyer).SubmitAsync("/ubl", ("file", new TestFile("order.xml", Encoding.UTF8.GetBytes("<a/>"))));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Contains("a is not taken in", page.Words, StringComparison.Ordinal);
        page = await books.SignIn(buyer).SubmitAsync("/ubl", ("file", new TestFile("order.xml", UblWriter.Bytes(UblWriter.Write(Order("PAGE-1", Line("1", "A-10", 1), Line("2", "NO-SUCH", 1)))))));
        Assert.Contains("Draft kept", page.Words, StringComparison.Ordinal);
        Assert.Contains("Line 2:", page.Words, StringComparison.Ordinal);
        File.Delete(secret);
    }

    [Fact]
    public async Task A_simple_no_turns_an_order_down_and_two_programs_at_once_make_one_order()
    {
        var buyer = await books.Given.ADistributor("Twice at once");
        var both = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SendAsync(buyer, UblWriter.Write(Order("ONCE-1", Line("1", "A-10", 1))), "?submit=true")));
        var number = both.Select(answer => Text(answer, "record")).Distinct().Single();
        Assert.Single(both, answer => answer.Status is HttpStatusCode.Created);

        var no = new UblOrderResponse("NO-1", "ONCE-1", null, new(2026, 3, 2), "RE", "not this year", null, Nobody, Nobody, [], IsSimple: true);
        Assert.Equal("rejected", Text(await SendAsync(books.Admin, UblWriter.Write(no)), "outcome"));
        var answered = UblReader.Response(await GetAsync(buyer, $"/api/v1/orders/{number}/ubl/response?simple=true"));
        Assert.Equal(("RE", "not this year"), (answered.Code, answered.Note));
        var late = await SendAsync(books.Admin, UblWriter.Write(no with { Id = "NO-2", Code = "AP" }));
        Assert.Contains("rejected", late.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, late.Status);
    }
}
