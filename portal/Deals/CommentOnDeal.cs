using Platform.Audit;

namespace Portal.Deals;

/// <summary>A remark on a deal: in the stream both sides see, or, of the brand's people only, in the brand's own.</summary>
public sealed class CommentOnDeal(ActOnDeal actOnDeal, DealStore deals, AuditTrail audit, DealNews news, TimeProvider clock)
{
    /// <summary>Writes it. The deal's version stays: a remark changes nothing that somebody might be editing.</summary>
    /// <param name="number">The deal.</param>
    /// <param name="stream"><c>shared</c> or <c>brand</c>.</param>
    /// <param name="body">The remark.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<DealOutcome> RunAsync(string number, string? stream, string? body, CancellationToken ct) =>
        actOnDeal.RunAsync(number, null, "comment", null, async (deal, _) =>
        {
            var text = DealTyped.Text(body);
            if (text is null or { Length: > 4000 })
            {
                return new DealOutcome.Invalid([new("body", "deals.invalid.comment")]);
            }

            var shared = stream is not "brand";
            if (!shared && !deal.CallerIsBrand)
            {
                return new DealOutcome.Forbidden();
            }

            await deals.InsertCommentAsync(deal, shared ? "shared" : "brand", text, clock.GetUtcNow().UtcDateTime, ct);
            // The brand's own remarks are nobody else's business, the audit entry included.
            await audit.RecordAsync([new(shared ? "deal.commented" : "deal.commented_by_brand", "deal", number, shared ? [deal.PartnerId] : [], new { stream = shared ? "shared" : "brand" })], ct);
            if (shared)
            {
                await (deal.CallerIsBrand ? news.TellClaimantAsync("commented", deal, text, ct) : news.TellDealDeskAsync("commented", deal, text, ct));
            }

            return new DealOutcome.Done(number, deal.Version);
        }, ct);
}
