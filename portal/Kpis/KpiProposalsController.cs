using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Kpis.Boards;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Kpis;

/// <summary>Targets that partners propose, and what becomes of them: each partner sees its own, the brand all.</summary>
[Route("kpis/proposals")]
public sealed class KpiProposalsController(TargetProposals proposals, NegotiateTarget negotiate, KpiDefinitions kpis, BrandCalendar calendar, Texts t, ICurrentPerson me, TimeProvider clock) : Controller
{
    /// <summary>The last ones, those that wait first.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(CancellationToken ct) => View("ProposalList", new ProposalListPage(await proposals.ListAsync(null, 200, ct), (await calendar.TodayAsync(ct)).Currency));

    /// <summary>All of them as a file, with what was said.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(CancellationToken ct)
    {
        var currency = (await calendar.TodayAsync(ct)).Currency;
        var zone = Formats.Zone(me.TimeZone);
        await Response.SendListAsync(t["kpis.proposals"], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["kpis.number"], Width: 20), new(t["kpis.partner"], Width: 30), new(t["kpis.kpi"], Width: 30), new(t["kpis.period"]), new(t["kpis.proposal.held"], TableColumnKind.Number),
                new(t["kpis.proposal.proposed"], TableColumnKind.Number), new(t["kpis.proposal.counter"], TableColumnKind.Number), new(t["kpis.unit"]), new(t["kpis.status"], Width: 20), new(t["kpis.proposal.reason"], Width: 40),
                new(t["kpis.proposal.answer"], Width: 40), new(t["kpis.proposal.made_at"], TableColumnKind.Time, 18), new(t["kpis.proposal.answered_at"], TableColumnKind.Time, 18),
            ],
            (await proposals.ListAsync(null, int.MaxValue, ct)).ToAsyncEnumerable().Select(IReadOnlyList<object?> (proposal) =>
            [
                proposal.Number, Formats.Company(proposal.PartnerName, proposal.PartnerNameLatin), Named.In(proposal.KpiName, proposal.KpiNameZh), proposal.Of.ToString(), proposal.Held, proposal.Proposed, proposal.Counter,
                PanelTables.UnitName(proposal.Unit, t, currency), t["kpis.proposal.status." + proposal.Status].Value, proposal.Reason, proposal.Answer, Formats.In(proposal.ProposedAt, zone),
                proposal.AnsweredAt is { } answered ? Formats.In(answered, zone) : null,
            ]), ct);
        return new EmptyResult();
    }

    /// <summary>The form for one; who names no KPI and period finds them among the targets.</summary>
    [HttpGet("new"), AllowRoles("partner_admin", "sales")]
    public async Task<IActionResult> New(string? kpi, string? period, CancellationToken ct) => kpi is null || period is null ? Redirect("/kpis/targets")
        : await FormAsync(new() { Kpi = kpi, Period = period }, ct) is { } form ? View("ProposalForm", form) : NotFound();

    /// <summary>Proposes.</summary>
    [HttpPost, AllowRoles("partner_admin", "sales")]
    public async Task<IActionResult> Create(ProposalForm form, CancellationToken ct)
    {
        if (await FormAsync(form, ct) is not { } shown)
        {
            return NotFound();
        }

        switch (await negotiate.ProposeAsync(new(form.Kpi, form.Period, TypedTarget.Read(form.Value, shown.Definition.Unit == "ratio", CultureInfo.CurrentCulture), form.Reason), me.PartnerId, me.PartnerName, me.PersonNumber, ct))
        {
            case Negotiated.Done(var proposal):
                this.Flash(FlashKind.Done, t["kpis.proposal.made"]);
                return RedirectToAction(nameof(Show), new { number = proposal.Number });
            case Negotiated.Refused(var field, var reason):
                ModelState.AddModelError(field switch { "value" => nameof(form.Value), "reason" => nameof(form.Reason), _ => nameof(form.Period) }, t[field == "value" ? TypedTarget.Reason(form.Value, CultureInfo.CurrentCulture, reason) : reason]);
                Response.StatusCode = StatusCodes.Status400BadRequest;
                return View("ProposalForm", shown);
            default:
                return NotFound();
        }
    }

    /// <summary>One proposal, and what one may answer.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await proposals.FindAsync(number, ct) is { } proposal
        ? View("ProposalPage", new ProposalPage(proposal, (await calendar.TodayAsync(ct)).Currency)) : NotFound();

    /// <summary>The brand's answer.</summary>
    [HttpPost("{number}/answer"), AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Update(string number, string? verdict, string? value, string? reason, string? why, int version, CancellationToken ct)
    {
        if (await proposals.FindAsync(number, ct) is not { } proposal)
        {
            return NotFound();
        }

        return Answer(await negotiate.AnswerAsync(number, new(verdict, TypedTarget.Read(value, proposal.Unit == "ratio", CultureInfo.CurrentCulture), reason ?? why, version), me.PersonNumber, ct), number, value);
    }

    /// <summary>The partner's last word: it accepts the counter, or withdraws.</summary>
    [HttpPost("{number}/closing"), AllowRoles("partner_admin", "sales")]
    public async Task<IActionResult> Delete(string number, bool accepts, int version, CancellationToken ct) =>
        Answer(await negotiate.CloseAsync(number, accepts, version, me.PersonNumber, ct), number);

    IActionResult Answer(Negotiated outcome, string number, string? typed = null)
    {
        switch (outcome)
        {
            case Negotiated.Done(var proposal):
                this.Flash(FlashKind.Done, t["kpis.proposal.now." + proposal.Status]);
                break;
            case Negotiated.Refused(var field, var reason):
                this.Flash(FlashKind.Problem, t[field == "value" ? TypedTarget.Reason(typed, CultureInfo.CurrentCulture, reason) : reason]);
                break;
            case Negotiated.ChangedMeanwhile:
                this.Flash(FlashKind.Problem, t["kpis.changed_meanwhile", number]);
                break;
            default:
                return NotFound();
        }

        return RedirectToAction(nameof(Show), new { number });
    }

    async Task<ProposalForm?> FormAsync(ProposalForm form, CancellationToken ct)
    {
        if (await kpis.FindAsync(form.Kpi ?? "", ct) is not { } kpi || Period.Parse(form.Period) is not { } period)
        {
            return null;
        }

        (form.Definition, form.Currency) = (kpi, (await calendar.TodayAsync(ct)).Currency);
        form.Held = await proposals.HeldAsync(kpi.KpiDefinitionId, me.PartnerId, period, ct);
        return form;
    }
}

/// <summary>The form for a proposal.</summary>
public sealed class ProposalForm
{
    /// <summary>The KPI's number.</summary>
    public string? Kpi { get; set; }

    /// <summary>The period.</summary>
    public string? Period { get; set; }

    /// <summary>The target wished for, as typed.</summary>
    public string? Value { get; set; }

    /// <summary>Why.</summary>
    public string? Reason { get; set; }

    /// <summary>The KPI; not bound from the form.</summary>
    [Microsoft.AspNetCore.Mvc.ModelBinding.BindNever]
    public KpiDefinition Definition { get; set; } = null!;

    /// <summary>The target that holds; not bound from the form.</summary>
    [Microsoft.AspNetCore.Mvc.ModelBinding.BindNever]
    public decimal? Held { get; set; }

    /// <summary>The brand's currency; not bound from the form.</summary>
    [Microsoft.AspNetCore.Mvc.ModelBinding.BindNever]
    public string Currency { get; set; } = "";
}

/// <summary>The list's page.</summary>
public sealed record ProposalListPage(IReadOnlyList<TargetProposal> Proposals, string Currency);

/// <summary>One proposal's page.</summary>
public sealed record ProposalPage(TargetProposal Proposal, string Currency);
