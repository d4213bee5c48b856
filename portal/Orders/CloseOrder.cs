using Npgsql;
using Platform.Database;

namespace Portal.Orders;

/// <summary>Either side puts a received order away.</summary>
public sealed class CloseOrder(Db db, OrderWriting orders, OrderNews news)
{
    const string RunningCase = "an_order_with_a_running_case_stays_open";

    /// <summary>Closes it.</summary>
    public async Task<OrderOutcome> RunAsync(string number, int? version, CancellationToken ct)
    {
        try
        {
            return await CloseAsync(number, version, ct);
        }
        catch (PostgresException refused) when (refused.Violates(RunningCase))
        {
            return OrderOutcome.Because("", "orders.problem.running_case");
        }
    }

    Task<OrderOutcome> CloseAsync(string number, int? version, CancellationToken ct) => db.InTransactionAsync<OrderOutcome>(async () =>
    {
        var order = await orders.TakeAsync(number, ct);
        if (Permission.Refusal(order, OrderLifecycle.Close, version) is { } refused)
        {
            return refused;
        }

        await orders.AdvanceAsync(order!, OrderLifecycle.Close, OrderStatus.Closed, null, ct);
        await news.TellAsync(order!.Number, order.BuyerId, order.SellerId, OrderLifecycle.Close, OrderStatus.Closed, null, ct);
        return new OrderOutcome.Done(order.Number);
    }, ct);
}
