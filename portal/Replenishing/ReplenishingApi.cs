using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Orders;
using Portal.Stock;
using Portal.Web;

namespace Portal.Replenishing;

/// <summary>Levels and proposals for programs.</summary>
[ApiController]
[Route("api/v1/replenishment")]
public sealed class ReplenishingApi(LevelStore levels, KeepLevels keepLevels, OrderProposals orderProposals, StockPlanning stockPlanning, StockPlaces places) : ControllerBase
{
    /// <summary>What is to be ordered for a place: products at or below their reorder point, in quantities as the upstream sells them.</summary>
    /// <param name="place">The code of the place; the default one where left out.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("proposals")]
    public async Task<IActionResult> Proposals(string? place, CancellationToken ct) => await places.KeyAsync(place, ct) is { } key
        ? Ok(new
        {
            items = (await levels.ProposalsAsync(key, ct)).Select(line => new
            {
                line.Position.Sku, line.Quantity, line.Lacks, line.Has, line.Position.Safety, line.Position.ReorderPoint, line.Position.Target,
                line.Position.OnHand, line.Position.Reserved, line.Position.InTransit, line.Position.Ordered, line.Position.Waiting,
            }),
        })
        : ApiProblem.NotFound;

    /// <summary>Makes a draft of an order of what is named; its goods go to the address of the place.</summary>
    [HttpPost("orders"), Idempotent, AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
    public async Task<IActionResult> Order(ProposalsAsked asked, CancellationToken ct) => await orderProposals.RunAsync(asked.Place, [.. (asked.Lines ?? []).OfType<SkuLine>()], ct) switch
    {
        OrderOutcome.Done(var number, _) => Created(new Uri($"/api/v1/orders/{number}", UriKind.Relative), new { number }),
        OrderOutcome.Wrong(var problems) => ApiProblem.Invalid([.. problems.Select(problem => problem.ForApi)]),
        _ => ApiProblem.Forbidden,
    };

    /// <summary>The levels in the order of SKU and place.</summary>
    [HttpGet("levels")]
    public async Task<IActionResult> Levels([FromQuery] PageRequest page, CancellationToken ct) => page.TryReadCursor<LevelKey>(out var after)
        ? Ok(page.Cut(await levels.AfterAsync(after is null ? null : (after.Sku, after.Place), page.Take(), ct), row => new LevelKey(row.Sku, row.Place)).Select(row => new { row.Place, row.Sku, row.Safety, row.ReorderPoint, row.Target, row.Source, row.ChangedAt }))
        : PageRequest.BadCursor;

    /// <summary>Writes levels of a place; a target of 0 takes one away. Good lines are kept where others are wrong: <c>kept</c> says how many, <c>errors</c> what is wrong with the others.</summary>
    [HttpPost("levels"), Idempotent, AllowRoles("purchasing", "sales", "partner_admin", "brand_admin")]
    public async Task<IActionResult> Keep(LevelsAsked asked, CancellationToken ct)
    {
        var kept = await keepLevels.RunAsync(asked.Place, [.. (asked.Lines ?? []).OfType<LevelLine>()], "api", ct);
        return kept.Outcome is StockOutcome.Forbidden ? ApiProblem.Forbidden
            : kept.Outcome is StockOutcome.Wrong(var problems) && kept.Kept == 0 ? ApiProblem.Invalid([.. problems.Select(problem => problem.ForApi)])
            : Ok(new { kept = kept.Kept, errors = ((kept.Outcome as StockOutcome.Wrong)?.Problems ?? []).Select(problem => new { field = problem.ForApi.Field, code = problem.TextKey }) });
    }

    /// <summary>What the levels of a place would be by what went out of it.</summary>
    /// <param name="place">The code of the place; the default one where left out.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("levels/proposed")]
    public async Task<IActionResult> Proposed(string? place, CancellationToken ct) => await places.KeyAsync(place, ct) is { } key
        ? Ok(new
        {
            items = (await levels.FromDemandAsync(key, await stockPlanning.FindAsync(ct), ct)).Select(line => new
            {
                line.Product.Sku, line.Product.Weekly, line.Demand.Mean, line.Demand.Deviation, line.Demand.LeadDays, line.Demand.ReviewDays, line.Demand.ServicePercent, line.Demand.Z, line.Demand.Safety, line.Demand.ReorderPoint, line.Demand.Target,
            }),
        })
        : ApiProblem.NotFound;

    /// <summary>How the company plans.</summary>
    [HttpGet("planning")]
    public async Task<IActionResult> ShowPlanning(CancellationToken ct)
    {
        var planning = await stockPlanning.FindAsync(ct);
        this.SendVersion(planning.Version);
        return Ok(planning);
    }

    /// <summary>Says how it plans.</summary>
    [HttpPut("planning"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Plan(Planning planning, [IfMatch] int version, CancellationToken ct) => await stockPlanning.KeepAsync(planning, version, ct) switch
    {
        StockOutcome.Done => await ShowPlanning(ct),
        StockOutcome.Stale => ApiProblem.Stale,
        StockOutcome.Wrong(var problems) => ApiProblem.Invalid([.. problems.Select(problem => problem.ForApi)]),
        _ => ApiProblem.Forbidden,
    };
}

/// <summary>What is to be ordered.</summary>
/// <param name="Place">The code of the place; the default one where left out.</param>
/// <param name="Lines">The lines.</param>
public sealed record ProposalsAsked(string? Place, IReadOnlyList<SkuLine>? Lines);

/// <summary>Levels of a place.</summary>
/// <param name="Place">Its code; the default one where left out.</param>
/// <param name="Lines">The levels.</param>
public sealed record LevelsAsked(string? Place, IReadOnlyList<LevelLine>? Lines);

/// <summary>Where a page of levels ended.</summary>
sealed record LevelKey(string Sku, string Place);
