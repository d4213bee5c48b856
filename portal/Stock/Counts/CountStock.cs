using Npgsql;
using Platform.Audit;
using Platform.Database;

namespace Portal.Stock;

/// <summary>
/// A stock count (盘点): begun for a place, filled with what was counted, each line held against the books as they were when it was counted, handed in, looked over by an
/// administrator, and posted once. What is promised and no longer there is taken back from whoever waits longest for it.
/// </summary>
public sealed class CountStock(Db db, StockLedger ledger, StockPlaces places, IReservations reservations, AuditTrail audit, TimeProvider clock)
{
    /// <summary>A count has no more lines than this.</summary>
    public const int MostLines = StockSheet.MostRows;

    const string OneAtATime = "a_place_is_counted_once_at_a_time";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Begins a count of a place: of some products, or of all that the books say are there.</summary>
    public async Task<StockOutcome> BeginAsync(CountAsked asked, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync<StockOutcome>(async () =>
            {
                if (await KeeperAsync(ct) is not { } me)
                {
                    return new StockOutcome.Forbidden();
                }

                var skus = asked.Skus?.Select(sku => sku.Trim()).Where(sku => sku.Length > 0).Distinct(StringComparer.Ordinal).ToList() ?? [];
                var products = await ProductsAsync(skus, ct);
                var place = await places.KeyAsync(asked.Place, ct);
                if (Problems(asked, skus, products, place).ToList() is { Count: > 0 } problems)
                {
                    return new StockOutcome.Wrong(problems);
                }

                var number = PublicNumber.New("CT");
                await db.ExecuteAsync("select stock_count_begin(@number, @place, @products, @IsBlind, @note, @Now)",
                    new { number, place, products = skus.Count == 0 ? null : products.Values.ToArray(), asked.IsBlind, note = Web.Typed.Text(asked.Note), Now }, ct);
                await audit.RecordAsync("stock.count_begun", "stock_count", number, me, asked, ct);
                return new StockOutcome.Done(number);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(OneAtATime))
        {
            return StockOutcome.Because("place", "stock.count.runs_already");
        }
        catch (PostgresException refused) when (refused.Violates("a_counted_place_is_open"))
        {
            // Closed since it was looked up.
            return StockOutcome.Because("place", "stock.problem.place", asked.Place ?? "");
        }
    }

    /// <summary>Takes what was counted; good lines are kept where others are wrong.</summary>
    /// <param name="number">The count.</param>
    /// <param name="lines">What was counted; a line that says nothing is not counted.</param>
    /// <param name="countedAt">When; null for now.</param>
    /// <param name="afresh">True where every line was counted just then; false for a form that sends again what stood there before.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<CountEntered> EnterAsync(string number, IReadOnlyList<CountedLine> lines, DateTime? countedAt, bool afresh, CancellationToken ct) => db.InTransactionAsync<CountEntered>(async () =>
    {
        var (count, refused) = await TakeAsync(number, null, StockRoles.Keepers, "open", ct);
        if (refused is not null)
        {
            return new(refused, 0);
        }

        if (countedAt > Now || countedAt < count!.BegunAt)
        {
            return new(StockOutcome.Because("countedAt", "stock.count.moment"), 0);
        }

        var ways = await WaysAsync([.. lines.Select(line => line.Sku).Distinct(StringComparer.Ordinal)], ct);
        var products = ways.ToDictionary(way => way.Key, way => way.Value.ProductId, StringComparer.Ordinal);
        var problems = new List<StockProblem>();
        var good = new Dictionary<long, CountedLine>();
        for (var index = 0; index < lines.Count; index++)
        {
            var line = lines[index].ByLots();
            var wrong = Problem(line, products) ?? LotProblem(line, ways.GetValueOrDefault(line.Sku).Tracking);
            if (wrong is not null)
            {
                problems.Add(wrong with { Line = line.Row ?? index + 1 });
            }
            else if (!good.TryAdd(products[line.Sku], line))
            {
                problems.Add(new(line.Row ?? index + 1, "sku", "stock.count.named_twice", line.Sku));
            }
        }

        if (good.Count > 0)
        {
            await db.ExecuteAsync("select stock_count_enter(@number, @products, @counted, @reasons, @notes, @at, @afresh)", new
            {
                number, at = countedAt ?? Now, afresh,
                products = good.Keys.ToArray(),
                counted = good.Values.Select(line => (int?)line.Counted).ToArray(),
                reasons = good.Values.Select(line => line.Reason).ToArray(),
                notes = good.Values.Select(line => line.Note).ToArray(),
            }, ct);
            await EnterLotsAsync(number, [.. good.Where(line => line.Value.Counted is not null && ways[line.Value.Sku].Tracking is not Tracked.None)], countedAt ?? Now, ct);
        }

        return new(problems.Count > 0 ? new StockOutcome.Wrong(problems) : new StockOutcome.Done(number), good.Count);
    }, ct);

    // A product of which nothing is there has a line without a code.
    Task EnterLotsAsync(string number, IReadOnlyList<KeyValuePair<long, CountedLine>> lines, DateTime at, CancellationToken ct)
    {
        var lots = lines.SelectMany(line => (line.Value.Lots is { Count: > 0 } some ? some : [new(null, 0)]).Select(lot => (ProductId: line.Key, Lot: lot))).ToList();
        return lots.Count == 0 ? Task.CompletedTask : db.ExecuteAsync("select stock_count_enter_lots(@number, @products, @codes, @counted, @made, @best, @at)", new
        {
            number, at, products = lots.Select(lot => lot.ProductId).ToArray(), codes = lots.Select(lot => lot.Lot.Code is null ? null : lot.Lot.Kept).ToArray(), counted = lots.Select(lot => (int)lot.Lot.Pieces).ToArray(),
            made = lots.Select(lot => lot.Lot.MadeOn).ToArray(), best = lots.Select(lot => lot.Lot.BestBefore).ToArray(),
        }, ct);
    }

    static StockProblem? LotProblem(CountedLine line, string? tracking) =>
        line.Counted is not { } counted ? null : TrackedGoods.Problems([new(null, line.Sku, tracking ?? Tracked.None, (long)counted, line.Lots is { Count: > 0 } ? line.Lots : null)], areProposed: false).FirstOrDefault();

    async Task<Dictionary<string, (long ProductId, string Tracking)>> WaysAsync(string[] skus, CancellationToken ct) =>
        (await db.ListAsync<(string Sku, long ProductId, string Tracking)>("select sku, product_id, tracking from product where sku = any (@skus)", new { skus }, ct)).ToDictionary(product => product.Sku, product => (product.ProductId, product.Tracking), StringComparer.Ordinal);

    /// <summary>Hands a count in to be looked over.</summary>
    public Task<StockOutcome> HandInAsync(string number, int? version, CancellationToken ct) => db.InTransactionAsync<StockOutcome>(async () =>
    {
        var (count, refused) = await TakeAsync(number, version, StockRoles.Keepers, "open", ct);
        if (refused is not null)
        {
            return refused;
        }

        var lines = await db.ListAsync<(string Sku, int Counted, long Book, string? Reason, bool Differs)>($"""
            select p.sku, l.counted, l.book, l.reason, {CountStore.Differs}
            from stock_count_line l join product p on p.product_id = l.product_id
            where l.stock_count_id = @StockCountId and l.counted is not null
            order by p.sku
            """, new { count!.StockCountId }, ct);
        List<StockProblem> problems = lines.Count == 0 ? [new(null, "", "stock.count.nothing_counted")] : [.. lines
            .Where(line => line.Counted != line.Book && line.Reason is { } reason && reason != MoveReasons.Count && !MoveReasons.Fits(line.Counted > line.Book ? "supply" : "loss", reason))
            .Select(line => new StockProblem(null, "reason", line.Counted > line.Book ? "stock.count.reason_of_more" : "stock.count.reason_of_less", line.Sku))];
        if (problems.Count > 0)
        {
            return new StockOutcome.Wrong(problems);
        }

        await db.ExecuteAsync("update stock_count set status = 'review', said = null, handed_in_by = app_person_id(), handed_in_at = @Now, version = version + 1 where stock_count_id = @StockCountId", new { count.StockCountId, Now }, ct);
        await audit.RecordAsync("stock.count_handed_in", "stock_count", number, count.PartnerId, new { lines = lines.Count, differences = lines.Count(line => line.Differs) }, ct);
        return new StockOutcome.Done(number);
    }, ct);

    /// <summary>Gives a count back to be counted again, or discards it; either with a word why.</summary>
    public Task<StockOutcome> EndAsync(string number, int? version, bool discards, string? said, CancellationToken ct) => db.InTransactionAsync<StockOutcome>(async () =>
    {
        var (count, refused) = await TakeAsync(number, version, discards ? StockRoles.Keepers : StockRoles.Admins, discards ? null : "review", ct);
        if (refused is not null)
        {
            return refused;
        }

        if (Web.Typed.Text(said) is not { Length: <= RecordMovement.LongestNote } why)
        {
            return StockOutcome.Because("said", "stock.count.say_why", RecordMovement.LongestNote);
        }

        await db.ExecuteAsync("""
            update stock_count
            set status = case when @discards then 'discarded' else 'open' end, said = @why, version = version + 1,
                ended_by = case when @discards then app_person_id() end, ended_at = case when @discards then @Now end
            where stock_count_id = @StockCountId
            """, new { count!.StockCountId, discards, why, Now }, ct);
        await audit.RecordAsync(discards ? "stock.count_discarded" : "stock.count_given_back", "stock_count", number, count.PartnerId, new { why }, ct);
        return new StockOutcome.Done(number);
    }, ct);

    /// <summary>Corrects the books by what was counted, once.</summary>
    public async Task<CountPosted> PostAsync(string number, int? version, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionDespiteDeadlocksAsync<CountPosted>(3, async () =>
            {
                var (count, refused) = await TakeAsync(number, version, StockRoles.Admins, "review", ct);
                if (refused is not null)
                {
                    return new(refused, 0, []);
                }

                var differing = await db.ListAsync<Difference>($"""
                    select l.product_id, p.sku, l.counted - l.book as amount, coalesce(b.on_hand, 0) as on_hand, coalesce(b.reserved, 0) as reserved,
                           (select string_agg(format('%s %s', x.code, to_char(x.counted - x.book, 'FMSG9999999')), ', ' order by x.code)
                            from stock_count_line_lot x where x.stock_count_id = l.stock_count_id and x.product_id = l.product_id and x.counted <> x.book) as lots
                    from stock_count_line l
                    join product p on p.product_id = l.product_id
                    left join stock_balance b on b.stock_place_id = @StockPlaceId and b.product_id = l.product_id
                    where l.stock_count_id = @StockCountId and {CountStore.Differs}
                    order by l.product_id
                    """, new { count!.StockCountId, count.StockPlaceId }, ct);
                var less = differing.Where(line => line.OnHand + line.Amount < 0).Select(line => new StockProblem(null, "", "stock.count.less_than_nothing", line.Sku, line.OnHand, line.Amount)).ToList();
                if (less.Count > 0)
                {
                    return new(new StockOutcome.Wrong(less), 0, []);
                }

                var promised = differing.Where(line => line.OnHand + line.Amount < line.Reserved).ToList();
                var orders = promised.Count == 0 ? [] : await reservations.TakeBackAsync(count.StockPlaceId, StockLines.Of(promised, line => line.ProductId, line => line.Reserved - line.OnHand - line.Amount), number, ct);
                var posted = await ledger.PostCountAsync(number, count.StockPlaceId, StockLines.Of(differing.Where(line => line.Amount > 0).ToList(), line => line.ProductId, line => line.Amount), ct);
                await audit.RecordAsync("stock.count_posted", "stock_count", number, count.PartnerId, new { lines = differing.Select(line => new { line.Sku, difference = line.Amount, line.Lots }), lostReservations = orders }, ct);
                return new(new StockOutcome.Done(number), posted, orders);
            }, ct);
        }
        catch (PostgresException refused) when (TrackedGoods.Refused(refused) is { } problem)
        {
            return new(new StockOutcome.Wrong([problem]), 0, []);
        }
        catch (PostgresException refused) when (refused.Violates(StockLedger.NeverNegative) || refused.Violates(StockLedger.ReservedIsOnHand))
        {
            // Somebody shipped or reserved between the look and the posting; the next look sees it.
            return new(StockOutcome.Because("", "stock.count.moved_meanwhile"), 0, []);
        }
    }

    async Task<(CountInHand? Count, StockOutcome? Refused)> TakeAsync(string number, int? version, IReadOnlyList<string> roles, string? status, CancellationToken ct)
    {
        var count = await db.FindAsync<CountInHand>("""
            select c.stock_count_id, c.partner_id, c.stock_place_id, c.status, c.begun_at, c.version, exists (select from unnest(@roles) as role where app_has_role(role)) as may
            from stock_count c where c.number = @number for no key update
            """, new { number, roles = roles.ToArray() }, ct) ?? await db.FindAsync<CountInHand>(
            "select c.stock_count_id, c.partner_id, c.stock_place_id, c.status, c.begun_at, c.version, true as may from stock_count c where c.number = @number", new { number }, ct);
        return count switch
        {
            null => (null, new StockOutcome.NotFound()),
            { May: false } => (null, new StockOutcome.Forbidden()),
            _ when status is null && (count.Status is "posted" or "discarded") => (null, new StockOutcome.NotNow(count.Status)),
            _ when status is not null && count.Status != status => (null, new StockOutcome.NotNow(count.Status)),
            _ when version is { } seen && seen != count.Version => (null, new StockOutcome.Stale()),
            _ => (count, null),
        };
    }

    Task<long?> KeeperAsync(CancellationToken ct) => db.FindAsync<long?>("select app_partner_id() where exists (select from unnest(@roles) as role where app_has_role(role))", new { roles = StockRoles.Keepers.ToArray() }, ct);

    async Task<Dictionary<string, long>> ProductsAsync(IReadOnlyCollection<string> skus, CancellationToken ct) =>
        (await db.ListAsync<(string Sku, long ProductId)>("select sku, product_id from product where sku = any (@skus)", new { skus = skus.ToArray() }, ct)).ToDictionary(product => product.Sku, product => product.ProductId, StringComparer.Ordinal);

    static IEnumerable<StockProblem> Problems(CountAsked asked, List<string> skus, Dictionary<string, long> products, long? place)
    {
        if (place is null)
        {
            yield return new(null, "place", "stock.problem.place", asked.Place ?? "");
        }

        if (asked.Note?.Length > RecordMovement.LongestNote)
        {
            yield return new(null, "note", "stock.problem.note_too_long", RecordMovement.LongestNote);
        }

        foreach (var unknown in skus.Where(sku => !products.ContainsKey(sku)))
        {
            yield return new(skus.IndexOf(unknown) + 1, "skus", "stock.problem.unknown_sku", unknown);
        }

        if (skus.Count > MostLines)
        {
            yield return new(null, "skus", "stock.problem.line_count", MostLines);
        }
    }

    static StockProblem? Problem(CountedLine line, Dictionary<string, long> products) =>
        !products.ContainsKey(line.Sku) ? new(null, "sku", "stock.problem.unknown_sku", line.Sku)
        : line.IsNoNumber || line.Counted is < 0 or > SkuLine.MostOfOne || line.Counted != (line.Counted is { } some ? decimal.Truncate(some) : null) ? new(null, "counted", "stock.count.quantity_wrong", line.Sku)
        : line.Reason is not null && !MoveReasons.OfCounts.Contains(line.Reason) ? new(null, "reason", "stock.count.reason_unknown", line.Reason)
        : line.Note?.Length > RecordMovement.LongestNote ? new(null, "note", "stock.problem.note_too_long", RecordMovement.LongestNote)
        : null;

    sealed record CountInHand(long StockCountId, long PartnerId, long StockPlaceId, string Status, DateTime BegunAt, int Version, bool May);

    sealed record Difference(long ProductId, string Sku, long Amount, long OnHand, long Reserved, string? Lots);
}

/// <summary>What is to be counted.</summary>
/// <param name="Place">The code of the place; the default one where left out.</param>
/// <param name="Skus">The products; all that the books say are there where left out.</param>
/// <param name="IsBlind">True where whoever counts shall not see what the books say.</param>
/// <param name="Note">What for.</param>
public sealed record CountAsked(string? Place, IReadOnlyList<string>? Skus, bool IsBlind = false, string? Note = null);

/// <summary>What was counted of a product.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Counted">How many are there; null where it was not counted.</param>
/// <param name="Reason">Why it may differ from the books, by code.</param>
/// <param name="Note">The same in words.</param>
public sealed record CountedLine(string Sku, decimal? Counted, string? Reason = null, string? Note = null)
{
    /// <summary>The row of the file it stood in.</summary>
    internal long? FileRow { get; init; }

    /// <summary>Something was written that is no number.</summary>
    internal bool IsNoNumber { get; init; }

    internal int? Row => FileRow is { } row ? (int)row : null;

    /// <summary>Which lots or serial numbers of a tracked product are there, all of them; their sum is what was counted.</summary>
    public IReadOnlyList<LotPieces>? Lots { get; init; }

    // Who names the lots need not add them up.
    internal CountedLine ByLots() => Counted is null && Lots is { Count: > 0 } lots ? this with { Counted = lots.Sum(lot => lot.Pieces) } : this;
}

/// <summary>How entering ended.</summary>
/// <param name="Outcome">Done, or what is wrong with some lines.</param>
/// <param name="Kept">How many lines were kept.</param>
public sealed record CountEntered(StockOutcome Outcome, int Kept);

/// <summary>How posting ended.</summary>
/// <param name="Outcome">Done, or why not.</param>
/// <param name="Differences">How many products differed.</param>
/// <param name="Orders">The orders that lost what was reserved for them.</param>
public sealed record CountPosted(StockOutcome Outcome, int Differences, IReadOnlyList<string> Orders);
