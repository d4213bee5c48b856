using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Benchmarks.Orders;
using Benchmarks.Stage;

namespace Benchmarks.Kpis;

/// <summary>
/// KPI figures over a long history: the brand's dashboard with few and with many order lines, what a full recomputation comes to, what keeping the facts adds to placing an order, and how long the check takes.
/// The lines are old orders, closed long ago, of a channel of thousands of partners.
/// </summary>
static partial class KpisBenchmark
{
    const int Clients = 4;
    const string Password = "Northlight-demo-2026";
    const int LinesOfAnOrder = 20;

    static readonly string[] Brand = ["admin@northlight.example", "channel@northlight.example"];

    public static async Task<Report> RunAsync(RunLength length, CancellationToken ct)
    {
        var machine = Machine.Description;
        var (partners, few, many) = length.IsQuick ? (500, 1_000, 10_000) : (5_000, 5_000, 500_000);
        await using var installation = await Installation.BeginAsync(withDemo: true, ct);
        // What is put into the outbox is nobody's here; the folding of facts runs as ever.
        await installation.ServeAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["Outbox__Enabled"] = "false" }, ct);
        await installation.RaiseLimitsAsync(ct);
        var figures = new List<Figure>();
        var notes = new List<string> { $"{machine}; {length.Name} run" };
        await AddPartnersAsync(installation, partners, ct);
        var sessions = new List<Browser>();
        try
        {
            for (var client = 0; client < Clients; client++)
            {
                sessions.Add(new Browser());
                await sessions[^1].SignInAsync(installation.Portal, Brand[client % Brand.Length], Password, ct);
            }

            await FillAsync(installation, 0, few, ct);
            await RecomputeAsync(installation, ct);
            await installation.GatherStatisticsAsync(ct);
            var small = await DashboardAsync(length, installation, sessions, ct);
            await FillAsync(installation, few, many, ct);
            var (lines, perSecond) = await RecomputeAsync(installation, ct);
            var again = await RecomputeAsync(installation, ct);
            await installation.GatherStatisticsAsync(ct);
            var large = await DashboardAsync(length, installation, sessions, ct);
            figures.Add(Figure.Low("dashboard_p95_ms_many_lines", large.Percentile(0.95), length.IsQuick ? null : 60));
            figures.Add(Figure.Low("dashboard_cost_ratio", large.Milliseconds.Average() / small.Milliseconds.Average(), length.IsQuick ? null : 1.3));
            figures.Add(Figure.Low("dashboard_p95_ms_few_lines", small.Percentile(0.95)));
            figures.Add(Figure.High("recomputed_lines_per_second", perSecond, length.IsQuick ? null : 300_000));
            figures.Add(Figure.High("recomputed_again_lines_per_second", again.PerSecond));
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{partners:N0} partners; {few * LinesOfAnOrder:N0} and {lines:N0} order lines; the dashboard by {Clients} clients; recomputed again: nothing differs any more"));
        }
        finally
        {
            sessions.ForEach(session => session.Dispose());
        }

        await WhatIfAsync(length, installation, figures, notes, ct);
        await UpkeepAsync(length, installation, figures, notes, ct);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        await installation.PortalVerbAsync(["verify", "kpis"], ct);
        figures.Add(Figure.Low("verify_seconds", System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds));
        return new("kpis", [.. figures.OrderByDescending(figure => figure.Target is not null)], notes);
    }

    static async Task<Taken> DashboardAsync(RunLength length, Installation installation, List<Browser> sessions, CancellationToken ct)
    {
        Installation.Say("Dashboard ...");
        var today = DateTime.UtcNow;
        var address = new Uri(installation.Portal, string.Create(CultureInfo.InvariantCulture, $"/kpis?period={today.Year}-Q{((today.Month - 1) / 3) + 1}"));
        Task Read(int client, CancellationToken token) => sessions[client].ReadAsync(address, token);
        await Load.WarmUpAsync(Clients, length, Read, ct);
        var taken = Taken.Nothing;
        for (var round = 0; round < length.Rounds; round++)
        {
            taken += await Load.RunAsync(Clients, length.Round, Read, ct);
        }

        return taken;
    }

    static async Task<(long Lines, double PerSecond)> RecomputeAsync(Installation installation, CancellationToken ct)
    {
        Installation.Say("Recomputing ...");
        var printed = Recomputed().Match(await installation.PortalVerbAsync(["recompute", "kpis"], ct));
        return printed.Success
            ? (long.Parse(printed.Groups["lines"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture), double.Parse(printed.Groups["pace"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture))
            : throw new CannotMeasureException("The recomputation did not say what it did.");
    }

    // The quarters of two years scored again with other weights, targets and limits, for all partners; every level has a target in every quarter.
    static async Task WhatIfAsync(RunLength length, Installation installation, List<Figure> figures, List<string> notes, CancellationToken ct)
    {
        Installation.Say("What if ...");
        var now = DateTime.UtcNow;
        var running = new DateOnly(now.Year, (((now.Month - 1) / 3) * 3) + 1, 1);
        var last = running.AddMonths(-3);
        await ExecuteAsync(installation, $"""
            insert into kpi_target (kpi_definition_id, partner_level, starts_on, period, value, set_at, set_by)
            select v.kpi_definition_id, level, q::date, 'quarter', 10000, now(), 'benchmark'
            from kpi_version v, unnest(array['registered', 'silver', 'gold', 'platinum']) as level,
                 generate_series('{running.AddMonths(-24).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}'::timestamp, '{last.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}', interval '3 months') as q
            where v.status = 'published' and v.period = 'quarter'
            on conflict do nothing
            """, ct);
        await installation.GatherStatisticsAsync(ct);
        List<string> kpis = [];
        await using (var source = installation.Connect("postgres"))
        await using (var command = source.CreateCommand("select distinct k.number from kpi_definition k join kpi_version v using (kpi_definition_id) where k.status = 'published' and v.status = 'published' and v.period = 'quarter' order by 1"))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                kpis.Add(reader.GetString(0));
            }
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            last = string.Create(CultureInfo.InvariantCulture, $"{last.Year}-Q{((last.Month - 1) / 3) + 1}"), periods = 8,
            lines = kpis.Select((kpi, place) => new { kpi, weight = place == 0 ? 100 - ((kpis.Count - 1) * (100 / kpis.Count)) : 100 / kpis.Count, threshold = 50, cap = 120 }),
            limits = new { period = "quarter", window = 4, least = 2, silverReach = 40, silverKeep = 30, goldReach = 60, goldKeep = 50, platinumReach = 80, platinumKeep = 70 },
            targetPercent = new Dictionary<string, decimal>(StringComparer.Ordinal) { [kpis[0]] = 90 },
        }, JsonSerializerOptions.Web);
        using var client = HttpClients.New();
        var token = await HttpClients.TokenAsync(installation.Identity, "demo-erp-brand", ct);
        var (taken, partners) = (new List<double>(), 0);
        for (var round = 0; round < length.Rounds + 2; round++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(installation.Portal, "/api/v1/kpis/what-if")) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new("application/json");
            request.Headers.Authorization = token;
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            using var answer = await client.SendAsync(request, ct);
            var text = await answer.Content.ReadAsStringAsync(ct);
            taken.Add(System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            partners = answer.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement.GetProperty("partners").GetArrayLength() : throw new CannotMeasureException($"The trial was answered with {(int)answer.StatusCode}: {text}");
        }

        // The first two find nothing compiled.
        var counted = taken.Skip(2).Order().ToList();
        figures.Add(Figure.Low("what_if_ms", counted[counted.Count / 2], length.IsQuick ? null : 2000));
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"what if: {kpis.Count} KPIs, 8 quarters, {partners:N0} partners scored; each time {string.Join(", ", taken.Select(one => one.ToString("0", CultureInfo.InvariantCulture)))} ms"));
    }

    // Orders with facts kept and without, in turns; without means that no trigger fires and the acts of orders add nothing.
    static async Task UpkeepAsync(RunLength length, Installation installation, List<Figure> figures, List<string> notes, CancellationToken ct)
    {
        Installation.Say("Placing orders with facts and without ...");
        using var api = await OrderingClients.NewAsync(installation, Clients, OrderingClients.UsualLines, ct);
        await Load.WarmUpAsync(Clients, length, api.OrderAsync, ct, () => installation.CloseOrdersAsync(ct));
        var taken = new[] { Taken.Nothing, Taken.Nothing };
        var spent = new[] { Spent.Nothing, Spent.Nothing };
        for (var turn = 0; turn < length.Rounds * 2; turn++)
        {
            // Who goes first changes, so that neither always meets what the other left behind.
            var with = (turn + (turn / 2)) % 2;
            await KeepFactsAsync(installation, with == 1, ct);
            var before = installation.Spent;
            taken[with] += await Load.RunAsync(Clients, length.Round, api.OrderAsync, ct);
            spent[with] += installation.Spent - before;
            await installation.CloseOrdersAsync(ct, "submitted");
        }

        await KeepFactsAsync(installation, true, ct);
        figures.Add(Figure.Low("order_cost_ratio_with_facts", taken[1].Milliseconds.Average() / taken[0].Milliseconds.Average(), length.IsQuick ? null : 1.1));
        notes.Add($"placing an order with facts: {spent[1].Each(taken[1].Milliseconds.Count)}");
        notes.Add($"placing an order without: {spent[0].Each(taken[0].Milliseconds.Count)}");
        // The rounds closed their orders by hand: what that makes of the figures is made good.
        await RecomputeAsync(installation, ct);
    }

    static async Task KeepFactsAsync(Installation installation, bool keep, CancellationToken ct)
    {
        await using var source = installation.Connect("postgres");
        await using var change = source.CreateCommand($"""
            do $$
            declare
                one record;
            begin
                for one in select t.tgrelid::regclass as relation, t.tgname from pg_trigger t join pg_proc f on f.oid = t.tgfoid
                           where f.proname like 'kpi\_%' and not t.tgisinternal and t.tgrelid <> 'partner'::regclass loop
                    execute format('alter table %s {(keep ? "enable" : "disable")} trigger %I', one.relation, one.tgname);
                end loop;
            end $$
            """);
        await change.ExecuteNonQueryAsync(ct);
    }

    static async Task AddPartnersAsync(Installation installation, int partners, CancellationToken ct)
    {
        Installation.Say(string.Create(CultureInfo.InvariantCulture, $"Adding {partners:N0} partners ..."));
        await ExecuteAsync(installation, $"""
            insert into partner (number, code, name, partner_type, upstream_id, partner_level, country_code, currency, time_zone, created_at)
            select 'P-MANY-' || n, 'many-' || n, 'Store ' || n, 'store', above.partner_id, (array['registered', 'silver', 'gold', 'platinum'])[1 + n % 4], above.country_code, above.currency, above.time_zone, now()
            from generate_series(1, {partners.ToString(CultureInfo.InvariantCulture)}) as n
            join (select row_number() over (order by partner_id) - 1 as place, count(*) over () as many, partner_id, country_code, currency, time_zone from partner where partner_type = 'distributor') as above on above.place = n % above.many
            """, ct);
    }

    // Written without the triggers, which check and count what is new; indexes and constraints are kept as always.
    static async Task FillAsync(Installation installation, int from, int to, CancellationToken ct)
    {
        Installation.Say(string.Create(CultureInfo.InvariantCulture, $"Filling up to {to * LinesOfAnOrder:N0} order lines ..."));
        await ExecuteAsync(installation, $"""
            set session_replication_role = replica;
            create temporary table pair as
            select row_number() over (order by partner_id) - 1 as place, count(*) over () as many, partner_id, upstream_id, currency, stock_place_of(partner_id) as here, stock_place_of(upstream_id) as there
            from partner where upstream_id is not null;
            create temporary table goods as select row_number() over (order by product_id) - 1 as place, count(*) over () as many, product_id from product;
            with made as (
                insert into purchase_order (number, buyer_id, seller_id, ordered_on, currency, line_count, total_amount, status, origin, to_place_id, from_place_id, created_at, submitted_at, confirmed_at)
                select 'PO-MANY-' || n, p.partner_id, p.upstream_id, current_date - (n % 730), p.currency, {LinesOfAnOrder.ToString(CultureInfo.InvariantCulture)}, 2000, 'closed', 'history', p.here, p.there, now(), now(), now()
                from generate_series({from.ToString(CultureInfo.InvariantCulture)}, {(to - 1).ToString(CultureInfo.InvariantCulture)}) as n
                join pair p on p.place = (n::bigint * 7919) % p.many
                returning purchase_order_id, buyer_id, seller_id)
            insert into purchase_order_line (purchase_order_id, buyer_id, seller_id, line_number, product_id, quantity, shipped, received, unit_price, amount)
            select m.purchase_order_id, m.buyer_id, m.seller_id, l, g.product_id, 10, 10, 10, 10, 100
            from made m cross join generate_series(1, {LinesOfAnOrder.ToString(CultureInfo.InvariantCulture)}) as l
            join goods g on g.place = (m.purchase_order_id * 31 + l * 17) % g.many;
            drop table pair, goods;
            set session_replication_role = origin
            """, ct);
        await installation.GatherStatisticsAsync(ct);
    }

    static async Task ExecuteAsync(Installation installation, string sql, CancellationToken ct)
    {
        await using var source = installation.Connect("postgres");
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(ct);
    }

    [GeneratedRegex(@"Recomputed (?<lines>[\d,]+) order lines .*, (?<pace>[\d,]+) lines a second")]
    private static partial Regex Recomputed();
}
