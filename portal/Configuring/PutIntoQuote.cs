using Platform.Web;
using Portal.Quotes;

namespace Portal.Configuring;

/// <summary>Puts lines into a quote: into a draft that is named, at its prices of today, or into a new one.</summary>
public sealed class PutIntoQuote(QuoteStore quotes, WorkOnQuote workOnQuote)
{
    /// <summary>Puts them; the caller has a transaction open.</summary>
    /// <param name="into">The draft, or for whom a new one is.</param>
    /// <param name="lines">What goes into a new one.</param>
    /// <param name="terms">The terms of a new one.</param>
    /// <param name="change">What becomes of a draft.</param>
    /// <param name="done">What is said of the quote's number.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<PutOutcome> RunAsync(IntoQuote into, IReadOnlyList<QuoteRequestLine> lines, string? terms, Func<QuoteRequest, QuoteRequest> change, Func<string, PutOutcome> done, CancellationToken ct) =>
        await WriteAsync(into, lines, terms, change, ct) switch
        {
            QuoteOutcome.Done(var quote) => done(quote),
            QuoteOutcome.Forbidden => new PutOutcome.Forbidden(),
            QuoteOutcome.NotFound => new PutOutcome.Refused(new FieldProblem("quote", "configuring.problem.no_draft")),
            QuoteOutcome.Wrong(var problems) => new PutOutcome.Refused([.. problems.Select(problem => problem.ForApi)]),
            _ => new PutOutcome.Refused(new FieldProblem("quote", "configuring.problem.quote_not_draft", into.Quote ?? "")),
        };

    async Task<QuoteOutcome> WriteAsync(IntoQuote into, IReadOnlyList<QuoteRequestLine> lines, string? terms, Func<QuoteRequest, QuoteRequest> change, CancellationToken ct)
    {
        if (into.Quote is null)
        {
            var validUntil = into.ValidUntil ?? (await quotes.TodayAsync(ct)).AddDays(PriceQuote.UsualDays);
            return await workOnQuote.CreateAsync(new(into.Customer, into.Deal, validUntil, into.TaxRate ?? await quotes.LastTaxRateAsync(ct) * 100, terms, lines), ct);
        }

        return await quotes.HoldAsync(into.Quote, ct) && await quotes.HeadAsync(into.Quote, ct) is { } head
            ? await workOnQuote.UpdateAsync(head.Number, head.Version, change(QuoteRequest.Of(head, await quotes.LinesAsync(head.QuoteRevisionId, ct))), ct)
            : new QuoteOutcome.NotFound();
    }
}
