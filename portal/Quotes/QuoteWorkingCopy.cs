namespace Portal.Quotes;

/// <summary>The workbook of a quote's current revision in which its seller changes quantities and discounts; made anew each time.</summary>
public sealed class QuoteWorkingCopy(QuoteStore quotes, FrozenQuotes frozen, QuoteWorkbook workbook, WorkOnQuote work)
{
    /// <summary>The workbook with its SHA-256, or why there is none.</summary>
    /// <param name="number">The quote.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<QuoteCopy> MakeAsync(string number, string language, CancellationToken ct)
    {
        if (await quotes.HeadAsync(number, ct) is not { } head)
        {
            return new QuoteCopy.NotFound();
        }

        if (TakeQuoteUpload.StepOf(head) is not { } step)
        {
            return new QuoteCopy.NotNow(head.Status);
        }

        if (!work.Allowed(step, head))
        {
            return new QuoteCopy.Forbidden();
        }

        if (await quotes.FindFrozenAsync(number, head.Revision, ct) is { } sent)
        {
            return new QuoteCopy.Ready(await workbook.WorkingCopyAsync(FrozenQuotes.Read(sent.Frozen), new(number, head.Revision, IsSent: true, sent.Sha256), language, sent.FrozenAt, ct), head.Revision);
        }

        var today = await quotes.TodayAsync(ct);
        var lines = await quotes.LinesAsync(head.QuoteRevisionId, ct);
        return new QuoteCopy.Ready(
            await workbook.WorkingCopyAsync(await frozen.ContentAsync(head, lines, today, ct), QuoteOrigin.OfDraft(head, lines), language, today.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), ct), head.Revision);
    }
}

/// <summary>A working copy, or why there is none.</summary>
public abstract record QuoteCopy
{
    QuoteCopy()
    {
    }

    /// <summary>Here it is.</summary>
    public sealed record Ready(byte[] Content, int Revision) : QuoteCopy;

    /// <summary>There is no such quote for the person at work.</summary>
    public sealed record NotFound : QuoteCopy;

    /// <summary>The person may not change the quote.</summary>
    public sealed record Forbidden : QuoteCopy;

    /// <summary>A quote in that state is not changed.</summary>
    public sealed record NotNow(string Status) : QuoteCopy;
}
