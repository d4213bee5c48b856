using System.Diagnostics;
using System.Globalization;
using Benchmarks.Stage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Portal.Pricing;

namespace Benchmarks.Pricing;

/// <summary>
/// A basket of a thousand lines out of five thousand products, priced among 500 promotions of every kind, and on another day among ten of them; the two days take turns. Measured at
/// the portal's own act, the look into the database included.
/// </summary>
static class PricingBenchmark
{
    const int Lines = 1000;

    static readonly DateOnly Few = new(2021, 1, 1);
    static readonly DateOnly Many = new(2031, 1, 1);

    public static async Task<Report> RunAsync(RunLength length, CancellationToken ct)
    {
        var machine = Machine.Description;
        await using var installation = await Installation.BeginAsync(withDemo: true, ct);
        var (buyer, seller) = await FillAsync(installation, ct);
        List<AskedLine> basket = [.. Enumerable.Range(0, Lines).Select(line => new AskedLine($"BENCH-{(line * 5) % 5000:0000}", (line % 12) + 1))];
        var (few, many) = (new List<double>(), new List<double>());
        var rounds = length.Rounds * 50;
        BasketPrice? last = null;
        for (var round = -rounds / 4; round < rounds; round++)
        {
            foreach (var (day, times) in new[] { (Few, few), (Many, many) })
            {
                var began = Stopwatch.GetTimestamp();
                last = await installation.ActAsync(Caller.System("benchmark"), services => services.GetRequiredService<Prices>().OfBasketAsync(buyer, seller, "CNY", day, basket, [], ct), ct);
                if (round >= 0)
                {
                    times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }
            }
        }

        if (last!.Lines.Any(line => line.Refusal is not null) || last.Lines.Count(line => line.Steps.Any(step => step.Kind is "promotion")) < Lines / 4)
        {
            throw new CannotMeasureException("The basket has no prices, or no promotions hold in it.");
        }

        var promoted = last.Lines.SelectMany(line => line.Steps).Where(step => step.Kind is "promotion").Select(step => step.Rule).Distinct().Count();
        return new("pricing",
            [
                Figure.Low("lines_1000_promotions_500_p95_ms", At(many, 0.95), 50), Figure.Low("promotions_500_by_10_cost", At(many, 0.5) / At(few, 0.5), 3),
                Figure.Low("lines_1000_promotions_500_half_ms", At(many, 0.5)), Figure.Low("lines_1000_promotions_10_p95_ms", At(few, 0.95)), Figure.Low("lines_1000_promotions_10_half_ms", At(few, 0.5)),
            ],
            [string.Create(CultureInfo.InvariantCulture, $"{machine}; {length.Name} run, {rounds} baskets each; {promoted} of 500 promotions held in the basket, {last.Gifts.Count} gifts")]);
    }

    static double At(List<double> times, double share) => times.Order().ElementAt((int)Math.Min(times.Count - 1, Math.Ceiling(times.Count * share)));

    // Products, a list and a net book, 500 rules; ten of them, one of each kind, hold on the day of the few.
    static async Task<(long Buyer, long Seller)> FillAsync(Installation installation, CancellationToken ct)
    {
        Installation.Say("Filling a catalogue ...");
        await using var source = installation.Connect("portal_owner");
        await using var batch = source.CreateBatch();
        foreach (var statement in Statements)
        {
            batch.BatchCommands.Add(new(statement));
        }

        batch.BatchCommands.Add(new("select b.partner_id, b.upstream_id from partner b where b.code = 'HUAXIN'"));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        // Entering answers, too, with a column of nothing; the keys come last.
        while (reader.FieldCount < 2 && await reader.NextResultAsync(ct))
        {
        }

        await reader.ReadAsync(ct);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    static readonly string[] Statements =
    [
        "select enter_as_system('benchmark')",
        "insert into product_line (code, name, name_zh) select 'BENCH' || n, 'Line ' || n, '产品线 ' || n from generate_series(0, 19) n",
        """
        insert into product (sku, name, name_zh, product_line_id, status, created_at)
        select 'BENCH-' || lpad(n::text, 4, '0'), 'Product ' || n, '产品 ' || n, l.product_line_id, 'active', now()
        from generate_series(0, 4999) n join product_line l on l.code = 'BENCH' || n % 20
        """,
        """
        insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at)
        select k.price_book_id, p.product_id, case k.kind when 'list' then 100 + p.product_id % 900 else (100 + p.product_id % 900) * 0.8 end, '[2020-01-01,)', now()
        from price_book k join product p on p.sku like 'BENCH-%'
        where k.seller_id = (select partner_id from partner where partner_type = 'brand') and k.currency = 'CNY' and (k.kind = 'list' or k.partner_level is not null)
        """,
        "update price_book set valid = '[2020-01-01,)' where currency = 'CNY' and seller_id = (select partner_id from partner where partner_type = 'brand')",
        """
        insert into price_rule (seller_id, code, name, name_zh, kind, discount_rate, min_quantity, max_quantity, audience, covers, product_line_id, valid, created_at,
            effect, counts, amount_off, currency, min_amount, buy_quantity, get_quantity, gift_product_id, repeats, combines, coupon, priority)
        select b.partner_id, 'BENCH-' || n, 'Promotion ' || n, '促销 ' || n, case when n % 10 = 9 then 'volume' else 'promotion' end,
               case when n % 10 in (4, 7) then 0 when n % 10 = 3 then 1 else 0.02 + (n % 7) * 0.01 end, case when n % 10 in (1, 9) then n % 8 else 0 end, null, 'partners',
               case when n % 10 in (1, 6, 7, 9) then 'line' else 'products' end, case when n % 10 in (1, 6, 7, 9) then l.product_line_id end,
               case when n < 10 then daterange('2020-01-01', null) else daterange('2030-01-01', null) end, now(),
               case n % 10 when 3 then 'buy_get' when 4 then 'bundle' when 5 then 'bundle' when 6 then 'threshold' when 7 then 'gift' else 'percent' end,
               case when n % 10 in (6, 7) then 'basket' else 'line' end, case when n % 10 = 4 then 5 end, case when n % 10 in (4, 6, 7) then 'CNY' end, case when n % 10 in (6, 7) then 5000 + n * 10 end,
               case when n % 10 = 3 then 5 end, case when n % 10 in (3, 7) then 1 end, case when n % 10 = 7 then (select product_id from product where sku = 'BENCH-0000') end, n % 20 = 7,
               case when n % 10 in (1, 6) then 'adds' else 'best' end, case when n % 50 = 8 then 'BENCH-' || n end, n % 5
        from generate_series(0, 499) n
        join partner b on b.partner_type = 'brand'
        join product_line l on l.code = 'BENCH' || n % 20
        """,
        """
        insert into price_rule_product (price_rule_id, product_id)
        select r.price_rule_id, p.product_id
        from price_rule r
        cross join lateral (select substr(r.code, 7)::integer as n) x
        cross join generate_series(0, case when r.effect = 'bundle' then 2 else 19 end) as k
        join product p on p.sku = 'BENCH-' || lpad(((x.n * 35 + k * 5) % 5000)::text, 4, '0')
        where r.code ~ '^BENCH-[0-9]+$' and r.covers = 'products'
        on conflict do nothing
        """,
        "analyze product, price_book_entry, price_rule, price_rule_product",
    ];
}
