using Npgsql;
using Platform.Database;
using Platform.Web;
using Portal.Orders;
using Portal.Web.Display;

namespace Portal.Returns;

/// <summary>A buyer asks to send goods back, or to rotate slow ones, within the rules of its seller.</summary>
public sealed class RequestReturn(Db db, ReturnStore returns, ReturnPolicies policies, ReturnNews news, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Asks.</summary>
    public async Task<ReturnOutcome> RunAsync(ReturnAsked asked, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(() => AskAsync(asked, ct), ct);
        }
        catch (PostgresException refused) when (refused.Violates("no_piece_is_returned_twice"))
        {
            return ReturnOutcome.Because("lines", "returns.problem.returned_meanwhile");
        }
        catch (PostgresException refused) when (refused.Violates("an_order_stands_against_one_rotation"))
        {
            return ReturnOutcome.Because("againstOrder", "returns.problem.order_used");
        }
    }

    async Task<ReturnOutcome> AskAsync(ReturnAsked asked, CancellationToken ct)
    {
        if (!await db.OneAsync<bool>("select app_partner_id() is not null and exists (select from unnest(@roles) as role where app_has_role(role))", new { roles = BuyerRoles.All.ToArray() }, ct))
        {
            return new ReturnOutcome.Forbidden();
        }

        // Two requests at once do not pass a limit together.
        await db.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('returns', app_partner_id()))", null, ct);
        var wanted = (asked.Lines ?? []).Where(line => line.Quantity is not 0).ToList();
        var there = (await returns.ReturnableAsync(null, null, [.. wanted.Select(line => (line.Shipment ?? "", line.LineNumber))], null, ct)).ToDictionary(line => (line.ShipmentNumber, line.LineNumber));
        var sellers = there.Values.Select(line => (line.SellerId, line.Currency)).Distinct().ToList();
        var policy = sellers.Count == 1 ? await policies.FindAsync(sellers[0].SellerId, ct) : new();
        var today = await db.OneAsync<DateOnly>("select brand_day(@Now)", new { Now }, ct);
        var problems = Problems(asked, wanted, there, policy, today).ToList();
        if (problems.Count == 0 && sellers.Count > 1)
        {
            problems.Add(new("lines", "returns.problem.two_sellers"));
        }

        if (problems.Count > 0)
        {
            return new ReturnOutcome.Wrong(problems);
        }

        var lines = wanted.ConvertAll(line => (Goods: there[(line.Shipment!, line.LineNumber)], Quantity: (int)line.Quantity!.Value));
        var amount = lines.Sum(line => Rounded(line.Quantity * line.Goods.UnitPrice, line.Goods.Currency));
        var (against, refused) = asked.Kind is "rotation" ? await RotationAsync(asked, sellers[0], policy, amount, today, ct) : (null, null);
        return refused is not null ? refused : await WriteAsync(asked, sellers[0], lines, amount, against, ct);
    }

    // What is left of the limit, and whether the order fits that stands against it.
    async Task<(long? AgainstId, ReturnOutcome? Refused)> RotationAsync(ReturnAsked asked, (long Id, string Currency) seller, ReturnPolicy policy, decimal amount, DateOnly today, CancellationToken ct)
    {
        var since = today.AddMonths(-policy.RotationMonths);
        var (bought, rotated) = await db.OneAsync<(decimal, decimal)>("""
            select coalesce((select sum(i.net_amount) from invoice i where i.seller_id = @Id and i.buyer_id = app_partner_id() and i.currency = @Currency and i.issued_on >= @since), 0)
                   - coalesce((select sum(n.net_amount) from credit_note n where n.seller_id = @Id and n.buyer_id = app_partner_id() and n.currency = @Currency and n.issued_on >= @since
                               -- what a rotation credited counts as rotated, and not as bought less too
                               and not exists (select from return_order r where r.kind = 'rotation' and r.seller_id = @Id and r.buyer_id = app_partner_id() and n.number = any (string_to_array(r.credit_notes, ', ')))), 0),
                   coalesce((select sum(r.amount) from return_order r where r.kind = 'rotation' and r.seller_id = @Id and r.buyer_id = app_partner_id() and r.currency = @Currency and r.status not in ('refused', 'withdrawn')
                             and brand_day(r.requested_at) >= @since), 0)
            """, new { seller.Id, seller.Currency, since }, ct);
        var left = Math.Max(0, Rounded(bought * policy.RotationPercent / 100m, seller.Currency) - rotated);
        if (amount > left)
        {
            return (null, ReturnOutcome.Because("lines", "returns.problem.rotation_limit", Formats.Of(new Money(amount, seller.Currency)), Formats.Of(new Money(left, seller.Currency)), policy.RotationPercent, policy.RotationMonths));
        }

        if (asked.AgainstOrder is null)
        {
            return policy.RotationNeedsOrder ? (null, ReturnOutcome.Because("againstOrder", "returns.problem.order_needed", Formats.Of(new Money(amount, seller.Currency)))) : (null, null);
        }

        var order = await db.FindAsync<(long Id, decimal Total)?>("""
            select o.purchase_order_id, o.total_amount
            from purchase_order o
            where o.number = @AgainstOrder and o.buyer_id = app_partner_id() and o.seller_id = @Id and o.currency = @Currency and o.origin = 'portal' and o.status not in ('draft', 'pending_approval', 'cancelled', 'rejected')
            """, new { asked.AgainstOrder, seller.Id, seller.Currency }, ct);
        return order is not var (id, total) ? (null, ReturnOutcome.Because("againstOrder", "returns.problem.no_such_order", asked.AgainstOrder))
            : total < amount ? (null, ReturnOutcome.Because("againstOrder", "returns.problem.order_too_small", asked.AgainstOrder, Formats.Of(new Money(total, seller.Currency)), Formats.Of(new Money(amount, seller.Currency))))
            : (id, null);
    }

    async Task<ReturnOutcome> WriteAsync(ReturnAsked asked, (long Id, string Currency) seller, List<(Returnable Goods, int Quantity)> lines, decimal amount, long? against, CancellationToken ct)
    {
        var number = PublicNumber.New("RT");
        var buyer = await db.OneAsync<long>("""
            with asked as (
                insert into return_order (number, buyer_id, seller_id, kind, cause, reason, is_unopened, against_order_id, currency, amount, answer_by, requested_at)
                values (@number, app_partner_id(), @Id, @Kind, @Cause, @Reason, @IsUnopened, @against, @Currency, @amount,
                        brand_day(@Now) + coalesce((select p.answer_days from return_policy p where p.partner_id = @Id), 5), @Now)
                returning return_order_id, buyer_id)
            select buyer_id from asked
            """, new { number, seller.Id, seller.Currency, asked.Kind, asked.Cause, asked.Reason, asked.IsUnopened, against, amount, Now }, ct);
        // In the order of the shipment lines that hold the pieces, so that rivals queue.
        var held = lines.OrderBy(line => line.Goods.ShipmentLineId).ToList();
        await db.ExecuteAsync("""
            insert into return_order_line (return_order_id, buyer_id, seller_id, line_number, shipment_line_id, product_id, unit_price, quantity, held)
            select r.return_order_id, r.buyer_id, r.seller_id, l.place, l.shipment_line, l.product, l.price, l.quantity, l.quantity
            from return_order r cross join unnest(@shipmentLines, @products, @prices, @quantities) with ordinality as l (shipment_line, product, price, quantity, place)
            where r.number = @number
            order by l.place;
            insert into return_order_step (return_order_id, act, status, reason, document_number, partner_id, person_id, happened_at)
            select r.return_order_id, 'request', 'requested', @Reason, @AgainstOrder, app_partner_id(), app_person_id(), @Now from return_order r where r.number = @number
            """, new
        {
            number, asked.Reason, asked.AgainstOrder, Now,
            shipmentLines = held.Select(line => line.Goods.ShipmentLineId).ToArray(), products = held.Select(line => line.Goods.ProductId).ToArray(),
            prices = held.Select(line => line.Goods.UnitPrice).ToArray(), quantities = held.Select(line => line.Quantity).ToArray(),
        }, ct);
        await news.TellAsync("return", ReturnLifecycle.Request, number, buyer, seller.Id, tellsSeller: true, new { asked.Kind, asked.Cause, asked.Reason, amount, lines = lines.Select(line => new { line.Goods.ShipmentNumber, line.Goods.Sku, line.Quantity }) }, ct);
        return new ReturnOutcome.Done(number);
    }

    static decimal Rounded(decimal amount, string currency) => decimal.Round(amount, Money.MinorUnits(currency), MidpointRounding.AwayFromZero);

    static IEnumerable<FieldProblem> Problems(ReturnAsked asked, List<ReturnLineAsked> wanted, Dictionary<(string, int), Returnable> there, ReturnPolicy policy, DateOnly today)
    {
        var rotates = asked.Kind is "rotation";
        if (asked.Kind is null || !ReturnLifecycle.Kinds.Contains(asked.Kind))
        {
            yield return new("kind", "returns.problem.kind");
        }
        else if (asked.Cause is null || !ReturnLifecycle.CausesOf(asked.Kind).Contains(asked.Cause))
        {
            yield return new("cause", "returns.problem.cause");
        }

        if (ReturnOutcome.ReasonProblem(asked.Reason) is { } reason)
        {
            yield return reason.Problems[0];
        }

        if (rotates && !asked.IsUnopened)
        {
            yield return new("isUnopened", "returns.problem.opened");
        }

        if (wanted.Count == 0)
        {
            yield return new("lines", "returns.problem.nothing_to_return");
        }
        else if (there.Count > 0 && (rotates ? policy.RotationPercent == 0 : !policy.AcceptsReturns))
        {
            yield return new("kind", rotates ? "returns.problem.no_rotation" : "returns.problem.no_returns");
            yield break;
        }

        for (var index = 0; index < wanted.Count; index++)
        {
            var (line, field) = (wanted[index], $"lines[{(asked.Lines ?? []).ToList().IndexOf(wanted[index])}].quantity");
            var days = rotates ? policy.RotationDays : policy.ReturnDays;
            if (!there.TryGetValue((line.Shipment ?? "", line.LineNumber), out var goods))
            {
                yield return new(field, "returns.problem.no_such_goods", line.Shipment ?? "", line.LineNumber);
            }
            else if (line.Quantity is not { } quantity || quantity < 0 || quantity != decimal.Truncate(quantity) || quantity > goods.Left)
            {
                yield return new(field, "returns.problem.return_quantity", goods.Sku, goods.Left);
            }
            else if (goods.ReceivedOn.AddDays(days) < today)
            {
                yield return new(field, "returns.problem.too_late", goods.Sku, goods.ReceivedOn, days);
            }
            else if (rotates && policy.RotationLines is { } lines && !lines.Contains(goods.ProductLine))
            {
                yield return new(field, "returns.problem.line_not_rotated", goods.Sku, string.Join(", ", lines));
            }
        }

        if (wanted.GroupBy(line => (line.Shipment, line.LineNumber)).Any(group => group.Count() > 1))
        {
            yield return new("lines", "returns.problem.line_twice");
        }
    }
}

/// <summary>What a buyer wants to send back.</summary>
/// <param name="Kind"><c>return</c>, or <c>rotation</c> for slow goods.</param>
/// <param name="Cause"><c>faulty</c>, <c>wrong</c> or <c>not_needed</c>; <c>slow</c> for a rotation.</param>
/// <param name="Reason">Why; the seller reads it.</param>
/// <param name="IsUnopened">Nothing of it was opened; a rotation needs it.</param>
/// <param name="AgainstOrder">The order of at least the same value that a rotation stands against.</param>
/// <param name="Lines">What goes back.</param>
public sealed record ReturnAsked(string? Kind, string? Cause, string? Reason, bool IsUnopened, string? AgainstOrder, IReadOnlyList<ReturnLineAsked>? Lines);

/// <summary>How much of a line of a shipment goes back.</summary>
/// <param name="Shipment">The shipment.</param>
/// <param name="LineNumber">The order's line.</param>
/// <param name="Quantity">How many; null where it is no number.</param>
public sealed record ReturnLineAsked(string? Shipment, int LineNumber, decimal? Quantity);
