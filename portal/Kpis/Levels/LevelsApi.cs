using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Web;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>Levels for programs: reviews and decisions of the brand, and what a partner still needs.</summary>
[ApiController]
[Route("api/v1/kpis")]
public sealed class LevelsApi(LevelStore levels, ReviewLevels reviewLevels, DecideOnLevels decide, NextLevel nextLevel, TryCard tryCard, PartnerNames partners, ICurrentPerson me) : ControllerBase
{
    /// <summary>The last two hundred reviews of levels, the latest first.</summary>
    [HttpGet("level-reviews"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "finance")]
    public async Task<IActionResult> Reviews(CancellationToken ct) => Ok((await levels.ReviewsAsync(200, ct)).Select(review => new
    {
        review.Number, period = review.Last.ToString(), review.Scored, review.Open, review.Confirmed, review.Rejected, review.RunAt,
    }));

    /// <summary>Runs a review with the periods that end with one; run again, it brings its open proposals up to date.</summary>
    [HttpPost("level-reviews"), AllowRoles("brand_admin", "channel_manager"), Idempotent]
    public async Task<IActionResult> Run(LevelReviewBody body, CancellationToken ct) => await reviewLevels.RunAsync(body.Period, me.PersonNumber, ct) switch
    {
        LevelsReviewed.Done(var number, var added) => Created($"/api/v1/kpis/level-reviews/{number}", new { number, added }),
        LevelsReviewed.Refused(var reason) => ApiProblem.Invalid(new FieldProblem("period", reason)),
        _ => throw new InvalidOperationException("A review is run or refused."),
    };

    /// <summary>What a review proposes, and what was decided.</summary>
    [HttpGet("level-reviews/{number}"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "finance")]
    public async Task<IActionResult> Review(string number, CancellationToken ct) => await levels.ReviewAsync(number, ct) is not { } review ? ApiProblem.NotFound : Ok(new
    {
        review.Number, period = review.Last.ToString(), review.Scored,
        proposals = (await levels.ProposalsAsync(number, ct)).Select(proposal => new
        {
            proposal.Number, partner = proposal.PartnerNumber, from = proposal.FromLevel, to = proposal.ToLevel, proposal.Score, limit = proposal.LimitScore, proposal.Scores, proposal.Status, proposal.EffectiveOn, proposal.Reason, proposal.DecidedAt,
        }),
    });

    /// <summary>Confirms or rejects proposals: all of them or, when one is refused, none.</summary>
    [HttpPost("level-decisions"), AllowRoles("brand_admin", "channel_manager"), Idempotent]
    public async Task<IActionResult> Decide(LevelDecisionBody body, CancellationToken ct)
    {
        var outcome = body.Verdict switch
        {
            "confirm" => await decide.ConfirmAsync(body.Proposals, body.EffectiveOn, body.Reason, me.PersonNumber, ct),
            "reject" => await decide.RejectAsync(body.Proposals, body.Reason, me.PersonNumber, ct),
            _ => new LevelsDecided.Refused("verdict", "kpis.refused.level_verdict"),
        };
        return outcome switch
        {
            LevelsDecided.Done(var count) => Ok(new { decided = count }),
            LevelsDecided.Refused(var field, var reason) => ApiProblem.Invalid(new FieldProblem(field, reason)),
            LevelsDecided.ChangedMeanwhile => ApiProblem.Stale,
            _ => ApiProblem.NotFound,
        };
    }

    /// <summary>What a partner still needs for a level by the end of the running period.</summary>
    /// <param name="partner">A partner's number; one's own where it is left out.</param>
    /// <param name="to">silver, gold or platinum; the next one where it is left out.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("next-level")]
    public async Task<IActionResult> Next(string? partner, string? to, CancellationToken ct)
    {
        var one = partner is null ? await partners.FindAsync(me.PartnerId, ct) : await partners.FindAsync(partner, ct);
        return one is null or { PartnerType: "brand" } || await nextLevel.ReadAsync(one, to, ct) is not { } need ? ApiProblem.NotFound : Ok(new
        {
            partner = one.Number, level = one.PartnerLevel, need.To, period = need.Running.ToString(), need.Limit, need.Average, need.Needed, need.Points, need.Missing, outOfReach = need.IsOutOfReach, reached = need.IsReached,
            unmet = need.Unmet.Select(condition => new { kpi = condition.Condition.KpiNumber, condition.Condition.Bound, condition.Actual }), barredBy = need.BarredBy.Select(period => period.ToString()),
            lines = need.Lines.Select(line => new { kpi = line.Line.Line.KpiNumber, line.Line.Points, toTarget = line.ToTarget, pointsAtTarget = line.PointsAtTarget, mostPoints = line.MostPoints, line.Alone }),
        });
    }

    /// <summary>Scores the history again with another card, other targets and other limits, and says who would move; nothing is stored.</summary>
    [HttpPost("what-if"), AllowRoles("brand_admin", "channel_manager"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> WhatIf(WhatIfBody body, CancellationToken ct)
    {
        if (Period.Parse(body.Last) is not { } last)
        {
            return ApiProblem.Invalid(new FieldProblem("last", "kpis.refused.period"));
        }

        return await tryCard.RunAsync(new(last, body.Periods, body.Lines, body.Conditions, body.MostPoints, body.Unmet, body.TargetPercent, body.Limits with { Period = last.KindName }), ct) switch
        {
            CardTried.Done(var trial) => Ok(new
            {
                trial.Promoted, trial.Demoted, trial.OtherRank,
                partners = trial.Rows.Select(row => new { partner = row.Partner.Number, row.Before, row.After, row.RankBefore, row.RankAfter, row.LevelBefore, row.LevelAfter }),
            }),
            CardTried.Refused(var field, var reason) refused => ApiProblem.Invalid(new FieldProblem(refused.Kpi is null ? field : $"{refused.Kpi}.{field}", reason)),
            _ => throw new InvalidOperationException("A card is tried or refused."),
        };
    }
}

/// <summary>A review as a program asks for it.</summary>
/// <param name="Period">The last period of its window, such as 2026-Q3.</param>
public sealed record LevelReviewBody(string? Period);

/// <summary>A decision as a program sends it.</summary>
/// <param name="Proposals">The proposals' numbers.</param>
/// <param name="Verdict">confirm or reject.</param>
/// <param name="EffectiveOn">The first day of the new levels; today where it is left out.</param>
/// <param name="Reason">Why; a rejection needs one.</param>
public sealed record LevelDecisionBody(IReadOnlyList<string> Proposals, string? Verdict, DateOnly? EffectiveOn, string? Reason);

/// <summary>A trial as a program asks for it; everything in percent or points.</summary>
/// <param name="Last">The last period of the history.</param>
/// <param name="Periods">How many periods, 24 months at most.</param>
/// <param name="Lines">The card's lines.</param>
/// <param name="Limits">The limits of the levels.</param>
public sealed record WhatIfBody(string? Last, int Periods, IReadOnlyList<NewScorecardLine> Lines, NewLevelRules Limits)
{
    /// <summary>The minimum conditions.</summary>
    public IReadOnlyList<NewCondition> Conditions { get; init; } = [];

    /// <summary>The bonus cap.</summary>
    public decimal MostPoints { get; init; } = 200;

    /// <summary><c>no_points</c> or <c>no_promotion</c>.</summary>
    public string Unmet { get; init; } = Card.NoPoints;

    /// <summary>By KPI the percentage of its targets that would have been asked.</summary>
    public IReadOnlyDictionary<string, decimal> TargetPercent { get; init; } = new Dictionary<string, decimal>(StringComparer.Ordinal);
}
