using Platform.Audit;
using Platform.Database;
using Platform.Web;

namespace Portal.Pricing;

/// <summary>What currencies are worth in the brand's own, day by day; entered by finance, from a day on until the next.</summary>
public sealed class ExchangeRates(Db db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>The rates that hold, and those before and to come, the newest first.</summary>
    public Task<List<ExchangeRate>> ListAsync(CancellationToken ct) => db.ListAsync<ExchangeRate>("""
        select r.currency, c.name, c.name_zh, r.valid_from, r.rate
        from exchange_rate r
        join currency c on c.code = r.currency
        order by r.valid_from desc, r.currency
        limit 500
        """, null, ct);

    /// <summary>The brand's currency.</summary>
    public Task<string?> BrandCurrencyAsync(CancellationToken ct) => db.FindAsync<string>("select currency from partner where partner_type = 'brand'", null, ct);

    /// <summary>What one unit was worth in the brand's currency on that day; null where no rate was entered.</summary>
    public Task<decimal?> FindAsync(string currency, DateOnly day, CancellationToken ct) =>
        db.FindAsync<decimal?>("select rate_to_brand(@currency, @day)", new { currency, day }, ct);

    /// <summary>What one unit of a currency was in another on a day, to a ten-billionth; null where a rate of either was not entered.</summary>
    /// <param name="from">The currency that is converted.</param>
    /// <param name="to">Into which.</param>
    /// <param name="day">The day.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<Conversion?> ConversionAsync(string from, string to, DateOnly day, CancellationToken ct) => db.FindAsync<Conversion>("""
        select round(rate_to_brand(@from, @day) / rate_to_brand(@to, @day), 10) as rate,
               (select max(x.valid_from) from (
                   select distinct on (r.currency) r.valid_from from exchange_rate r where r.currency in (@from, @to) and r.valid_from <= @day order by r.currency, r.valid_from desc) x) as since
        where rate_to_brand(@from, @day) / rate_to_brand(@to, @day) > 0.00000001
        """, new { from, to, day }, ct);

    /// <summary>Enters a rate; one of the same day is replaced. Answers what is wrong, or null.</summary>
    public Task<FieldProblem?> EnterAsync(RateForm form, CancellationToken ct) => db.InTransactionAsync<FieldProblem?>(async () =>
    {
        if (!Currencies.IsKnown(form.Currency) || form.Currency == await BrandCurrencyAsync(ct))
        {
            return new(nameof(form.Currency), "pricing.refused.currency", form.Currency ?? "");
        }

        if (form.From is null)
        {
            return new(nameof(form.From), "pricing.refused.from_missing");
        }

        if (form.Rate is not (> 0 and < 1e10m) || Amounts.Decimals(form.Rate.Value) > 10)
        {
            return new(nameof(form.Rate), "pricing.refused.exchange_rate");
        }

        await db.ExecuteAsync("""
            insert into exchange_rate (currency, valid_from, rate, entered_at)
            values (@Currency, @From, @Rate, @now)
            on conflict on constraint a_rate_holds_from_one_day do update set rate = excluded.rate, entered_at = excluded.entered_at
            """, new { form.Currency, form.From, form.Rate, now = clock.GetUtcNow().UtcDateTime }, ct);
        await audit.RecordAsync("exchange_rate.entered", "exchange_rate", form.Currency!, null, form, ct);
        return null;
    }, ct);
}

/// <summary>How one currency is converted into another.</summary>
/// <param name="Rate">What one unit of the first is in the second.</param>
/// <param name="Since">Since when the rates have held.</param>
public sealed record Conversion(decimal Rate, DateOnly? Since);

/// <summary>A rate from a day on.</summary>
public sealed record ExchangeRate
{
    /// <summary>The currency.</summary>
    public string Currency { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name in Chinese.</summary>
    public string NameZh { get; init; } = "";

    /// <summary>The first day.</summary>
    public DateOnly ValidFrom { get; init; }

    /// <summary>What one unit is worth in the brand's currency.</summary>
    public decimal Rate { get; init; }
}

/// <summary>What the form sends.</summary>
public sealed record RateForm
{
    /// <summary>ISO 4217.</summary>
    public string? Currency { get; init; }

    /// <summary>From this day.</summary>
    public DateOnly? From { get; init; }

    /// <summary>What one unit is worth in the brand's currency.</summary>
    public decimal? Rate { get; init; }
}
