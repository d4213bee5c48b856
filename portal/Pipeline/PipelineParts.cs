using Portal.Customers;
using Portal.Deals;
using Portal.Start;
using Portal.Web;

namespace Portal.Pipeline;

/// <summary>Stage, next step and moves on a deal's page; of an ended one why it ended.</summary>
sealed class StageOfDeal(PipelineStore pipeline, DealStore deals, TimeProvider clock) : IDealPart
{
    public bool IsAside => true;

    public int Order => 5;

    public async Task<ShownPart?> ShowAsync(Deal deal, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var open = await pipeline.FindAsync(deal.Number, now, ct);
        var closing = open is null ? await pipeline.ClosingAsync(deal.DealId, ct) : null;
        if (open is null && closing is null)
        {
            return null;
        }

        var stages = open is not null && deal.Allows("move_stage") ? (await pipeline.StagesAsync(ct)).FindAll(stage => !stage.IsRetired) : [];
        return new("/Pipeline/_StageOfDeal.cshtml", new StageCard(deal, open, closing, stages, await pipeline.MovesAsync(deal.DealId, ct), await deals.DayAsync(now, ct)));
    }
}

/// <summary>What <c>_StageOfDeal.cshtml</c> shows.</summary>
/// <param name="Deal">The deal.</param>
/// <param name="Open">Its place in the pipeline, while it is open.</param>
/// <param name="Closing">Why it ended.</param>
/// <param name="Stages">The stages it can be moved to by whoever looks at it.</param>
/// <param name="Moves">The stages it went through.</param>
/// <param name="Today">The brand's day.</param>
public sealed record StageCard(Deal Deal, PipelineDeal? Open, DealClosing? Closing, IReadOnlyList<PipelineStage> Stages, IReadOnlyList<StageMove> Moves, DateOnly Today);

/// <summary>Stuck deals and next steps that are due, for those who pursue them.</summary>
sealed class PipelineWaiting(PipelineStore pipeline, ICurrentPerson me, TimeProvider clock) : IWaitingSource
{
    public async Task<IReadOnlyList<Waiting>> FindAsync(CancellationToken ct)
    {
        if (me.IsBrand || !me.Has("sales", "partner_admin"))
        {
            return [];
        }

        var (stuck, due) = await pipeline.WaitingAsync(clock.GetUtcNow().UtcDateTime, ct);
        return
        [
            new("pipeline.waiting.due", due, "/pipeline/list?due=overdue", "calendar-due") { IsUrgent = true },
            new("pipeline.waiting.stuck", stuck, "/pipeline/list?stuck=yes", "hourglass"),
        ];
    }
}
