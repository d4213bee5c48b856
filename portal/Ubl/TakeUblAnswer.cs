using System.Globalization;
using Platform.Database;
using Portal.Orders;

namespace Portal.Ubl;

/// <summary>Answers an order as the seller's program says in a UBL OrderResponse: all of it, line by line, or not at all.</summary>
public sealed class TakeUblAnswer(Db db, AnswerOrder answerOrder)
{
    /// <summary>Takes it in.</summary>
    public async Task<UblOutcome> RunAsync(UblOrderResponse response, CancellationToken ct)
    {
        if (await SoldOrder.FindAsync(db, response.OrderId, response.SalesOrderId, ct) is not { } order)
        {
            return new UblOutcome.Refused([UblProblemSaid.Of(null, "orderReference", "ubl.problem.order", response.SalesOrderId ?? response.OrderId)]);
        }

        if (response.Code is not ("AP" or "CA" or "RE"))
        {
            return new UblOutcome.Refused([UblProblemSaid.Of(null, response.IsSimple ? "acceptedIndicator" : "orderResponseCode", "ubl.problem.response_code")]);
        }

        var problems = Problems(response).ToList();
        if (problems.Count > 0)
        {
            return new UblOutcome.Refused(problems);
        }

        // What was answered already is not answered by this, whatever it says.
        if (await SoldOrder.StatusAsync(db, order, ct) is not OrderStatus.Submitted and var status)
        {
            return new UblOutcome.Refused([UblProblemSaid.Of(null, "orderReference", "ubl.problem.not_now", status)]);
        }

        return response.Code is "RE"
            ? SoldOrder.Of(await answerOrder.RejectAsync(order, null, response.Note, ct), "rejected")
            : SoldOrder.Of(await answerOrder.ConfirmAsync(order, null, [.. response.Lines.Select(Said)], ct), "confirmed");
    }

    static IEnumerable<UblProblemSaid> Problems(UblOrderResponse response)
    {
        foreach (var line in response.Lines.Where(line => !int.TryParse(line.Id, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            yield return UblProblemSaid.Of(line.Id, "id", "ubl.problem.line_id", line.Id);
        }
    }

    // A line that is not delivered says 7, and may repeat the quantity or leave it out.
    static SaidOfLine Said(UblOrderLine line) => new(int.Parse(line.Id, CultureInfo.InvariantCulture), line.Status is "7" ? 0 : line.Quantity.Value, line.Day, line.Note);
}

/// <summary>An order that the own company sold, as a document names it; and what came of an act on it, said of the document's lines.</summary>
static class SoldOrder
{
    /// <summary>The portal's number of the order: it, or the buyer's number where no other buyer's order has it. Null where there is none, or more than one.</summary>
    public static async Task<string?> FindAsync(Db db, string? orderId, string? salesOrderId, CancellationToken ct)
    {
        var found = await db.ListAsync<string>("""
            select o.number from purchase_order o
            where o.seller_id = app_partner_id() and (o.number = any (@numbers) or (@salesOrderId::text is null and o.po_number = @orderId))
            limit 2
            """, new { numbers = new[] { salesOrderId, orderId }.OfType<string>().ToArray(), salesOrderId, orderId }, ct);
        return found is [var one] ? one : null;
    }

    /// <summary>The state it is in.</summary>
    public static Task<string> StatusAsync(Db db, string number, CancellationToken ct) => db.OneAsync<string>("select status from purchase_order where number = @number", new { number }, ct);

    /// <summary>What came of it.</summary>
    public static UblOutcome Of(OrderOutcome outcome, string done) => outcome switch
    {
        OrderOutcome.Done made => new UblOutcome.Taken(done, made.Document ?? made.Number, []),
        OrderOutcome.Wrong(var problems) => new UblOutcome.Refused([.. problems.Select(problem => UblProblemSaid.Of(problem.Line is { } line ? line.ToString(CultureInfo.InvariantCulture) : null, problem.Field, problem.TextKey, problem.Arguments))]),
        OrderOutcome.NotNow(var status) => new UblOutcome.Refused([UblProblemSaid.Of(null, "orderReference", "ubl.problem.not_now", status)]),
        OrderOutcome.NotFound => new UblOutcome.Refused([UblProblemSaid.Of(null, "orderReference", "ubl.problem.order", "")]),
        _ => new UblOutcome.Forbidden(),
    };
}
