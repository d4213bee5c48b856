using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Benchmarks.Stage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Portal.Customers;
using Portal.Deals;
using Portal.Matching;

namespace Benchmarks.Claims;

/// <summary>
/// Screening claims among a million customers and 200,000 live claims made of public names: are the right companies among the candidates, how long does it take, does it grow with the number of customers; do two
/// hundred rivals for one customer leave exactly one approved claim; and how many registrations go through the API beside the same rows written by hand.
/// </summary>
static class ClaimsBenchmark
{
    const int Rivals = 200, Clients = 4, ApiClients = 8;

    static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal) { ["Outbox__Enabled"] = "false" };

    /// <summary>The only part to measure, <c>screening</c>, <c>rivals</c> or <c>registrations</c>; null for all.</summary>
    public static string? OnlyPart { get; set; }

    public static async Task<Report> RunAsync(RunLength length, CancellationToken ct)
    {
        var machine = Machine.Description;
        var folder = PublicNames.Folder();
        var names = PublicNames.Read(folder);
        var (few, many, rounds) = length.IsQuick ? (4_000, 20_000, 3) : (100_000, 1_000_000, 100);
        await using var installation = await Installation.BeginAsync(withDemo: true, ct);
        await using var superuser = installation.Connect("postgres");
        await LiftLimitsAsync(superuser, ct);
        await AddPartnersAsync(superuser, ct);
        var people = await SalespeopleAsync(superuser, ct);
        var scope = await ScopeAsync(superuser, ct);
        var claims = new ManyClaims(superuser, names);
        var aliases = names.Aliases(folder, length.IsQuick ? 300 : 4_000);

        List<Figure> figures = [];
        List<string> notes = [$"{machine}; {length.Name} run"];
        if (Wants("screening"))
        {
            var (atFew, _) = await ScreenedAsync(installation, claims, few, people, scope, aliases, length, ct);
            var (atMany, alone) = await ScreenedAsync(installation, claims, many, people, scope, aliases, length, ct);
            var recall = await RecallAsync(installation, people[0], claims, aliases, ct);
            Installation.Say(Line($"Candidates: {recall:0.000} of the aliases find their company"));
            figures.AddRange([
                Figure.High("candidate_recall", recall, 0.97),
                Figure.Low("screening_p95_ms_4_clients", atMany.Percentile(0.95), 10),
                Figure.Low("screening_p50_ms_4_clients", atMany.Percentile(0.5)),
                Figure.Low("screening_p95_ms_1_client", alone.Percentile(0.95)),
                Figure.Low("screening_cost_ratio_few_to_many", atMany.Milliseconds.Average() / atFew.Milliseconds.Average(), 2),
            ]);
            notes.Add(Line($"{many:N0} customers of which {names.Real:N0} are public companies, {many / 5:N0} live claims; {aliases.Count:N0} aliases screened, at {few:N0} customers in {atFew.Milliseconds.Average():0.0} ms on average, at {many:N0} in {atMany.Milliseconds.Average():0.0} ms"));
        }
        else
        {
            await claims.LoadUntilAsync(many, ct);
            await installation.GatherStatisticsAsync(ct);
        }

        await installation.ServeAsync(Settings, ct);
        if (Wants("rivals"))
        {
            var race = await RaceAsync(installation, superuser, names, scope, rounds, ct);
            figures.AddRange([Figure.Low("rival_rounds_without_exactly_one", race.Wrong, 0), Figure.Low("rival_faults", race.Faults.Count, 0)]);
            notes.AddRange([Line($"{rounds} rounds of {Rivals} submissions at once of one customer in 20 spellings through the API, by the programs of two partners: {race.Told}"), .. race.Faults.Distinct(StringComparer.Ordinal).Take(5)]);
        }

        if (Wants("registrations"))
        {
            var (byApi, byHand, spent) = await RegisteredAsync(installation, superuser, names, scope, length, ct);
            figures.AddRange([
                Figure.High("registrations_raw_ratio_8_clients", byApi.PerSecond / byHand.PerSecond, 0.35),
                Figure.High("registrations_per_second_8_clients", byApi.PerSecond),
                Figure.High("raw_registrations_per_second_8_clients", byHand.PerSecond),
            ]);
            notes.Add(Line($"a registration through the API: {spent}"));
        }

        return new("claims", figures, notes);
    }

    static bool Wants(string part) => OnlyPart is null || string.Equals(OnlyPart, part, StringComparison.Ordinal);

    // Four at a time, each time somebody else of two hundred partners, one company after the other, through the act behind the form: rights, quota, candidates, verdict, and what is kept of it, in a transaction.
    // Then one at a time: what a screening takes where nobody waits for a processor that somebody else has.
    static async Task<(Taken Together, Taken Alone)> ScreenedAsync(
        Installation installation, ManyClaims claims, int customers, IReadOnlyList<Salesperson> people, (string Line, string Territory) scope, IReadOnlyList<(string Alias, int Number)> aliases, RunLength length, CancellationToken ct)
    {
        Installation.Say(Line($"Loading {customers:N0} customers ..."));
        await claims.LoadUntilAsync(customers, ct);
        await installation.GatherStatisticsAsync(ct);
        var next = -1;
        async Task ScreenAsync(int client, CancellationToken stop)
        {
            var turn = (uint)Interlocked.Increment(ref next);
            var alias = aliases[(int)(turn % aliases.Count)].Alias;
            var typed = new DealTyped { Customer = new() { Name = alias, CountryCode = "CN" }, ProductLines = [scope.Line], Territory = scope.Territory };
            if (await ActAsync(installation, people[(int)(turn % people.Count)], services => services.GetRequiredService<CheckClaim>().RunAsync(typed, stop), stop) is not ClaimCheck.Answered)
            {
                throw new CannotMeasureException($"{alias} was not screened.");
            }
        }

        await ScreenAsync(0, ct);
        Installation.Say("Screening ...");
        await Load.WarmUpAsync(Clients, length, ScreenAsync, ct);
        // What was screened is kept: a table that was all but empty has thousands of rows, and the foreign key's look-up, planned before, would still read all of them for each candidate.
        await installation.GatherStatisticsAsync(ct);
        await Statements.BeginAsync(installation, ct);
        var before = installation.Spent;
        var screened = await Load.RunAsync(Clients, length.Round * length.Rounds, ScreenAsync, ct);
        await Statements.TellAsync(installation, "screening", screened.Milliseconds.Count, ct);
        Installation.Say(Line($"{customers:N0} customers: {screened.Milliseconds.Average():0.0} ms on average, 95 of 100 within {screened.Percentile(0.95):0.0} ms; {(installation.Spent - before).Each(screened.Milliseconds.Count)}"));
        return (screened, await Load.RunAsync(1, length.Round, ScreenAsync, ct));
    }

    static async Task<double> RecallAsync(Installation installation, Salesperson person, ManyClaims claims, IReadOnlyList<(string Alias, int Number)> aliases, CancellationToken ct)
    {
        var found = 0;
        foreach (var some in aliases.Chunk(50))
        {
            var candidates = await ActAsync(installation, person, services => services.GetRequiredService<CustomerStore>().CandidatesAsync([.. some.Select(alias => new CompanyProfile([alias.Alias], "CN").Sought)], ct), ct);
            var known = candidates.Select(candidate => (candidate.Ordinal, candidate.EndCustomerId)).ToHashSet();
            found += some.Index().Count(alias => known.Contains((alias.Index, claims.Customer(alias.Item.Number))));
        }

        return (double)found / aliases.Count;
    }

    // Each round has a customer that nobody has. All its submissions are sent at the same moment; each is answered, whoever comes too late that the customer is taken.
    static async Task<(int Wrong, ConcurrentBag<string> Faults, string Told)> RaceAsync(Installation installation, NpgsqlDataSource superuser, PublicNames names, (string Line, string Territory) scope, int rounds, CancellationToken ct)
    {
        Installation.Say(Line($"{rounds} rounds of {Rivals} rivals ..."));
        using var rivals = await RegisteringClients.NewAsync(installation, names, scope, Rivals, ct);
        var (faults, outcomes, wrong, began) = (new ConcurrentBag<string>(), new ConcurrentBag<string>(), 0, Stopwatch.GetTimestamp());
        for (var round = 0; round < rounds; round++)
        {
            var spellings = PublicNames.Spellings(round);
            await Task.WhenAll(Enumerable.Range(0, Rivals).Select(rival => Task.Run(async () =>
            {
                var (status, outcome) = await rivals.SubmitAsync(rival, spellings[rival % spellings.Count], 1000 + rival, ct);
                outcomes.Add(outcome);
                if (status != System.Net.HttpStatusCode.Created)
                {
                    faults.Add(Line($"{(int)status} {outcome}"));
                }
            }, ct)));
            await using var count = superuser.CreateCommand("select count(*) from deal_claim where protection @> now() and over_at is null and customer_cluster_id in (select customer_cluster_id from end_customer where name = any ($1))");
            count.Parameters.Add(new() { Value = spellings.Select(name => name.Trim()).ToArray() });
            var live = (long)(await count.ExecuteScalarAsync(ct))!;
            if (live != 1)
            {
                wrong++;
                Installation.Say(Line($"round {round}: {live} live claims"));
            }

            if (round % 10 == 9)
            {
                Installation.Say(Line($"{round + 1} rounds in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s, {wrong} without exactly one, {faults.Count} faults"));
            }
        }

        return (wrong, faults, string.Join(", ", outcomes.CountBy(outcome => outcome).OrderBy(outcome => outcome.Key, StringComparer.Ordinal).Select(outcome => Line($"{outcome.Value:N0} {outcome.Key}"))));
    }

    static async Task<(Taken ByApi, Taken ByHand, string Spent)> RegisteredAsync(Installation installation, NpgsqlDataSource superuser, PublicNames names, (string Line, string Territory) scope, RunLength length, CancellationToken ct)
    {
        await NobodyApprovesAloneAsync(superuser, ct);
        await using var source = installation.Connect("portal_app");
        using var api = await RegisteringClients.NewAsync(installation, names, scope, ApiClients, ct);
        var raw = await RawRegistrations.NewAsync(source, superuser, names, ct);
        Installation.Say("Registering ...");
        await Load.WarmUpAsync(ApiClients, length, api.RegisterAsync, ct);
        await Load.RunAsync(ApiClients, length.Round, raw.RegisterAsync, ct);
        var (byApi, byHand, spent) = (Taken.Nothing, Taken.Nothing, Spent.Nothing);
        for (var round = 0; round < length.Rounds; round++)
        {
            await AnotherDayAsync(superuser, ct);
            await installation.GatherStatisticsAsync(ct);
            await Statements.BeginAsync(installation, ct);
            var before = installation.Spent;
            var once = await Load.RunAsync(ApiClients, length.Round, api.RegisterAsync, ct);
            await Statements.TellAsync(installation, "registrations through the API", once.Milliseconds.Count, ct);
            byApi += once;
            spent += installation.Spent - before;
            byHand += await Load.RunAsync(ApiClients, length.Round, raw.RegisterAsync, ct);
        }

        return (byApi, byHand, spent.Each(byApi.Milliseconds.Count));
    }

    static Task<T> ActAsync<T>(Installation installation, Salesperson person, Func<IServiceProvider, Task<T>> work, CancellationToken ct) => installation.ActAsync(Caller.Subject(person.Issuer, person.Subject), work, ct);

    // Quota and capacity would end the measure early; who resembles nobody is approved without a person, so that rivals race to the end.
    static async Task LiftLimitsAsync(NpgsqlDataSource superuser, CancellationToken ct)
    {
        await using var command = superuser.CreateCommand("""
            set session_replication_role = replica;
            update protection_policy set screenings_per_day = 1000000, capacity = null, capacity_floor = null, capacity_ceiling = null;
            insert into approval_policy (number, status, effective_from, band, auto_approve) values ('AP-BENCHMARK', 'published', '2001-01-01', 'none', true);
            set session_replication_role = origin
            """);
        await command.ExecuteNonQueryAsync(ct);
    }

    // What is registered waits for the deal desk, here and by hand.
    static async Task NobodyApprovesAloneAsync(NpgsqlDataSource superuser, CancellationToken ct)
    {
        await using var command = superuser.CreateCommand("set session_replication_role = replica; update approval_policy set effective_from = '2999-01-01' where number = 'AP-BENCHMARK'; set session_replication_role = origin");
        await command.ExecuteNonQueryAsync(ct);
    }

    // A channel: what a partner has screened today is counted each time, and nobody screens ten thousand a day.
    static async Task AddPartnersAsync(NpgsqlDataSource superuser, CancellationToken ct)
    {
        await using var command = superuser.CreateCommand("""
            with added as (
                insert into partner (number, code, name, partner_type, upstream_id, country_code, currency, territory_id, created_at)
                select 'P-BENCH-' || n, 'BENCH-' || n, 'Benchmark reseller ' || n, 'reseller', (select min(partner_id) from partner where partner_type = 'distributor'), 'CN', 'CNY', (select min(territory_id) from territory), now()
                from generate_series(1, 200) n
                returning partner_id, number
            ), people as (
                insert into person (number, partner_id, issuer, subject, name, created_at) select 'U' || number, partner_id, 'benchmark', number, 'Salesperson of ' || number, now() from added returning person_id
            )
            insert into person_role (person_id, role) select person_id, 'sales' from people
            """);
        await command.ExecuteNonQueryAsync(ct);
    }

    // Programs register in seconds what a partner does in weeks; what was screened counts as an earlier day's.
    static async Task AnotherDayAsync(NpgsqlDataSource superuser, CancellationToken ct)
    {
        await using var command = superuser.CreateCommand("update deal_screening set screened_at = screened_at - interval '2 days' where screened_at > now() - interval '1 day'");
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(ct);
    }

    static async Task<IReadOnlyList<Salesperson>> SalespeopleAsync(NpgsqlDataSource superuser, CancellationToken ct)
    {
        await using var command = superuser.CreateCommand("""
            select p.issuer, p.subject, p.partner_id from person p join partner b using (partner_id)
            where b.partner_type <> 'brand' and p.disabled_at is null and exists (select from person_role r where r.person_id = p.person_id and r.role in ('sales', 'partner_admin'))
            order by p.person_id
            """);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var people = new List<Salesperson>();
        while (await reader.ReadAsync(ct))
        {
            people.Add(new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        }

        return people;
    }

    static async Task<(string Line, string Territory)> ScopeAsync(NpgsqlDataSource superuser, CancellationToken ct)
    {
        await using var command = superuser.CreateCommand("select (select code from product_line order by product_line_id limit 1), (select code from territory order by territory_id limit 1)");
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetString(0), reader.GetString(1));
    }

    static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    sealed record Salesperson(string Issuer, string Subject, long PartnerId);
}
