using System.Diagnostics;
using System.Globalization;
using Benchmarks.Chain;
using Benchmarks.Stage;

namespace Benchmarks.Faults;

/// <summary>
/// What is left when things break: programs order, confirm, ship and receive while portal and PostgreSQL are killed at random moments, answers are lost after the commit and
/// asked for again, two clerks and a job work on one order at once, and the portal's clock jumps at each start. Afterwards every acknowledged order exists once, none that was
/// refused exists, and nothing contradicts. Everything random comes from the seed, which is printed; when the machine's threads meet is not.
/// </summary>
static class FaultsRun
{
    const int Clients = 6;

    /// <summary>The seed; null for one of the moment.</summary>
    public static int? Seed { get; set; }

    public static async Task<Report> RunAsync(RunLength length, CancellationToken ct)
    {
        var seed = Seed ?? Environment.TickCount & 0xFFFFFF;
        Installation.Say(string.Create(CultureInfo.InvariantCulture, $"The seed is {seed}; the same again with --seed {seed}."));
        await using var installation = await Installation.BeginAsync(withDemo: true, ct);
        await installation.ServeAsync(new Dictionary<string, string>(StringComparer.Ordinal), ct);
        var programs = await TradingPrograms.NewAsync(installation, ct);
        var ledger = new AnswersGiven();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var lasts = TimeSpan.FromSeconds(length.IsQuick ? 40 : 240);
        var traders = Enumerable.Range(0, Clients).Select(client => Task.Run(() => new Trader(programs, ledger, client, new Random(seed + client)).WorkAsync(over.Token, ct), ct)).ToList();
        var (portals, databases) = await BreakAsync(installation, programs, new Random(seed), lasts, ct);
        await over.CancelAsync();
        await Task.WhenAll(traders);
        // What was put off until a moment of a clock that went ahead is due as soon as this one is ahead too.
        await installation.KillPortalAsync(TimeSpan.FromSeconds(240), ct);
        Installation.Say("Waiting until everything is told ...");
        var left = await DeliveredAsync(installation, ct);
        var (lost, doubled, undead) = await CountAsync(installation, ledger, ct);
        var said = await VerifyAsync(installation, ct);
        return new("faults",
            [
                Figure.Low("acknowledged_and_lost", lost, 0),
                Figure.Low("acknowledged_and_there_twice", doubled, 0),
                Figure.Low("refused_and_there", undead, 0),
                Figure.Low("contradictions", said.StartsWith("Nothing", StringComparison.Ordinal) ? 0 : 1, 0),
                Figure.Low("messages_not_delivered", left, 0),
                Figure.High("orders_acknowledged", ledger.Orders.Count, 1),
                Figure.High("orders_refused", ledger.Refused.Count, 1),
                Figure.High("further_acts_acknowledged", ledger.Acts),
                Figure.High("answers_lost_and_asked_for_again", ledger.AskedAgain),
                Figure.High("portals_killed", portals, 1),
                Figure.High("databases_killed", databases, 1),
            ],
            [string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {lasts.TotalSeconds} s, {Clients} programs; {said.Trim()}")]);
    }

    static async Task<(int Portals, int Databases)> BreakAsync(Installation installation, TradingPrograms programs, Random random, TimeSpan lasts, CancellationToken ct)
    {
        var (portals, databases) = (0, 0);
        var (begun, renewed) = (Stopwatch.StartNew(), Stopwatch.StartNew());
        while (begun.Elapsed < lasts)
        {
            await Task.Delay(random.Next(1500, 7000), ct);
            if ((portals + databases) % 3 == 2 ? random.Next(4) > 0 : random.Next(4) == 0)
            {
                await installation.KillDatabaseAsync(ct);
                databases++;
            }
            else
            {
                // Forth and back again, by up to four minutes from start to start; never behind identity, whose tokens would not hold yet.
                await installation.KillPortalAsync(clockShift: TimeSpan.FromSeconds(random.Next(0, 241)), ct);
                portals++;
            }

            Installation.Say(string.Create(CultureInfo.InvariantCulture, $"  {begun.Elapsed.TotalSeconds:0} s: killed {portals} portals and {databases} databases"));
            if (renewed.Elapsed > TimeSpan.FromMinutes(5))
            {
                await programs.RenewAsync(ct);
                renewed.Restart();
            }
        }

        return (portals, databases);
    }

    static async Task<long> DeliveredAsync(Installation installation, CancellationToken ct)
    {
        await using var source = installation.Connect("postgres");
        var patience = Stopwatch.StartNew();
        while (true)
        {
            await using var ask = source.CreateCommand("select count(*) from outbox_message where delivered_at is null");
            var left = (long)(await ask.ExecuteScalarAsync(ct))!;
            if (left == 0 || patience.Elapsed > TimeSpan.FromMinutes(5))
            {
                return left;
            }

            await Task.Delay(500, ct);
        }
    }

    static async Task<(long Lost, long Doubled, long Undead)> CountAsync(Installation installation, AnswersGiven ledger, CancellationToken ct)
    {
        await using var source = installation.Connect("postgres");
        await using var count = source.CreateCommand("""
            with told as (
                select * from unnest($1, $2) as t (po_number, number)),
            found as (
                select t.po_number, count(o.purchase_order_id) as times, count(*) filter (where o.number = t.number) as same
                from told t left join purchase_order o on o.po_number = t.po_number
                group by t.po_number)
            select (select count(*) from found where same = 0), (select count(*) from found where times > 1), (select count(*) from purchase_order o where o.po_number = any ($3))
            """);
        var orders = ledger.Orders.ToList();
        count.Parameters.Add(new() { Value = orders.ConvertAll(order => order.Key).ToArray() });
        count.Parameters.Add(new() { Value = orders.ConvertAll(order => order.Value).ToArray() });
        count.Parameters.Add(new() { Value = ledger.Refused.Keys.ToArray() });
        await using var reader = await count.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    static async Task<string> VerifyAsync(Installation installation, CancellationToken ct)
    {
        try
        {
            return (await installation.PortalVerbAsync(["verify", "all"], ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        }
        catch (CannotMeasureException contradicted)
        {
            return contradicted.Message;
        }
    }
}
