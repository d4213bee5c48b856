using Portal.Web;

namespace Portal.Receivables;

/// <summary>Finds the statement of an account, for the page, the files and the paper alike: of the last three months where nothing else is said.</summary>
public sealed class AccountStatements(AccountStore accounts, ICurrentPerson me)
{
    /// <summary>The statement; null where there is no such account for the person at work.</summary>
    /// <param name="partner">The other side's number.</param>
    /// <param name="currency">ISO 4217; the buyer's where nothing known is said.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    /// <param name="known">As it was known at the end of this day.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<StatementPage?> FindAsync(string partner, string? currency, DateOnly? from, DateOnly? to, DateOnly? known, CancellationToken ct)
    {
        if (await accounts.PairAsync(partner, ct) is not { } pair || !ReceivablesRoles.MayRead(me, pair.IsSeller))
        {
            return null;
        }

        (from, to, known) = (Typed.Near(from), Typed.Near(to), Typed.Near(known));
        var last = to ?? pair.Today;
        var first = from ?? new DateOnly(last.Year, last.Month, 1).AddMonths(-2);
        var asked = new StatementAsked(Pricing.Currencies.IsKnown(currency) ? currency! : pair.Currency, first <= last ? first : last, last, EndOf(known));
        return new(pair, await accounts.StatementAsync(pair, asked, ct), known, [.. (await accounts.PositionsAsync(pair, ct)).Select(position => position.Currency).Append(pair.Currency).Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>The moment up to which something counts as known on a day: what was recorded on it was known at its end.</summary>
    public DateTime? EndOf(DateOnly? day) => Typed.Near(day) is { } known ? Web.Display.Formats.InUtc(known.AddDays(1).ToDateTime(TimeOnly.MinValue), Web.Display.Formats.Zone(me.TimeZone)) : null;
}
