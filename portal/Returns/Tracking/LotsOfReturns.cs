using Platform.Database;
using Platform.Web;
using Portal.Orders;
using Portal.Stock;

namespace Portal.Returns;

/// <summary>Which lots and serial numbers go back with a return: those that were delivered on its lines and are still here; and which of them the seller found sound.</summary>
public sealed class LotsOfReturns(Db db)
{
    /// <summary>Chooses the lots that go back: those that were named, else what was delivered on the line and is there, in the order in which it would expire.</summary>
    /// <param name="placeId">The place they leave.</param>
    /// <param name="lines">What goes back, with the quantities.</param>
    /// <param name="said">What was named, by line.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<(IReadOnlyList<NamedPieces> Lots, IReadOnlyList<FieldProblem> Problems)> ChooseAsync(
        long placeId, IReadOnlyList<(ReturnLine Line, int Quantity)> lines, IReadOnlyDictionary<int, IReadOnlyList<LotPieces>?> said, CancellationToken ct)
    {
        List<TrackedLine> named = [];
        List<FieldProblem> problems = [];
        var tracked = lines.Any(line => line.Line.IsTracked);
        var delivered = tracked ? (await DeliveredAsync(placeId, [.. lines.Select(line => line.Line.ShipmentLineId)], ct)).ToLookup(lot => lot.ShipmentLineId) : null;
        Dictionary<(long Product, string Code), int> taken = [];
        foreach (var (line, quantity) in lines)
        {
            var pieces = said.GetValueOrDefault(line.LineNumber);
            if (line.IsTracked && pieces is null or { Count: 0 })
            {
                pieces = line.IsTracked ? Proposed(line, quantity, [.. delivered![line.ShipmentLineId]], taken) : null;
            }

            named.Add(new(line.LineNumber, line.Sku, line.Tracking, quantity, pieces));
        }

        problems.AddRange(TrackedGoods.Problems(named, areProposed: false).Select(problem => new FieldProblem(problem.Line is { } line ? $"lines[{line - 1}].lots" : "lots", problem.TextKey, problem.Arguments)));
        return (problems.Count > 0 ? [] : TrackedGoods.Named(named) ?? [], problems);
    }

    /// <summary>Writes on a return which lots were sent.</summary>
    public Task WriteAsync(IReadOnlyList<(ReturnLine Line, int Quantity)> lines, IReadOnlyList<NamedPieces> lots, CancellationToken ct) => lots.Count == 0 ? Task.CompletedTask : db.ExecuteAsync("""
        insert into return_order_line_lot (return_order_line_id, stock_lot_id, quantity)
        select said.line_id, l.stock_lot_id, said.quantity
        from unnest(@lineIds, @products, @codes, @quantities) as said (line_id, product_id, code, quantity)
        join stock_lot l on l.product_id = said.product_id and l.code = said.code
        """, new
    {
        lineIds = lots.Select(lot => lines[lot.Line - 1].Line.ReturnOrderLineId).ToArray(), products = lots.Select(lot => lines[lot.Line - 1].Line.ProductId).ToArray(), codes = lots.Select(lot => lot.Code).ToArray(),
        quantities = lots.Select(lot => (int)lot.Quantity).ToArray(),
    }, ct);

    /// <summary>Deals the lots that were sent out to what was found: sound ones are in stock again, the others are lost.</summary>
    /// <param name="lines">What came, with how many of it are sound.</param>
    /// <param name="said">Which lots are sound, by line.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<(IReadOnlyList<NamedPieces> Lots, IReadOnlyList<FieldProblem> Problems)> DealAsync(IReadOnlyList<(ReturnLine Line, int Sound)> lines, IReadOnlyDictionary<int, IReadOnlyList<LotPieces>?> said, CancellationToken ct)
    {
        List<NamedPieces> lots = [];
        List<FieldProblem> problems = [];
        if (!lines.Any(line => line.Line.IsTracked))
        {
            return (lots, problems);
        }

        var sent = (await OfLinesAsync([.. lines.Select(line => line.Line.ReturnOrderLineId)], ct)).ToLookup(lot => lot.ReturnOrderLineId);
        for (var index = 0; index < lines.Count; index++)
        {
            var (line, sound) = lines[index];
            var missing = (line.Sent ?? 0) - sound;
            if (!line.IsTracked)
            {
                continue;
            }

            if (!sent[line.ReturnOrderLineId].Any())
            {
                // It was sent before its product was tracked.
                lots.AddRange(new[] { new NamedPieces(index + 1, "", sound), new NamedPieces(index + 1, "", missing, Lost: true) }.Where(pieces => pieces.Quantity > 0));
                continue;
            }

            var split = SplitLots.Of(line.LineNumber, line.Sku, [.. sent[line.ReturnOrderLineId].Select(lot => new LotPiecesThere(lot.Code, lot.Quantity))], [new("sound", sound), new("lost", missing)],
                [.. (said.GetValueOrDefault(line.LineNumber) ?? []).Select(lot => new SaidOfLot(LotLines.Kept(lot.Code), "sound", lot.Quantity is < 0 or > SkuLine.MostOfOne || lot.Quantity % 1 is not (null or 0) ? -1 : (long)(lot.Quantity ?? 1)))]);
            lots.AddRange(split.Dealt.Select(lot => new NamedPieces(index + 1, lot.Code, lot.Quantity, Lost: lot.Outcome is "lost")));
            if (split.Problem is { } problem)
            {
                problems.Add(new($"lines[{line.LineNumber - 1}].lots", problem.TextKey, problem.Arguments));
            }
        }

        return (lots, problems);
    }

    /// <summary>Writes on a return which lots were sound.</summary>
    public Task WriteSoundAsync(IReadOnlyList<(ReturnLine Line, int Sound)> lines, IReadOnlyList<NamedPieces> lots, CancellationToken ct) => lots.Count == 0 ? Task.CompletedTask : db.ExecuteAsync("""
        update return_order_line_lot x
        set sound = said.sound
        from (select line_id, product_id, code, sum(case when is_lost then 0 else quantity end)::integer as sound
              from unnest(@lineIds, @products, @codes, @quantities, @lost) as lot (line_id, product_id, code, quantity, is_lost)
              group by line_id, product_id, code) said
        join stock_lot l on l.product_id = said.product_id and l.code = said.code
        where x.return_order_line_id = said.line_id and x.stock_lot_id = l.stock_lot_id
        """, new
    {
        lineIds = lots.Select(lot => lines[lot.Line - 1].Line.ReturnOrderLineId).ToArray(), products = lots.Select(lot => lines[lot.Line - 1].Line.ProductId).ToArray(), codes = lots.Select(lot => lot.Code).ToArray(),
        quantities = lots.Select(lot => (int)lot.Quantity).ToArray(), lost = lots.Select(lot => lot.Lost).ToArray(),
    }, ct);

    /// <summary>The lots of lines of returns.</summary>
    public Task<List<ReturnedLot>> OfLinesAsync(IReadOnlyCollection<long> lineIds, CancellationToken ct) => db.ListAsync<ReturnedLot>("""
        select x.return_order_line_id, l.code, x.quantity, x.sound
        from return_order_line_lot x join stock_lot l on l.stock_lot_id = x.stock_lot_id
        where x.return_order_line_id = any (@lineIds)
        order by x.return_order_line_id, l.best_before nulls last, length(l.code), l.code
        """, new { lineIds = lineIds.ToArray() }, ct);

    static List<LotPieces> Proposed(ReturnLine line, int quantity, List<DeliveredLot> delivered, Dictionary<(long Product, string Code), int> taken)
    {
        List<LotPieces> proposed = [];
        foreach (var lot in delivered)
        {
            var some = Math.Min(Math.Min(lot.Left, quantity), (int)Math.Min(lot.OnHand, int.MaxValue) - taken.GetValueOrDefault((line.ProductId, lot.Code)));
            if (some > 0)
            {
                proposed.Add(new(lot.Code, some));
                quantity -= some;
                taken[(line.ProductId, lot.Code)] = taken.GetValueOrDefault((line.ProductId, lot.Code)) + some;
            }
        }

        return proposed;
    }

    Task<List<DeliveredLot>> DeliveredAsync(long placeId, long[] shipmentLines, CancellationToken ct) => db.ListAsync<DeliveredLot>("""
        select x.shipment_line_id, l.code, x.received - x.returned as left, b.on_hand
        from shipment_line_lot x
        join stock_lot l on l.stock_lot_id = x.stock_lot_id
        join stock_lot_balance b on b.stock_lot_id = x.stock_lot_id and b.stock_place_id = @placeId
        where x.shipment_line_id = any (@shipmentLines) and x.received > x.returned and b.on_hand > 0
        order by x.shipment_line_id, l.best_before nulls last, length(l.code), l.code
        """, new { placeId, shipmentLines }, ct);

    sealed record DeliveredLot(long ShipmentLineId, string Code, int Left, long OnHand);
}

/// <summary>Pieces of a lot on a line of a return.</summary>
/// <param name="ReturnOrderLineId">The key of the line; it never leaves the server.</param>
/// <param name="Code">The lot or serial number.</param>
/// <param name="Quantity">How many were sent.</param>
/// <param name="Sound">How many of them came sound; null until the seller has looked.</param>
public sealed record ReturnedLot(long ReturnOrderLineId, string Code, int Quantity, int? Sound);
