using Npgsql;
using Platform.Database;
using Platform.Web;
using Portal.Orders;
using Portal.Stock;

namespace Portal.Returns;

/// <summary>What happens to a return after it was asked for: the seller answers whole or by line, the buyer sends, the seller inspects; sound pieces are in stock again, what was paid is credited.</summary>
public sealed class HandleReturn(Db db, ReturnStore returns, StockLedger stock, LotsOfReturns lotsOf, CreditPieces credit, AgreedByBoth agreed, ReturnNews news, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The seller lets the goods come, whole or by line.</summary>
    /// <param name="number">The return.</param>
    /// <param name="version">The version the person saw.</param>
    /// <param name="answers">What is approved of which line; a line that is not named is approved in full.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<ReturnOutcome> ApproveAsync(string number, int? version, IReadOnlyList<LineApproval> answers, CancellationToken ct) => ActAsync(number, version, ReturnLifecycle.Approve, null, async (head, lines) =>
    {
        var said = answers.GroupBy(answer => answer.LineNumber).ToDictionary(group => group.Key, group => group.First());
        var problems = answers.SelectMany((answer, index) => Problems(answer, index, lines)).ToList();
        if (problems.Count == 0 && lines.All(line => said.TryGetValue(line.LineNumber, out var answer) && answer.Quantity == 0))
        {
            problems.Add(new("lines", "returns.problem.nothing_approved"));
        }

        if (problems.Count > 0)
        {
            return (null, new ReturnOutcome.Wrong(problems));
        }

        int Approved(ReturnLine line) => said.TryGetValue(line.LineNumber, out var answer) ? (int)answer.Quantity!.Value : line.Quantity;
        await db.ExecuteAsync("""
            update return_order_line l
            set approved = said.approved, refused_because = said.reason, held = said.approved
            from unnest(@ids, @approved, @reasons) as said (id, approved, reason)
            where l.return_order_line_id = said.id
            """, new { ids = Ids(lines), approved = lines.Select(Approved).ToArray(), reasons = lines.Select(line => Approved(line) < line.Quantity ? said[line.LineNumber].Reason : null).ToArray() }, ct);
        return (null, null);
    }, ct);

    /// <summary>The seller turns it down, or the buyer keeps the goods after all; the pieces are free again.</summary>
    public Task<ReturnOutcome> EndAsync(string number, int? version, string act, string? reason, CancellationToken ct) => ActAsync(number, version, act, reason, async (head, lines) =>
    {
        if (ReturnOutcome.ReasonProblem(reason) is { } problem)
        {
            return (null, problem);
        }

        await db.ExecuteAsync("update return_order_line set held = 0 where return_order_id = @ReturnOrderId", new { head.ReturnOrderId }, ct);
        return (null, null);
    }, ct);

    /// <summary>The buyer sends the goods back, all that was approved or less; from the place it names, or from where each came in.</summary>
    public async Task<ReturnOutcome> SendAsync(string number, int? version, ReturnDispatch dispatch, CancellationToken ct)
    {
        try
        {
            return await SentAsync(number, version, dispatch, ct);
        }
        catch (NotSentException refused)
        {
            return refused.Outcome;
        }
        catch (PostgresException refused) when (TrackedGoods.Refused(refused) is { } problem)
        {
            return ReturnOutcome.Because(problem.Field, problem.TextKey, problem.Arguments);
        }
    }

    Task<ReturnOutcome> SentAsync(string number, int? version, ReturnDispatch dispatch, CancellationToken ct) => ActAsync(number, version, ReturnLifecycle.Send, null, async (head, lines) =>
    {
        var said = dispatch.Lines.GroupBy(line => line.LineNumber).ToDictionary(group => group.Key, group => group.First().Quantity);
        int? Sent(ReturnLine line) => said.TryGetValue(line.LineNumber, out var quantity) ? quantity is { } some && some >= 0 && some <= line.Approved && some == decimal.Truncate(some) ? (int)some : null : line.Approved;
        var problems = lines.Where(line => Sent(line) is null).Select(line => new FieldProblem($"lines[{line.LineNumber - 1}].quantity", "returns.problem.sent_quantity", line.Sku, line.Approved ?? 0)).ToList();
        if (dispatch.Carrier?.Length > 100 || dispatch.TrackingNumber?.Length > 100)
        {
            problems.Add(new("carrier", "returns.problem.carrier", 100));
        }

        if (problems.Count == 0 && lines.Sum(line => Sent(line)!.Value) == 0)
        {
            problems.Add(new("lines", "returns.problem.nothing_to_return"));
        }

        if (problems.Count > 0)
        {
            return (null, new ReturnOutcome.Wrong(problems));
        }

        var chosen = dispatch.FromPlace is null ? null : await stock.PlaceAsync(head.BuyerId, dispatch.FromPlace, ct);
        if (dispatch.FromPlace is not null && chosen is null)
        {
            return (null, ReturnOutcome.Because("fromPlace", "orders.problem.no_such_place", dispatch.FromPlace));
        }

        // The stock rows first, in the order of their keys, the lines after them: the same way round in every act.
        var from = lines.Where(line => Sent(line) > 0 && line.FromStock).GroupBy(line => chosen ?? line.HeldInPlaceId).OrderBy(place => place.Key)
            .Select(place => (Place: place.Key, Goods: StockLines.Of(place.ToList(), line => line.ProductId, line => Sent(line)!.Value))).ToList();
        List<FieldProblem> lacking = [];
        foreach (var (place, goods) in from)
        {
            lacking.AddRange((await stock.ReserveAsync(place, goods, ct)).Select(shortage => new FieldProblem("lines", "returns.problem.not_in_stock", lines.First(line => line.ProductId == shortage.ProductId).Sku, shortage.Available)));
        }

        if (lacking.Count > 0)
        {
            throw new NotSentException(new ReturnOutcome.Wrong(lacking));
        }

        var to = await stock.PlaceOfAsync(head.SellerId, ct);
        var named = dispatch.Lines.GroupBy(line => line.LineNumber).ToDictionary(group => group.Key, group => group.First().Lots);
        foreach (var (place, goods) in from)
        {
            var goes = lines.Where(line => Sent(line) > 0 && line.FromStock && (chosen ?? line.HeldInPlaceId) == place).Select(line => (Line: line, Quantity: Sent(line)!.Value)).ToList();
            var (lots, unclear) = await lotsOf.ChooseAsync(place, goes, named, ct);
            if (unclear.Count > 0)
            {
                throw new NotSentException(new ReturnOutcome.Wrong(unclear));
            }

            await stock.ShipAsync(place, to, goods, null, head.Number, ct, lots);
            await lotsOf.WriteAsync(goes, lots, ct);
        }

        await db.ExecuteAsync("""
            update return_order_line l set sent = said.sent, held = said.sent from unnest(@ids, @sent) as said (id, sent) where l.return_order_line_id = said.id;
            update return_order set carrier = @Carrier, tracking_number = @TrackingNumber, to_place_id = @to where return_order_id = @ReturnOrderId
            """, new { head.ReturnOrderId, dispatch.Carrier, dispatch.TrackingNumber, to, ids = Ids(lines), sent = lines.Select(line => Sent(line)!.Value).ToArray() }, ct);
        return (null, null);
    }, ct);

    /// <summary>The seller says what came: sound pieces are in its stock again, damaged ones are written off, missing ones are lost; and what is credited is.</summary>
    public Task<ReturnOutcome> InspectAsync(string number, int? version, IReadOnlyList<LineInspection> found, CancellationToken ct) => ActAsync(number, version, ReturnLifecycle.Inspect, null, async (head, lines) =>
    {
        var said = found.GroupBy(line => line.LineNumber).ToDictionary(group => group.Key, group => group.First());
        var judged = lines.ConvertAll(line => Judge(head, line, said.GetValueOrDefault(line.LineNumber)));
        if (judged.SelectMany(line => line.Problems).ToList() is { Count: > 0 } problems)
        {
            return (null, new ReturnOutcome.Wrong(problems));
        }

        // What is left of the invoices is asked before goods move: a refusal leaves all as it was.
        var (pieces, missing) = await credit.FindAsync([.. judged.Where(line => line.Credited > 0).Select(line => (line.Line.ShipmentLineId, line.Credited))], ct);
        if (missing is { } less)
        {
            return (null, ReturnOutcome.Because("lines", "returns.problem.nothing_to_credit", less.Sku, less.Left));
        }

        var came = judged.Where(line => line.Line is { Sent: > 0, FromStock: true }).ToList();
        var arrived = came.ConvertAll(line => (line.Line, line.Sound));
        var (lots, unclear) = await lotsOf.DealAsync(arrived, said.ToDictionary(line => line.Key, line => line.Value.Lots), ct);
        if (unclear.Count > 0)
        {
            return (null, new ReturnOutcome.Wrong(unclear));
        }

        if (came.Count > 0)
        {
            await stock.ReceiveAsync(head.ToPlaceId ?? await stock.PlaceOfAsync(head.SellerId, ct), StockLines.Of(came, line => line.Line.ProductId, line => line.Sound), [.. came.Select(line => (long)(line.Line.Sent!.Value - line.Sound))], null, head.Number, ct, lots);
        }

        await lotsOf.WriteSoundAsync(arrived, lots, ct);
        await db.ExecuteAsync("""
            update return_order_line l
            set sound = said.sound, damaged = said.damaged, credited = said.credited
            from unnest(@ids, @sound, @damaged, @credited) as said (id, sound, damaged, credited)
            where l.return_order_line_id = said.id
            """, new { ids = Ids(lines), sound = judged.Select(line => line.Sound).ToArray(), damaged = judged.Select(line => line.Damaged).ToArray(), credited = judged.Select(line => line.Credited).ToArray() }, ct);
        var reason = $"{head.Number}: {head.Reason}";
        var notes = pieces.Count == 0 ? [] : await agreed.CarryOutAsync(() => credit.WriteAsync(pieces, reason[..Math.Min(reason.Length, ReturnOutcome.LongestReason)], ct), ct);
        var documents = notes.Count == 0 ? null : string.Join(", ", notes);
        await db.ExecuteAsync("update return_order set credit_notes = @documents where return_order_id = @ReturnOrderId", new { head.ReturnOrderId, documents }, ct);
        return (documents, null);
    }, ct);

    // Takes it, asks whether the act may be done, does it, and moves it on with its history and its news: one transaction.
    Task<ReturnOutcome> ActAsync(string number, int? version, string act, string? reason, Func<ReturnHead, List<ReturnLine>, Task<(string? Document, ReturnOutcome? Problem)>> work, CancellationToken ct) =>
        db.InTransactionDespiteDeadlocksAsync<ReturnOutcome>(3, async () =>
        {
            if (await returns.TakeAsync(number, ct) is not { } head)
            {
                return new ReturnOutcome.NotFound();
            }

            var by = ReturnLifecycle.Transitions.First(step => step.Act == act).By;
            if (head.Side != by || !head.May)
            {
                return new ReturnOutcome.Forbidden();
            }

            if (ReturnLifecycle.IsDone(act, head.Status))
            {
                return new ReturnOutcome.Done(number);
            }

            if (version is { } seen && seen != head.Version)
            {
                return new ReturnOutcome.Stale();
            }

            if (ReturnLifecycle.Find(act, by, head.Status) is not { } step)
            {
                return new ReturnOutcome.NotNow(head.Status);
            }

            var (document, problem) = await work(head, await returns.LinesAsync(head.ReturnOrderId, ct));
            if (problem is not null)
            {
                return problem;
            }

            await db.ExecuteAsync("""
                update return_order r
                set status = @To, ended_at = case when @To in ('refused', 'withdrawn', 'settled') then @Now end, reminded_at = null, version = version + 1,
                    answer_by = brand_day(@Now) + coalesce((select p.answer_days from return_policy p where p.partner_id = r.seller_id), 5)
                where r.return_order_id = @ReturnOrderId;
                insert into return_order_step (return_order_id, act, status, reason, document_number, partner_id, person_id, happened_at)
                values (@ReturnOrderId, @act, @To, @reason, @document, app_partner_id(), app_person_id(), @Now)
                """, new { head.ReturnOrderId, step.To, act, reason, document, Now }, ct);
            await news.TellAsync("return", act, number, head.BuyerId, head.SellerId, tellsSeller: by is Side.Buyer, new { reason, document }, ct);
            return new ReturnOutcome.Done(number);
        }, ct);

    static IEnumerable<FieldProblem> Problems(LineApproval answer, int index, List<ReturnLine> lines)
    {
        if (lines.Find(line => line.LineNumber == answer.LineNumber) is not { } line)
        {
            yield return new($"lines[{index}].lineNumber", "returns.problem.no_such_line", answer.LineNumber);
        }
        else if (answer.Quantity is not { } quantity || quantity < 0 || quantity != decimal.Truncate(quantity) || quantity > line.Quantity)
        {
            yield return new($"lines[{index}].quantity", "returns.problem.approved_quantity", line.Sku, line.Quantity);
        }
        else if (quantity < line.Quantity && ReturnOutcome.ReasonProblem(answer.Reason) is not null)
        {
            yield return new($"lines[{index}].reason", "returns.problem.refused_without_reason", line.Sku);
        }
    }

    // Without a word all of it came sound. Of faulty and wrong goods damaged pieces are credited too, of others not; the seller may say otherwise.
    static Judged Judge(ReturnHead head, ReturnLine line, LineInspection? said)
    {
        var (sound, damaged) = (said is null ? line.Sent : said.Sound, said is null ? 0 : said.Damaged);
        var field = $"lines[{line.LineNumber - 1}]";
        if (sound is not { } good || damaged is not { } bad || good < 0 || bad < 0 || good != decimal.Truncate(good) || bad != decimal.Truncate(bad) || good + bad > line.Sent)
        {
            return new(line, 0, 0, 0, [new($"{field}.sound", "returns.problem.inspected", line.Sku, line.Sent ?? 0)]);
        }

        var credited = said is { Credited: { } typed } ? typed : head.Cause is "faulty" or "wrong" ? good + bad : good;
        return credited < 0 || credited != decimal.Truncate(credited) || credited > good + bad
            ? new(line, 0, 0, 0, [new($"{field}.credited", "returns.problem.credited", line.Sku, good + bad)])
            : new(line, (int)good, (int)bad, (int)credited, []);
    }

    static long[] Ids(List<ReturnLine> lines) => [.. lines.Select(line => line.ReturnOrderLineId)];

    // One place lacks what another had: what was set aside in that one is free again.
    sealed class NotSentException(ReturnOutcome outcome) : Exception
    {
        public ReturnOutcome Outcome => outcome;
    }

    sealed record Judged(ReturnLine Line, int Sound, int Damaged, int Credited, IReadOnlyList<FieldProblem> Problems);
}

/// <summary>What a seller approves of a line.</summary>
/// <param name="LineNumber">The return's line.</param>
/// <param name="Quantity">How many may come.</param>
/// <param name="Reason">Why not all of it; needed then.</param>
public sealed record LineApproval(int LineNumber, decimal? Quantity, string? Reason);

/// <summary>How a buyer sends goods back.</summary>
/// <param name="Carrier">Who carries it.</param>
/// <param name="TrackingNumber">The carrier's number.</param>
/// <param name="Lines">How many of which line; a line that is not named goes as it was approved.</param>
/// <param name="FromPlace">The code of the buyer's place that the goods leave; null for the place to which each came.</param>
public sealed record ReturnDispatch(string? Carrier, string? TrackingNumber, IReadOnlyList<DispatchedLine> Lines, string? FromPlace = null);

/// <summary>What a seller finds of a line; what it does not find is missing.</summary>
/// <param name="LineNumber">The return's line.</param>
/// <param name="Sound">In good order; in stock again.</param>
/// <param name="Damaged">Written off.</param>
/// <param name="Credited">How many are credited; where nothing is said, the sound ones, and of faulty or wrong goods the damaged ones too.</param>
public sealed record LineInspection(int LineNumber, decimal? Sound, decimal? Damaged, decimal? Credited)
{
    /// <summary>Which lots or serial numbers of a tracked product are sound; needed where a part of several is not.</summary>
    public IReadOnlyList<LotPieces>? Lots { get; init; }
}
