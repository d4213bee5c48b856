using Platform.Database;
using Portal.Deals;
using Portal.Web;

namespace Portal.Pipeline;

/// <summary>A deal is won or lost, for a reason that the brand counts. The end itself is the deals' own act; both are one transaction.</summary>
public sealed class CloseDeal(Db db, PursueDeal pursueDeal, PipelineStore pipeline, TimeProvider clock)
{
    const int LongestNote = 1900;

    /// <summary>Ends it.</summary>
    /// <param name="number">The deal.</param>
    /// <param name="version">The deal's version that was seen.</param>
    /// <param name="outcome"><c>won</c> or <c>lost</c>.</param>
    /// <param name="reasonCode">The reason's code; a lost deal needs one.</param>
    /// <param name="note">What else there is to say; a reason that says nothing by itself needs it.</param>
    /// <param name="competitor">Who got it, where it was lost to somebody.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<DealOutcome> RunAsync(string number, int? version, string? outcome, string? reasonCode, string? note, string? competitor, CancellationToken ct)
    {
        if (outcome is not ("won" or "lost"))
        {
            return new DealOutcome.Invalid([new("outcome", "deals.invalid.decision", "won, lost")]);
        }

        var reasons = (await pipeline.ReasonsAsync(ct)).Where(one => one.Outcome == outcome && !one.IsRetired).ToList();
        var reason = reasons.Find(one => one.Code == reasonCode);
        if (reason is null && (outcome is "lost" || !string.IsNullOrEmpty(reasonCode)))
        {
            return new DealOutcome.Invalid([new("reason", "pipeline.invalid.reason", string.Join(", ", reasons.Select(one => one.Code)))]);
        }

        if (Typed.Text(note) is { Length: > LongestNote })
        {
            return new DealOutcome.Invalid([new("note", "customers.invalid.too_long", LongestNote)]);
        }

        if (outcome is "lost" && reason!.Code is "other" && Typed.Text(note) is null)
        {
            return new DealOutcome.Invalid([new("note", "pipeline.invalid.note")]);
        }

        if (Typed.Text(competitor)?.Length > 200)
        {
            return new DealOutcome.Invalid([new("competitor", "customers.invalid.too_long", 200)]);
        }

        return await db.InTransactionAsync(async () =>
        {
            var now = clock.GetUtcNow().UtcDateTime;
            var open = await pipeline.FindAsync(number, now, ct);
            var ended = outcome is "won"
                ? await pursueDeal.WinAsync(number, version, ct)
                : await pursueDeal.LoseAsync(number, version, Typed.Text(note) is { } words ? $"{reason!.Shown}: {words}" : reason!.Shown, ct);
            if (ended is DealOutcome.Done && reason is not null && open is not null)
            {
                await pipeline.InsertClosingAsync(open, outcome, reason, Typed.Text(note), Typed.Text(competitor), now, ct);
            }

            return ended;
        }, ct);
    }
}
