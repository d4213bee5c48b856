using System.Globalization;
using System.Text.RegularExpressions;
using Benchmarks.Stage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Portal.Customers;
using Portal.Deals;

namespace Benchmarks.Pages;

/// <summary>An installation with the channel imported, deals registered by its people, and people of brand and distributor who can sign in.</summary>
/// <param name="Description">How much there is.</param>
sealed partial record FilledChannel(string Description)
{
    /// <summary>The password of all of them.</summary>
    public const string Password = "Seven-green-bicycles-2026";

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The brand's people.</summary>
    public static IReadOnlyList<string> BrandEmails { get; } = ["admin@brand.example", "channel@brand.example"];

    /// <summary>The distributor's people.</summary>
    public static IReadOnlyList<string> DistributorEmails { get; } = ["sales@distributor.example"];

    /// <summary>Fills the database, starts the services and waits until the figures of the dashboards are there.</summary>
    public static async Task<FilledChannel> PrepareAsync(Installation installation, Channel channel, RunLength length, CancellationToken ct)
    {
        Installation.Say($"Importing {channel.Name} ...");
        await installation.PortalVerbAsync(["import", "partners", channel.File("partners")], ct);
        await installation.PortalVerbAsync(["import", "products", channel.File("products")], ct);
        await installation.PortalVerbAsync(["import", "orders", channel.File("orders")], ct);
        var links = new List<Uri>
        {
            await AddPersonAsync(installation, BrandEmails[0], "brand", "brand_admin", ct),
            await AddPersonAsync(installation, BrandEmails[1], "brand", "channel_manager", ct),
            await AddPersonAsync(installation, DistributorEmails[0], channel.Distributors[0], "sales,partner_admin", ct),
        };
        foreach (var other in channel.Distributors.Skip(1).Take(3))
        {
            await AddPersonAsync(installation, $"sales@{other.ToLowerInvariant()}.example", other, "sales", ct);
        }

        var deals = await RegisterAsync(installation, length.IsQuick ? 400 : 3000, ct);
        await installation.ServeAsync(new Dictionary<string, string>(StringComparer.Ordinal), ct);
        foreach (var link in links)
        {
            using var browser = new Browser();
            await browser.ChoosePasswordAsync(link, Password, ct);
        }

        await SettleAsync(installation, ct);
        return new(string.Create(CultureInfo.InvariantCulture, $"{deals} deals"));
    }

    // As a new installation gets its first people: an account with identity, then its place in the portal. The link chooses the password.
    static async Task<Uri> AddPersonAsync(Installation installation, string email, string partner, string roles, CancellationToken ct)
    {
        var added = await installation.IdentityVerbAsync(["add-user", email], ct);
        await installation.PortalVerbAsync(["add-person", email, email, installation.Identity.GetLeftPart(UriPartial.Authority), Subject().Match(added).Groups[1].Value, partner, roles], ct);
        return new(Link().Match(added).Groups[1].Value);
    }

    // Half of them by the distributor, the others by three more; each is screened and submitted as any other.
    static async Task<int> RegisterAsync(Installation installation, int count, CancellationToken ct)
    {
        Installation.Say(string.Create(CultureInfo.InvariantCulture, $"Registering {count} deals ..."));
        var people = await installation.ActAsync(Caller.System("benchmark"), async services =>
        {
            var db = services.GetRequiredService<Db>();
            // The brand lets everybody ask as often as this needs.
            await db.ExecuteAsync("""
                insert into protection_policy (effective_from, protection_days, extension_days, reminder_days, recently_expired_days, screenings_per_day)
                values (current_date - 1, 90, 30, 14, 30, 1000000)
                """, null, ct);
            return await db.ListAsync<Registrant>("""
                select p.issuer, p.subject, b.currency, coalesce(t.code, (select min(code) from territory)) as territory, b.country_code
                from person p join partner b using (partner_id) left join territory t using (territory_id)
                where b.partner_type = 'distributor'
                order by p.person_id
                """, null, ct);
        }, ct);
        var lines = await installation.ActAsync(Caller.System("benchmark"), services => services.GetRequiredService<Db>().ListAsync<string>("select code from product_line order by code", null, ct), ct);
        var random = new Random(20260101);
        var registered = 0;
        for (var deal = 0; deal < count; deal++)
        {
            var person = people[deal % 2 == 0 ? 0 : (deal / 2 % (people.Count - 1)) + 1];
            var typed = new DealTyped
            {
                Customer = new NewCustomer { Name = CompanyNames.Next(random), CountryCode = person.CountryCode, City = CompanyNames.NextCity(random) },
                ProductLines = [lines[random.Next(lines.Count)]],
                Territory = person.Territory,
                Amount = random.Next(10, 2000) * 1000m,
                Currency = person.Currency,
                ExpectedClose = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(random.Next(10, 200)),
            };
            var outcome = await installation.ActAsync(Caller.Subject(person.Issuer, person.Subject), services => services.GetRequiredService<RegisterDeal>().EnterAsync(typed, submit: true, ct), ct);
            registered += outcome switch
            {
                DealOutcome.Done => 1,
                DealOutcome.Blocked => 0, // stays a draft
                _ => throw new CannotMeasureException($"A deal was not registered: {outcome}"),
            };
        }

        return registered;
    }

    // The roll-ups are folded by a job, and what is in the outbox is delivered.
    static async Task SettleAsync(Installation installation, CancellationToken ct)
    {
        Installation.Say("Waiting for the roll-ups ...");
        await using var source = installation.Connect("postgres");
        var end = DateTime.UtcNow + Patience;
        while (await CountAsync(source, "select (select count(*) from kpi_delta) + (select count(*) from outbox_message where delivered_at is null and abandoned_at is null)", ct) > 0)
        {
            if (DateTime.UtcNow > end)
            {
                throw new CannotMeasureException("The roll-ups are not brought up to date.");
            }

            await Task.Delay(500, ct);
        }

        await installation.GatherStatisticsAsync(ct);
    }

    static async Task<long> CountAsync(NpgsqlDataSource source, string sql, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    sealed record Registrant(string Issuer, string Subject, string Currency, string Territory, string CountryCode);

    [GeneratedRegex(@"subject is (\S+)\.")]
    private static partial Regex Subject();

    [GeneratedRegex(@"(https?://\S+)")]
    private static partial Regex Link();
}

/// <summary>Names of companies that nobody has, few of them alike.</summary>
static class CompanyNames
{
    static readonly string[] Beginnings = ["Bal", "Cor", "Dra", "Fel", "Gor", "Hal", "Ister", "Jun", "Kel", "Lor", "Mar", "Nov", "Ost", "Pel", "Quin", "Ros", "Sel", "Tor", "Ul", "Ver", "Wes", "Yor", "Zan", "Bru", "Cas"];
    static readonly string[] Middles = ["a", "ena", "imo", "ora", "ulla", "anti", "ero", "issa", "ondo", "uri", "avel", "emar", "iko", "ostra", "unda"];
    static readonly string[] Ends = ["ba", "dor", "fin", "gar", "hem", "kart", "lund", "mont", "nik", "pol", "rath", "stad", "tek", "vik", "zen", "berg", "cora", "dyn"];
    static readonly string[] Trades = ["Logistics", "Clinics", "Foods", "Textiles", "Shipping", "Insurance", "Engineering", "Printing", "Hotels", "Chemicals", "Energy", "Media", "Optics", "Railways", "Furniture"];
    static readonly string[] Forms = ["Inc.", "Ltd", "GmbH", "LLC", "AG"];

    public static string Next(Random random) => $"{Word(random)} {Word(random)} {One(Trades, random)} {One(Forms, random)}";

    public static string NextCity(Random random) => One(Beginnings, random) + One(Ends, random);

    static string Word(Random random) => One(Beginnings, random) + One(Middles, random) + One(Ends, random);

    static string One(string[] of, Random random) => of[random.Next(of.Length)];
}
