using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Platform.Jobs;
using Portal.Tests.Quotes;
using Portal.Verify;
using Support;

namespace Portal.Tests.Subscriptions;

/// <summary>The portal of <see cref="QuotingPartner"/> with a desk that is sold by the term, SEAT at 96 a month (12, 1 or 24 months, ends together, offered 45 days before its end), and APP at 1,200 a year that goes on by itself.</summary>
public sealed class SubscribingPartner : IAsyncLifetime
{
    public QuotingPartner Portal { get; } = new();

    public TestPerson Keeper { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Portal.InitializeAsync();
        Keeper = await Portal.Given.SomebodyOfTheBrand("brand_admin");
        await Portal.Database.ExecuteAsync("""
            set search_path = portal, public;
            insert into product (sku, name, name_zh, product_line_id, unit, created_at)
            select p.sku, p.name, p.name_zh, product_line_id, p.unit, now() from product_line, (values ('SEAT', 'Desk to rent', '租用工位', 'seat_month'), ('APP', 'App', '应用', 'year')) as p (sku, name, name_zh, unit);
            insert into price_book_entry (price_book_id, product_id, unit_price, valid, created_at)
            select b.price_book_id, p.product_id, case p.sku when 'SEAT' then 96 else 1200 end, '[2020-01-01,)', now() from price_book b, product p where p.sku in ('SEAT', 'APP');
            insert into product_term (product_id, months, renews, notice_days, co_terminates, changed_at)
            select product_id, case sku when 'SEAT' then array[12, 1, 24] else array[12] end, case sku when 'SEAT' then 'offer' else 'auto' end, 45, sku = 'SEAT', now() from product where sku in ('SEAT', 'APP');
            """);
    }

    public Task DisposeAsync() => Portal.DisposeAsync();

    /// <summary>The first of next month, where a term begins that nobody names a day for.</summary>
    public DateOnly NextMonth => new DateOnly(Portal.Clock.Today.Year, Portal.Clock.Today.Month, 1).AddMonths(1);

    /// <summary>Writes a quote with such lines for 杭州云栖 over the API, and answers what came of it.</summary>
    public Task<ApiAnswer> QuoteAsync(params object[] lines) => Portal.Api(Portal.Sales).PostAsync("/api/v1/quotes", new { customer = "C-YUNQI", validUntil = Portal.Clock.Today.AddDays(20), taxRate = 6, lines });

    /// <summary>Writes a quote, sends it and has it accepted, and answers its number.</summary>
    public async Task<string> SoldAsync(params object[] lines)
    {
        var number = (await QuoteAsync(lines)).Json.GetProperty("number").GetString()!;
        await AcceptAsync(number);
        return number;
    }

    /// <summary>Sends a draft and has it accepted.</summary>
    public async Task AcceptAsync(string number)
    {
        var sales = Portal.SignIn(Portal.Sales);
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), "form[action$=sending]");
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), "form[action$=answer]");
        Assert.Equal("accepted", await Portal.StatusAsync(number));
    }

    /// <summary>The numbers of the subscriptions of a quote.</summary>
    public Task<List<string>> OfAsync(string quote) => Portal.Database.ListAsync<string>("""
        select distinct s.number from portal.subscription s join portal.subscription_part p using (subscription_id) where p.source = @quote
        """, new { quote });

    /// <summary>What was bought of a subscription, as text.</summary>
    public Task<List<string>> PartsAsync(string number) => Portal.Database.ListAsync<string>("""
        select p.kind || ' ' || p.quantity || ' ' || p.starts_on || ' ' || p.ends_on || ' ' || p.amount::numeric(12, 2) from portal.subscription s join portal.subscription_part p using (subscription_id) where s.number = @number order by p.starts_on, p.subscription_part_id
        """, new { number });

    /// <summary>What <c>portal verify quotes</c> finds.</summary>
    public Task<List<string>> FindingsAsync() => Portal.InScopeAsync(Caller.System("test"), async services =>
    {
        var findings = new List<string>();
        foreach (var check in services.GetServices<ICheck>().Where(check => check.Name is "quotes"))
        {
            findings.AddRange((await check.RunAsync(default)).Findings);
        }

        return findings;
    });

    /// <summary>Runs the job that offers renewals.</summary>
    public Task RunJobAsync() => Portal.Services.GetRequiredService<JobRunner>().RunAsync("offer-renewals", default);
}
