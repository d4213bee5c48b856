using Platform.Database;
using Portal.Demo;
using Portal.Documents.Typst;

namespace Portal.Returns;

/// <summary>The demo's discrepancies, in every state: credited, sent again, waiting for the seller, disputed with an offer; a carrier's paper; and returns that wait, are on their way and are credited.</summary>
sealed class ReturnsDemo(Db db, SettleDiscrepancy settle, DeliveryFiles files, ReturnPolicies policies, ReturnStore returns, RequestReturn requestReturn, HandleReturn handle) : IDemoPart
{
    // After the orders and before their books, which look at what is left of the invoices.
    public int Order => 63;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        var found = await db.ListAsync<Found>("""
            select r.number as receipt, l.line_number, d.kind, d.quantity, d.note, s.number as shipment,
                   (select min(u.email) from person u join person_role x on x.person_id = u.person_id and x.role = 'purchasing' where u.partner_id = r.buyer_id and u.kind = 'person') as buyer,
                   (select min(u.email) from person u join person_role x on x.person_id = u.person_id and x.role in ('sales', 'brand_admin') where u.partner_id = r.seller_id and u.kind = 'person') as seller
            from receipt_discrepancy d
            join goods_receipt r on r.goods_receipt_id = d.goods_receipt_id
            join shipment_line sl on sl.shipment_line_id = d.shipment_line_id
            join shipment s on s.shipment_id = sl.shipment_id
            join purchase_order_line l on l.purchase_order_line_id = sl.purchase_order_line_id
            order by d.receipt_discrepancy_id
            """, null, ct);
        await PoliciesAsync(ct);
        foreach (var (one, place) in found.Where(one => one.Buyer is not null && one.Seller is not null).Select((one, place) => (one, place)))
        {
            await SettleAsync(one, place, ct);
        }

        foreach (var (pair, place) in found.Where(one => one.Buyer is not null && one.Seller is not null).DistinctBy(one => one.Buyer).Select((pair, place) => (pair, place)))
        {
            await ReturnAsync(pair, place, ct);
        }

        await db.ExecuteAsync("""
            select set_config('app.person_id', '', true), set_config('app.partner_id', '', true), set_config('app.is_brand', '', true), set_config('app.roles', '', true), enter_as_system('seed')
            """, null, ct);
    }

    // The sellers that are somebody's upstream rotate a part of what was bought.
    async Task PoliciesAsync(CancellationToken ct)
    {
        var keepers = await db.ListAsync<string>("""
            select distinct on (s.partner_id) u.email
            from partner s
            join person u on u.partner_id = s.partner_id and u.kind = 'person' and u.email is not null
            join person_role x on x.person_id = u.person_id and x.role in ('brand_admin', 'partner_admin')
            where s.partner_type in ('brand', 'distributor') and exists (select from partner b where b.upstream_id = s.partner_id)
            order by s.partner_id, u.person_id
            """, null, ct);
        foreach (var keeper in keepers)
        {
            await EnterAsync(keeper, ct);
            Expect(await policies.KeepAsync(new() { AnswerDays = 5, AcceptsReturns = true, ReturnDays = 30, RotationPercent = 10, RotationMonths = 3, RotationDays = 90, RotationNeedsOrder = true }, ct));
        }
    }

    async Task SettleAsync(Found found, int place, CancellationToken ct)
    {
        await EnterAsync(found.Buyer!, ct);
        if (place == 0)
        {
            Expect(await files.AddAsync(DeliveryRecord.Shipment, found.Shipment, [new Attachments.SentFile("签收单.png", QrImage.Png("POD " + found.Shipment))], ct));
        }

        var (path, ends) = (place % 4) switch { 0 => ("credit", CaseLifecycle.Accept), 1 => ("send_again", CaseLifecycle.File), 2 => ("credit", CaseLifecycle.Dispute), _ => ("send_again", CaseLifecycle.Accept) };
        var number = Expect(await settle.FileAsync(new(found.Receipt, found.LineNumber, found.Kind, found.Quantity, path, found.Note ?? "外箱破损 / Box crushed"), ct)).Number;
        await EnterAsync(found.Seller!, ct);
        if (ends is CaseLifecycle.Accept)
        {
            Expect(await settle.RunAsync(number, null, ends, null, null, ct));
        }
        else if (ends is CaseLifecycle.Dispute)
        {
            Expect(await settle.RunAsync(number, null, ends, "send_again", "请提供外箱照片；可先补发 / Please add a photo of the box; we can send it again", ct));
        }
    }

    async Task ReturnAsync(Found pair, int place, CancellationToken ct)
    {
        await EnterAsync(pair.Buyer!, ct);
        if ((await returns.ReturnableAsync(null, null, null, 30, ct)).FirstOrDefault(line => line.Left > 1) is not { } goods)
        {
            return;
        }

        var number = Expect(await requestReturn.RunAsync(new("return", place == 1 ? "faulty" : "not_needed", place == 1 ? "铰链松动 / Hinges are loose" : "项目规格变更 / The project changed", false, null, [new(goods.ShipmentNumber, goods.LineNumber, 1)]), ct)).Number;
        if (place == 0)
        {
            return;
        }

        await EnterAsync(pair.Seller!, ct);
        Expect(await handle.ApproveAsync(number, null, [], ct));
        await EnterAsync(pair.Buyer!, ct);
        Expect(await handle.SendAsync(number, null, new("德邦快递", "DPK" + number[^4..], []), ct));
        if (place > 1)
        {
            await EnterAsync(pair.Seller!, ct);
            Expect(await handle.InspectAsync(number, null, [], ct));
        }
    }

    // The person at work, who keeps the product's rights beside: the next one is looked for among all.
    Task EnterAsync(string email, CancellationToken ct) =>
        db.ExecuteAsync("select enter(issuer, subject), set_config('app.is_system', 'yes', true) from person where email = @email", new { email }, ct);

    static ReturnOutcome.Done Expect(ReturnOutcome outcome) =>
        outcome as ReturnOutcome.Done ?? throw new InvalidOperationException($"The demo's returns do not go through: {outcome}{string.Concat((outcome as ReturnOutcome.Wrong)?.Problems.Select(problem => " " + problem) ?? [])}");

    sealed record Found(string Receipt, int LineNumber, string Kind, int Quantity, string? Note, string Shipment, string? Buyer, string? Seller);
}
