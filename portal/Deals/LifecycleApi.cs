using Microsoft.AspNetCore.Mvc;

namespace Portal.Deals;

/// <summary>The life of a deal as <see cref="DealLifecycle"/> declares it, for programs that show or follow it.</summary>
[ApiController]
[Route("api/v1/deals/lifecycle")]
public sealed class LifecycleApi : ControllerBase
{
    /// <summary>
    /// All states, which of them are the end, which acts lead where, who may carry them out, and which fields the claimant may still edit in each.
    /// What a program may do with one deal follows from its state and one's own roles.
    /// </summary>
    [HttpGet("")]
    [ProducesResponseType<LifecycleAnswer>(StatusCodes.Status200OK)]
    public IActionResult Show() => Ok(new LifecycleAnswer(
        [.. DealLifecycle.States.Select(state => new StateAnswer(state, DealLifecycle.IsOver(state), DealLifecycle.IsProtected(state), Fields(state),
            [.. DealLifecycle.Acts.Where(act => act.From.Contains(state, StringComparer.Ordinal)).Select(act => act.Name)]))],
        [.. DealLifecycle.Acts.Select(act => new ActAnswer(act.Name, act.From, act.To, act.Side switch { DealSide.Claimant => "claimant", DealSide.Brand => "brand", DealSide.Both => "both", _ => "product" }, act.Roles, act.NeedsReason))],
        Names(DealLifecycle.AmendableFields(isDisputed: false)), Names(DealLifecycle.AmendableFields(isDisputed: true))));

    static List<string> Fields(string state) =>
        Names(DealLifecycle.EditableFields(state, isBrand: false, new HashSet<string>(["sales"], StringComparer.Ordinal)));

    static List<string> Names(IEnumerable<DealField> fields) => [.. fields.Select(field => char.ToLowerInvariant(field.ToString()[0]) + field.ToString()[1..])];
}

/// <summary>The life of a deal.</summary>
/// <param name="States">All states, in the order of a deal's life.</param>
/// <param name="Acts">All acts.</param>
/// <param name="AmendableFields">What a protected deal may be amended in.</param>
/// <param name="AmendableWhileDisputed">The same while a dispute about it runs.</param>
public sealed record LifecycleAnswer(IReadOnlyList<StateAnswer> States, IReadOnlyList<ActAnswer> Acts, IReadOnlyList<string> AmendableFields, IReadOnlyList<string> AmendableWhileDisputed);

/// <summary>A state.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsOver">Nothing changes any more.</param>
/// <param name="IsProtected">The customer is protected, as far as the state says.</param>
/// <param name="EditableFields">The fields the claimant's sales people and administrators may edit.</param>
/// <param name="Acts">The acts that are possible in it.</param>
public sealed record StateAnswer(string Name, bool IsOver, bool IsProtected, IReadOnlyList<string> EditableFields, IReadOnlyList<string> Acts);

/// <summary>An act.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">The states it is possible in.</param>
/// <param name="To">The state it leads to; null where the state stays.</param>
/// <param name="Side"><c>claimant</c>, <c>brand</c>, <c>both</c> or <c>product</c>.</param>
/// <param name="Roles">The roles, one of which is needed; <c>approver</c> is whoever sits in the queue of the step that waits.</param>
/// <param name="NeedsReason">It says why.</param>
public sealed record ActAnswer(string Name, IReadOnlyList<string> From, string? To, string Side, IReadOnlyList<string> Roles, bool NeedsReason);
