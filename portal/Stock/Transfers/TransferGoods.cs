using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Portal.Stock;

/// <summary>A partner moves goods between its own places (调拨): there at once, or on the way until somebody there says what came.</summary>
public sealed class TransferGoods(Db db, StockLedger ledger, StockPlaces places, AuditTrail audit, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Sends goods from one place to another: all lines or none.</summary>
    public async Task<StockOutcome> SendAsync(TransferAsked asked, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(() => WriteAsync(asked, ct), ct);
        }
        catch (PostgresException refused) when (refused.Violates(StockLedger.NeverNegative) || refused.Violates(StockLedger.ReservedIsOnHand))
        {
            return StockOutcome.Because("lines", "stock.problem.not_enough");
        }
        catch (PostgresException refused) when (TrackedGoods.Refused(refused) is { } problem)
        {
            return new StockOutcome.Wrong([problem]);
        }
    }

    /// <summary>Takes in what came; what did not is lost. A line that is not named came in full, which ends the transfer.</summary>
    /// <param name="number">The transfer.</param>
    /// <param name="came">How much of which product came.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="lots">Which lots or serial numbers came, of tracked products of which not all did.</param>
    public async Task<StockOutcome> ReceiveAsync(string number, IReadOnlyList<SkuLine> came, CancellationToken ct, IReadOnlyList<SkuLot>? lots = null)
    {
        try
        {
            return await db.InTransactionAsync(() => TakeInAsync(number, came, lots ?? [], ct), ct);
        }
        catch (PostgresException refused) when (TrackedGoods.Refused(refused) is { } problem)
        {
            return new StockOutcome.Wrong([problem]);
        }
    }

    async Task<StockOutcome> TakeInAsync(string number, IReadOnlyList<SkuLine> came, IReadOnlyList<SkuLot> lots, CancellationToken ct)
    {
        if (await db.FindAsync<TransferInHand>("""
            select t.stock_transfer_id, t.partner_id, t.to_place_id, exists (select from unnest(@roles) as role where app_has_role(role)) as may_keep
            from stock_transfer t where t.number = @number for no key update
            """, new { number, roles = StockRoles.Keepers.ToArray() }, ct) is not { } transfer)
        {
            // One that was received is not taken any more: a second click changes nothing.
            return await db.OneAsync<bool>("select exists (select from stock_transfer t where t.number = @number)", new { number }, ct) ? new StockOutcome.Done(number) : new StockOutcome.NotFound();
        }

        if (!transfer.MayKeep)
        {
            return new StockOutcome.Forbidden();
        }

        var lines = await db.ListAsync<SentLine>("""
            select l.line_number, l.product_id, p.sku, l.quantity, p.tracking from stock_transfer_line l join product p on p.product_id = l.product_id where l.stock_transfer_id = @StockTransferId order by l.line_number
            """, new { transfer.StockTransferId }, ct);
        if (Problems(came, lines).ToList() is { Count: > 0 } problems)
        {
            return new StockOutcome.Wrong(problems);
        }

        var said = came.ToDictionary(line => line.Sku, line => (int)line.Quantity!.Value, StringComparer.Ordinal);
        var received = lines.ConvertAll(line => said.GetValueOrDefault(line.Sku, line.Quantity));
        var lost = lines.Select((line, index) => line.Quantity - received[index]).ToArray();
        var (named, wrong) = await LotsAsync(number, lines, received, lots, ct);
        if (wrong.Count > 0)
        {
            return new StockOutcome.Wrong(wrong);
        }

        await ledger.ReceiveAsync(transfer.ToPlaceId, new([.. lines.Select(line => line.ProductId)], [.. received.Select(quantity => (long)quantity)]), [.. lost.Select(quantity => (long)quantity)], null, number, ct, named);
        await db.ExecuteAsync("""
            update stock_transfer_line l set received = said.received, lost = said.lost
            from unnest(@numbers, @received, @lost) as said (line_number, received, lost)
            where l.stock_transfer_id = @StockTransferId and l.line_number = said.line_number;
            update stock_transfer set status = 'received', received_by = app_person_id(), received_at = @Now, version = version + 1 where stock_transfer_id = @StockTransferId
            """, new { transfer.StockTransferId, Now, numbers = lines.Select(line => line.LineNumber).ToArray(), received = received.ToArray(), lost }, ct);
        await audit.RecordAsync("stock.transfer_received", "stock_transfer", number, transfer.PartnerId, new { lines = lines.Select((line, index) => new { line.Sku, received = received[index], lost = lost[index] }) }, ct);
        return new StockOutcome.Done(number);
    }

    // The lots that were sent come or are lost; which, is asked for where a part of several is lost.
    async Task<(List<NamedPieces> Named, List<StockProblem> Problems)> LotsAsync(string number, List<SentLine> lines, List<int> received, IReadOnlyList<SkuLot> said, CancellationToken ct)
    {
        List<NamedPieces> named = [];
        List<StockProblem> problems = [];
        if (lines.TrueForAll(line => line.Tracking is Tracked.None))
        {
            return (named, problems);
        }

        var sent = (await LotReading.OfPaperAsync(db, number, "transfer", ct)).ToLookup(lot => lot.ProductId);
        for (var index = 0; index < lines.Count; index++)
        {
            var line = lines[index];
            if (line.Tracking is Tracked.None)
            {
                continue;
            }

            if (!sent[line.ProductId].Any())
            {
                // It left before its product was tracked.
                named.AddRange(new[] { new NamedPieces(index + 1, "", received[index]), new NamedPieces(index + 1, "", line.Quantity - received[index], Lost: true) }.Where(pieces => pieces.Quantity > 0));
                continue;
            }

            var split = SplitLots.Of(line.LineNumber, line.Sku, [.. sent[line.ProductId].Select(lot => new LotPiecesThere(lot.Code, lot.Quantity))], [new("received", received[index]), new("lost", line.Quantity - received[index])],
                [.. said.Where(lot => lot.Sku == line.Sku).Select(lot => new SaidOfLot(lot.Pieces.Kept, "received", (long)lot.Pieces.Pieces))]);
            named.AddRange(split.Dealt.Select(lot => new NamedPieces(index + 1, lot.Code, lot.Quantity, Lost: lot.Outcome is "lost")));
            problems.AddRange(new[] { split.Problem }.OfType<StockProblem>());
        }

        return (named, problems);
    }

    async Task<StockOutcome> WriteAsync(TransferAsked asked, CancellationToken ct)
    {
        var me = await db.OneAsync<(long? PartnerId, bool MayKeep)>("select app_partner_id(), exists (select from unnest(@roles) as role where app_has_role(role))", new { roles = StockRoles.Keepers.ToArray() }, ct);
        if (me is not ({ } partner, true))
        {
            return new StockOutcome.Forbidden();
        }

        var (from, to) = (await places.KeyAsync(asked.From, ct), await places.KeyAsync(asked.To, ct));
        var lots = (asked.Lots ?? []).OfType<SkuLot>().ToLookup(lot => lot.Sku?.Trim() ?? "", lot => lot.Pieces, StringComparer.Ordinal);
        var lines = RecordMovement.WithLots((asked.Lines ?? []).OfType<SkuLine>().ToList(), lots);
        var products = from is { } place ? await ledger.ProductsAsync(place, lines, ct) : new Dictionary<string, ProductHere>(StringComparer.Ordinal);
        var problems = Problems(asked, from, to, lines, products).ToList();
        var tracked = problems.Count > 0 ? [] : RecordMovement.LinesWithLots(lines, products, lots);
        problems.AddRange(TrackedGoods.Problems(tracked, areProposed: true));
        if (problems.Count > 0)
        {
            return new StockOutcome.Wrong(problems);
        }

        var number = PublicNumber.New("TF");
        var goods = lines.GroupBy(line => line.Sku, StringComparer.Ordinal).Select(sku => (products[sku.Key].ProductId, Quantity: (long)sku.Sum(line => line.Quantity!.Value))).ToList();
        await ledger.SendOverAsync(from!.Value, to!.Value, StockLines.Of(goods, line => line.ProductId, line => line.Quantity), asked.AtOnce, number, ct, TrackedGoods.Named([.. tracked.DistinctBy(line => line.Sku)]));
        var transfer = await db.OneAsync<long>("""
            insert into stock_transfer (number, partner_id, from_place_id, to_place_id, status, note, sent_by, sent_at, received_by, received_at)
            values (@number, @partner, @from, @to, case when @AtOnce then 'received' else 'in_transit' end, @note, app_person_id(), @Now, case when @AtOnce then app_person_id() end, case when @AtOnce then @Now end)
            returning stock_transfer_id
            """, new { number, partner, from, to, asked.AtOnce, note = Web.Typed.Text(asked.Note), Now }, ct);
        await db.ExecuteAsync("""
            insert into stock_transfer_line (stock_transfer_id, line_number, product_id, quantity, received)
            select @transfer, line.place, line.product_id, line.quantity, case when @AtOnce then line.quantity else 0 end
            from unnest(@products, @quantities) with ordinality as line (product_id, quantity, place)
            """, new { transfer, asked.AtOnce, products = goods.Select(line => line.ProductId).ToArray(), quantities = goods.Select(line => (int)line.Quantity).ToArray() }, ct);
        await audit.RecordAsync("stock.transfer_sent", "stock_transfer", number, partner, new { asked.From, asked.To, asked.AtOnce, asked.Note, lines, lots = asked.Lots is { Count: > 0 } ? asked.Lots : null }, ct);
        return new StockOutcome.Done(number);
    }

    static IEnumerable<StockProblem> Problems(TransferAsked asked, long? from, long? to, List<SkuLine> lines, IReadOnlyDictionary<string, ProductHere> products)
    {
        if (from is null)
        {
            yield return new(null, "from", "stock.problem.place", asked.From ?? "");
        }

        if (to is null || to == from)
        {
            yield return to is null ? new(null, "to", "stock.problem.place", asked.To ?? "") : new(null, "to", "stock.transfer.same_place");
        }

        if (asked.Note?.Length > RecordMovement.LongestNote)
        {
            yield return new(null, "note", "stock.problem.note_too_long", RecordMovement.LongestNote);
        }

        foreach (var problem in RecordMovement.LineProblems(lines, from is null ? null : products, takesFromThere: true))
        {
            yield return problem;
        }
    }

    static IEnumerable<StockProblem> Problems(IReadOnlyList<SkuLine> came, List<SentLine> sent)
    {
        var lines = sent.ToDictionary(line => line.Sku, StringComparer.Ordinal);
        var named = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < came.Count; index++)
        {
            if (!lines.TryGetValue(came[index].Sku, out var line) || !named.Add(came[index].Sku))
            {
                yield return new(index + 1, "sku", "stock.transfer.no_such_line", came[index].Sku);
            }
            else if (came[index].Quantity is not { } quantity || quantity < 0 || quantity > line.Quantity || quantity != decimal.Truncate(quantity))
            {
                yield return new(index + 1, "quantity", "stock.transfer.more_than_sent", line.Sku, line.Quantity);
            }
        }
    }

    sealed record TransferInHand(long StockTransferId, long PartnerId, long ToPlaceId, bool MayKeep);

    sealed record SentLine(int LineNumber, long ProductId, string Sku, int Quantity, string Tracking);
}

/// <summary>Goods that are to go from one place to another.</summary>
/// <param name="From">The code of the place they leave; the default one where left out.</param>
/// <param name="To">The code of the place they go to.</param>
/// <param name="AtOnce">True where they are there already; false where they are on the way.</param>
/// <param name="Note">Why.</param>
/// <param name="Lines">What goes.</param>
/// <param name="Lots">Which lots or serial numbers of tracked products; those that expire first where nothing is said.</param>
public sealed record TransferAsked(string? From, string? To, bool AtOnce, string? Note, IReadOnlyList<SkuLine>? Lines, IReadOnlyList<SkuLot>? Lots = null);
