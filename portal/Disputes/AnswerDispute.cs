using Platform.Audit;

namespace Portal.Disputes;

/// <summary>What is said while a dispute runs: a side gives its evidence, the brand asks one side or notes something for itself, the claimant withdraws.</summary>
public sealed class AnswerDispute(ActOnDispute actOnDispute, DisputeStore disputes, AuditTrail audit, DisputeNews news, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>A side says something; where it was asked, the dispute is the brand's again.</summary>
    public Task<DisputeOutcome> StateAsync(string number, string? body, CancellationToken ct) =>
        actOnDispute.RunAsync(number, null, "state", null, async (dispute, act, _) =>
        {
            if (DisputeOutcome.Words(body, 4000) is not { } words)
            {
                return new DisputeOutcome.Invalid([new("body", "disputes.invalid.words", 4000)]);
            }

            var side = dispute.Sides[0];
            if (string.Equals(dispute.AskedSide, side.Side, StringComparison.Ordinal) && await disputes.MoveAsync(dispute, act, null, null, Now, ct) is null)
            {
                return new DisputeOutcome.Stale();
            }

            await disputes.InsertStatementAsync(dispute.DisputeId, side.Side, side.PartnerId, words, byBrand: false, Now, ct);
            await audit.RecordAsync("dispute.stated", "dispute", number, side.PartnerId, new { side.Side }, ct);
            await news.TellAsync("stated", dispute.DisputeId, number, "deal_desk", words, ct);
            return new DisputeOutcome.Done(number);
        }, ct);

    /// <summary>The deal desk asks one side for evidence.</summary>
    public Task<DisputeOutcome> AskAsync(string number, int? version, string? side, string? question, CancellationToken ct) =>
        actOnDispute.RunAsync(number, version, "ask", question, async (dispute, act, words) =>
        {
            var asked = dispute.Sides.Where(candidate => string.Equals(candidate.Side, side, StringComparison.Ordinal)).ToList();
            if (asked.Count == 0)
            {
                return new DisputeOutcome.Invalid([new("side", "disputes.invalid.side")]);
            }

            if (await disputes.MoveAsync(dispute, act, side, null, Now, ct) is null)
            {
                return new DisputeOutcome.Stale();
            }

            foreach (var partner in asked.Select(candidate => candidate.PartnerId).Distinct())
            {
                await disputes.InsertStatementAsync(dispute.DisputeId, side!, partner, words!, byBrand: true, Now, ct);
                await audit.RecordAsync("dispute.asked", "dispute", number, partner, new { side }, ct);
            }

            await news.TellAsync("asked", dispute.DisputeId, number, side!, words, ct);
            return new DisputeOutcome.Done(number);
        }, ct);

    /// <summary>The brand notes something that no side reads.</summary>
    public Task<DisputeOutcome> NoteAsync(string number, string? note, CancellationToken ct) =>
        actOnDispute.RunAsync(number, null, "note", note, async (dispute, _, words) =>
        {
            await disputes.InsertStatementAsync(dispute.DisputeId, "brand", null, words!, byBrand: true, Now, ct);
            await audit.RecordAsync([new("dispute.noted", "dispute", number, [], null)], ct);
            return new DisputeOutcome.Done(number);
        }, ct);

    /// <summary>The claimant withdraws; everything stays as it was.</summary>
    public Task<DisputeOutcome> WithdrawAsync(string number, int? version, string? reason, CancellationToken ct) =>
        actOnDispute.RunAsync(number, version, "withdraw", reason, async (dispute, act, words) =>
        {
            if (await disputes.MoveAsync(dispute, act, null, words, Now, ct) is null)
            {
                return new DisputeOutcome.Stale();
            }

            await audit.RecordAsync("dispute.withdrawn", "dispute", number, dispute.Sides[0].PartnerId, null, ct);
            await news.TellAsync("withdrawn", dispute.DisputeId, number, "deal_desk", words, ct);
            await news.TellAsync("withdrawn", dispute.DisputeId, number, "holder", null, ct);
            return new DisputeOutcome.Done(number);
        }, ct);
}
