using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>Targets that partners propose, for programs: a partner's own, the brand's all.</summary>
[ApiController]
[Route("api/v1/kpis/proposals")]
public sealed class ProposalsApi(TargetProposals proposals, NegotiateTarget negotiate, ICurrentPerson me) : ControllerBase
{
    /// <summary>The last two hundred, those that wait first.</summary>
    /// <param name="status">open, countered, accepted, declined or withdrawn.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet]
    public async Task<IEnumerable<ProposalAnswerRow>> Index(string? status, CancellationToken ct) => (await proposals.ListAsync(status, 200, ct)).Select(ProposalAnswerRow.Of);

    /// <summary>One of them.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<ProposalAnswerRow>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await proposals.FindAsync(number, ct) is { } proposal ? Say(proposal) : ApiProblem.NotFound;

    /// <summary>Proposes another target for oneself.</summary>
    [HttpPost, AllowRoles("partner_admin", "sales"), Idempotent]
    [ProducesResponseType<ProposalAnswerRow>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Create(AskedProposal proposal, CancellationToken ct)
    {
        var outcome = await negotiate.ProposeAsync(proposal, me.PartnerId, me.PartnerName, me.PersonNumber, ct);
        if (outcome is not Negotiated.Done(var made))
        {
            return Answer(outcome);
        }

        this.SendVersion(made.Version);
        return Created($"/api/v1/kpis/proposals/{made.Number}", ProposalAnswerRow.Of(made));
    }

    /// <summary>The brand accepts it, counters or declines.</summary>
    [HttpPost("{number}/answer"), AllowRoles("brand_admin", "channel_manager")]
    [ProducesResponseType<ProposalAnswerRow>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Respond(string number, [IfMatch] int version, ProposalVerdict verdict, CancellationToken ct) =>
        Answer(await negotiate.AnswerAsync(number, new(verdict.Verdict, verdict.Value, verdict.Reason, version), me.PersonNumber, ct));

    /// <summary>The partner accepts the counter, or withdraws.</summary>
    [HttpPost("{number}/closing"), AllowRoles("partner_admin", "sales")]
    [ProducesResponseType<ProposalAnswerRow>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Close(string number, [IfMatch] int version, ProposalClosing closing, CancellationToken ct) =>
        Answer(await negotiate.CloseAsync(number, closing.Accepts, version, me.PersonNumber, ct));

    OkObjectResult Say(TargetProposal proposal)
    {
        this.SendVersion(proposal.Version);
        return Ok(ProposalAnswerRow.Of(proposal));
    }

    IActionResult Answer(Negotiated outcome) => outcome switch
    {
        Negotiated.Done(var proposal) => Say(proposal),
        Negotiated.Refused(var field, var reason) => ApiProblem.Invalid(new FieldProblem(field, reason)),
        Negotiated.ChangedMeanwhile => ApiProblem.Stale,
        _ => ApiProblem.NotFound,
    };
}

/// <summary>The partner's last word.</summary>
/// <param name="Accepts">True accepts the brand's counter, false withdraws.</param>
public sealed record ProposalClosing(bool Accepts);

/// <summary>The brand's answer.</summary>
/// <param name="Verdict">accept, counter or decline.</param>
/// <param name="Value">The value of a counter.</param>
/// <param name="Reason">Why; an acceptance needs none.</param>
public sealed record ProposalVerdict(string? Verdict, decimal? Value, string? Reason);

/// <summary>A proposal as the API tells it.</summary>
public sealed record ProposalAnswerRow(
    string Number, string Kpi, string Partner, string Period, decimal? Held, decimal Proposed, string Reason, string Status, decimal? Counter, string? Answer, DateTime ProposedAt, DateTime? AnsweredAt, int Version)
{
    internal static ProposalAnswerRow Of(TargetProposal proposal) => new(
        proposal.Number, proposal.KpiNumber, proposal.PartnerNumber, proposal.Of.ToString(), proposal.Held, proposal.Proposed, proposal.Reason, proposal.Status, proposal.Counter, proposal.Answer,
        proposal.ProposedAt, proposal.AnsweredAt, proposal.Version);
}
