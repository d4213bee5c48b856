using System.Globalization;
using Benchmarks.Stage;

namespace Benchmarks.Orders;

/// <summary>What placing an order costs with 100,000 and with 5,000,000 order lines in the database: old orders of the demo's partners, closed long ago.</summary>
static class ManyLines
{
    public static async Task MeasureAsync(RunLength length, Installation installation, List<Figure> figures, List<string> notes, CancellationToken ct)
    {
        var (few, many) = length.IsQuick ? (2_000, 20_000) : (5_000, 250_000);
        using var api = await OrderingClients.NewAsync(installation, 4, OrderingClients.UsualLines, ct);
        await FillAsync(installation, 0, few, ct);
        var (before, spentBefore) = await OnceAsync(length, installation, api, ct);
        await FillAsync(installation, few, many, ct);
        var (after, spentAfter) = await OnceAsync(length, installation, api, ct);
        figures.Add(Figure.Low("cost_ratio_of_50_times_the_lines", after.Milliseconds.Average() / before.Milliseconds.Average(), length.IsQuick ? null : 1.2));
        figures.Add(Figure.Low("order_ms_few_lines", before.Milliseconds.Average()));
        figures.Add(Figure.Low("order_ms_many_lines", after.Milliseconds.Average()));
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"an order with {few * 20:N0} lines in the database, 4 clients: {spentBefore.Each(before.Milliseconds.Count)}"));
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"an order with {many * 20:N0} lines in the database, 4 clients: {spentAfter.Each(after.Milliseconds.Count)}"));
    }

    static async Task<(Taken Taken, Spent Spent)> OnceAsync(RunLength length, Installation installation, OrderingClients api, CancellationToken ct)
    {
        await Load.WarmUpAsync(4, length, api.OrderAsync, ct, () => installation.CloseOrdersAsync(ct));
        var (taken, spent) = (Taken.Nothing, Spent.Nothing);
        for (var round = 0; round < length.Rounds; round++)
        {
            var begun = installation.Spent;
            taken += await Load.RunAsync(4, length.Round, api.OrderAsync, ct);
            spent += installation.Spent - begun;
            await installation.CloseOrdersAsync(ct);
        }

        return (taken, spent);
    }

    // Written without the triggers, which check what is new; indexes and constraints are kept as always.
    static async Task FillAsync(Installation installation, int from, int to, CancellationToken ct)
    {
        Installation.Say(string.Create(CultureInfo.InvariantCulture, $"Filling up to {to * 20:N0} order lines ..."));
        await using var source = installation.Connect("postgres");
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var fill = connection.CreateCommand();
        fill.CommandTimeout = 0;
        fill.CommandText = $"""
            set session_replication_role = replica;
            create temporary table pair as
            select row_number() over (order by partner_id) - 1 as place, partner_id, upstream_id, currency, stock_place_of(partner_id) as here, stock_place_of(upstream_id) as there
            from partner where upstream_id is not null;
            create temporary table goods as select row_number() over (order by product_id) - 1 as place, product_id from product;
            with made as (
                insert into purchase_order (number, buyer_id, seller_id, ordered_on, currency, line_count, total_amount, status, to_place_id, from_place_id, created_at, submitted_at, confirmed_at)
                select 'PO-OLD-' || n, p.partner_id, p.upstream_id, current_date - (n % 700), p.currency, 20, 2000, 'closed', p.here, p.there, now() - (n % 700) * interval '1 day',
                       now() - (n % 700) * interval '1 day', now() - (n % 700) * interval '1 day'
                from generate_series({from.ToString(CultureInfo.InvariantCulture)}, {(to - 1).ToString(CultureInfo.InvariantCulture)}) as n
                join pair p on p.place = n % (select count(*) from pair)
                returning purchase_order_id, buyer_id, seller_id)
            insert into purchase_order_line (purchase_order_id, buyer_id, seller_id, line_number, product_id, quantity, shipped, received, unit_price, amount)
            select m.purchase_order_id, m.buyer_id, m.seller_id, l, g.product_id, 10, 10, 10, 10, 100
            from made m cross join generate_series(1, 20) as l
            join goods g on g.place = (m.purchase_order_id * 31 + l * 17) % (select count(*) from goods);
            drop table pair, goods;
            set session_replication_role = origin
            """;
        await fill.ExecuteNonQueryAsync(ct);
        await installation.GatherStatisticsAsync(ct);
    }
}
