using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Portal.Web;

namespace Portal.Customers;

/// <summary>Companies over all partners, for programs of the brand: their customers and history, merging, splitting, and taking either back.</summary>
[ApiController]
[Route("api/v1"), AllowRoles("deal_desk", "channel_manager", "brand_admin")]
public sealed class ClustersApi(CustomerStore customers, ClusterStore clusters, MergeClusters mergeClusters, SplitCluster splitCluster, UndoClusterAct undoClusterAct, CustomerGroups groups) : ControllerBase
{
    /// <summary>The company of a customer: the customers of all partners that are it, and how it came about.</summary>
    [HttpGet("customers/{number}/company")]
    [ProducesResponseType<CompanyAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await customers.FindAsync(number, ct) is { } customer
        ? Ok(new CompanyAnswer(
            [.. (await clusters.MembersAsync(customer.CustomerClusterId, ct)).Select(CustomerAnswer.Of)],
            [.. (await clusters.HistoryAsync(customer.CustomerClusterId, ct)).Select(CompanyEventAnswer.Of)], await groups.OfAsync(customer.CustomerClusterId, ct)))
        : ApiProblem.NotFound;

    /// <summary>Which live claims would meet if the company of <paramref name="with"/> were merged into this one.</summary>
    [HttpGet("customers/{number}/company/meetings")]
    [ProducesResponseType<IReadOnlyList<MeetingClaims>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Meetings(string number, string? with, CancellationToken ct) =>
        await customers.FindAsync(number, ct) is not { } customer ? ApiProblem.NotFound
        : with is null || await customers.FindAsync(with, ct) is not { } other ? ApiProblem.Invalid(new FieldProblem("with", "customers.invalid.merge_with"))
        : Ok(await mergeClusters.PreviewAsync(customer, other, ct));

    /// <summary>Merges the company of another customer into this one's. Live claims that meet by it are put under a dispute.</summary>
    [HttpPost("customers/{number}/company/merges"), AllowRoles("deal_desk"), Idempotent]
    [ProducesResponseType<ClusterActAnswer>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Merge(string number, MergeBody body, CancellationToken ct) => Answer(number, await mergeClusters.RunAsync(number, body.With, body.Reason, ct));

    /// <summary>Splits customers off into a company of their own.</summary>
    [HttpPost("customers/{number}/company/splits"), AllowRoles("deal_desk"), Idempotent]
    [ProducesResponseType<ClusterActAnswer>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Split(string number, SplitBody body, CancellationToken ct) => Answer(number, await splitCluster.RunAsync(number, body.Members ?? [], body.Reason, ct));

    /// <summary>Says that the company belongs to that of another customer.</summary>
    [HttpPost("customers/{number}/company/parents"), AllowRoles("deal_desk"), Idempotent]
    [ProducesResponseType<ClusterActAnswer>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Link(string number, ParentBody body, CancellationToken ct) => Answer(number, await groups.LinkAsync(number, body.Parent, body.Reason, ct));

    /// <summary>Takes back that a company belongs to another.</summary>
    [HttpPost("company-links/{number}/ending"), AllowRoles("deal_desk"), Idempotent]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Unlink(string number, UndoBody body, CancellationToken ct) =>
        await groups.EndAsync(number, body.Reason, ct) is var outcome and not ClusterOutcome.Done ? Problem(outcome) : NoContent();

    /// <summary>Takes a merge or a split back; refused where something since stands in the way.</summary>
    [HttpPost("cluster-acts/{number}/undoing"), AllowRoles("deal_desk"), Idempotent]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Undo(string number, UndoBody body, CancellationToken ct) =>
        await undoClusterAct.RunAsync(number, body.Reason, ct) is var outcome and not ClusterOutcome.Done ? Problem(outcome) : NoContent();

    IActionResult Answer(string number, ClusterOutcome outcome) =>
        outcome is ClusterOutcome.Done(var act) ? Created($"/api/v1/customers/{number}/company", new ClusterActAnswer(act)) : Problem(outcome);

    static IActionResult Problem(ClusterOutcome outcome) => outcome switch
    {
        ClusterOutcome.Invalid(var problems) => ApiProblem.Invalid(problems),
        ClusterOutcome.Refused(var key, var arguments) => ApiProblem.Conflict("company-" + key.Split('.')[^1].Replace('_', '-'), "customers.refused.title") with { DetailKey = key, Arguments = arguments },
        _ => ApiProblem.NotFound,
    };
}

/// <summary>A merge.</summary>
public sealed record MergeBody
{
    /// <summary>A customer of the company that is found to be the same, by number.</summary>
    public string? With { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>A split.</summary>
public sealed record SplitBody
{
    /// <summary>The customers that leave, by number.</summary>
    public IReadOnlyList<string>? Members { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>A parent.</summary>
public sealed record ParentBody
{
    /// <summary>A customer of the parent company, by number.</summary>
    public string? Parent { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>Why an act is taken back.</summary>
public sealed record UndoBody
{
    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>An act on companies.</summary>
/// <param name="Number">Its number, by which it can be undone.</param>
public sealed record ClusterActAnswer(string Number);

/// <summary>A company as a program of the brand sees it.</summary>
/// <param name="Customers">The customers of all partners that are this company.</param>
/// <param name="History">How it came about, the newest first.</param>
/// <param name="Group">Which companies of its group belong to which.</param>
public sealed record CompanyAnswer(IReadOnlyList<CustomerAnswer> Customers, IReadOnlyList<CompanyEventAnswer> History, IReadOnlyList<GroupLink> Group);

/// <summary>Something that happened to a company.</summary>
public sealed record CompanyEventAnswer(string? Number, string Kind, string Reason, DateTime HappenedAt, DateTime? UndoneAt, string? UndoReason, IReadOnlyList<string> Customers)
{
    internal static CompanyEventAnswer Of(ClusterEvent happened) =>
        new(happened.Number, happened.Kind, happened.Reason, happened.HappenedAt, happened.UndoneAt, happened.UndoReason, happened.Customers);
}
