namespace Portal.Quotes;

/// <summary>A draft as it would be printed, with a watermark on each page and without the code that accepts; made anew each time and kept nowhere.</summary>
public sealed class DraftPaper(QuoteStore quotes, FrozenQuotes frozen, QuoteFiles files)
{
    /// <summary>The preview of the current revision while it is not sent, or why there is none.</summary>
    /// <param name="number">The quote.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<QuoteFileOutcome> MakeAsync(string number, string language, CancellationToken ct)
    {
        if (await quotes.HeadAsync(number, ct) is not { FrozenAt: null } head)
        {
            return new QuoteFileOutcome.NotFound();
        }

        var today = await quotes.TodayAsync(ct);
        var content = await frozen.ContentAsync(head, await quotes.LinesAsync(head.QuoteRevisionId, ct), today, ct);
        var (pdf, refusal) = await files.TypesetAsync(content, language, today.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), new() { IsPreview = true }, ct);
        return pdf is null ? new QuoteFileOutcome.Busy(refusal!) : new QuoteFileOutcome.Ready(new(pdf, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(pdf))));
    }
}
