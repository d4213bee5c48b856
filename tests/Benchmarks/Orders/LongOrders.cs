using System.Globalization;
using Benchmarks.Stage;

namespace Benchmarks.Orders;

/// <summary>An order of a thousand lines, each another product, created and submitted in one request, by one client.</summary>
static class LongOrders
{
    const int Lines = 1000;

    public static async Task MeasureAsync(RunLength length, Installation installation, List<Figure> figures, List<string> notes, CancellationToken ct)
    {
        Installation.Say("An order of a thousand lines ...");
        await AddProductsAsync(installation, ct);
        await installation.GatherStatisticsAsync(ct);
        using var api = await OrderingClients.NewAsync(installation, 1, Lines, ct);
        await Load.RunAsync(1, 2 * length.Round, api.OrderAsync, ct);
        var taken = await Load.RunAsync(1, 3 * length.Round, api.OrderAsync, ct);
        figures.Add(Figure.Low("order_of_1000_lines_ms_p95", taken.Percentile(0.95), 1000));
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"an order of 1,000 lines of {api.Skus[0].Distinct(StringComparer.Ordinal).Count()} products: {taken.Milliseconds.Count} placed, half of them within {taken.Percentile(0.5):0} ms"));
    }

    static async Task AddProductsAsync(Installation installation, CancellationToken ct)
    {
        await using var source = installation.Connect("postgres");
        await using var add = source.CreateCommand("""
            with made as (
                insert into product (sku, name, name_zh, product_line_id, status, created_at)
                select 'BENCH-' || lpad(n::text, 4, '0'), 'Benchmark product ' || n, '测试产品 ' || n, (select min(product_line_id) from product_line), 'active', now()
                from generate_series(1, 1200) as n
                returning product_id)
            insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at)
            select b.price_book_id, made.product_id, 10 + made.product_id % 90, '[2020-01-01,)', now()
            from price_book b cross join made
            where b.kind = 'list'
            """);
        add.CommandTimeout = 0;
        await add.ExecuteNonQueryAsync(ct);
    }
}
