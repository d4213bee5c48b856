using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Customers;

namespace Portal.Leads;

/// <summary>The brand enters leads, offers them to a partner, puts them into the pool, takes them back, gives them up.</summary>
public sealed class HandOutLeads(Db db, LeadStore leads, ScreenLeads screenLeads, LeadScreeningStore screenings, LeadNews news, AuditTrail audit, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Enters one.</summary>
    public async Task<LeadOutcome> EnterAsync(LeadTyped typed, CancellationToken ct)
    {
        var (company, lines, territory, problems) = await CheckAsync(typed, ct);
        if (problems.Count > 0)
        {
            return new LeadOutcome.Invalid(problems);
        }

        return await db.InTransactionAsync<LeadOutcome>(async () =>
        {
            var number = PublicNumber.New("L");
            var leadId = await leads.InsertAsync(number, typed, company, territory, lines, Now, ct);
            await screenLeads.RunAsync([(leadId, typed.Customer)], ct);
            await audit.RecordAsync("lead.entered", "lead", number, null, new { typed.Company, typed.Territory, typed.ProductLines, typed.Amount, typed.Currency, typed.Source }, ct);
            return new LeadOutcome.Done(number);
        }, ct);
    }

    /// <summary>Changes one that is with the brand.</summary>
    public async Task<LeadOutcome> ChangeAsync(string number, int? version, LeadTyped typed, CancellationToken ct)
    {
        var (company, lines, territory, problems) = await CheckAsync(typed, ct);
        return problems.Count > 0 ? new LeadOutcome.Invalid(problems) : await ActAsync(number, version, "edit", null, async (lead, _) =>
        {
            if (await leads.UpdateAsync(number, lead.Version, typed, company, territory, lines, Now, ct) is null)
            {
                return new LeadOutcome.Stale();
            }

            await screenLeads.RunAsync([(lead.LeadId, typed.Customer)], ct);
            await audit.RecordAsync("lead.changed", "lead", number, null, new { typed.Company, typed.Territory, typed.ProductLines, typed.Amount, typed.Currency, typed.Source }, ct);
            return new LeadOutcome.Done(number);
        }, ct);
    }

    /// <summary>Offers it to a partner, who has so many days to answer; screened once more first.</summary>
    /// <param name="number">The lead.</param>
    /// <param name="version">The version that was seen; null takes whichever is there.</param>
    /// <param name="partner">The partner's number.</param>
    /// <param name="note">A word to the partner.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="despite">Why it is offered although somebody else probably holds the company; for the brand only.</param>
    public Task<LeadOutcome> OfferAsync(string number, int? version, string? partner, string? note, CancellationToken ct, string? despite = null) => ActAsync(number, version, "offer", note, async (lead, act) =>
    {
        if (await leads.PartnerAsync(partner, ct) is not { } partnerId)
        {
            return new LeadOutcome.Invalid([new("partner", "leads.invalid.partner")]);
        }

        if (await HinderedAsync(lead, despite, ct) is { } hindered)
        {
            return hindered;
        }

        var until = await leads.AnswerByAsync(Now, ct);
        return await FinishAsync(lead, act, partnerId, until, null, note, "lead.offered", new { partner, until, note },
            () => news.TellPartnerAsync("offered", lead.Number, lead.Company, partnerId, note, ct, DateOnly.FromDateTime(until.AddTicks(-10))), ct);
    }, ct);

    /// <summary>Puts it into the pool of the partners of its territory, from some level on.</summary>
    public Task<LeadOutcome> OpenAsync(string number, int? version, string? level, CancellationToken ct, string? despite = null) => ActAsync(number, version, "open", null, async (lead, act) =>
        level is not (null or "registered" or "silver" or "gold" or "platinum") ? new LeadOutcome.Invalid([new("level", "leads.invalid.level")])
        : await leads.EligibleAsync(lead, level, ct) is not { Count: > 0 } eligible ? new LeadOutcome.Refused("leads.refused.nobody")
        : await HinderedAsync(lead, despite, ct) is { } hindered ? hindered
        : await FinishAsync(lead, act, null, null, level ?? "registered", null, "lead.opened", new { level }, () => news.TellPoolAsync(lead.Territory, eligible, ct), ct), ct);

    /// <summary>Takes it back, with a reason; the partner that has it reads it.</summary>
    public Task<LeadOutcome> PullBackAsync(string number, int? version, string? reason, CancellationToken ct) => ActAsync(number, version, "pull_back", reason, (lead, act) =>
        FinishAsync(lead, act, null, null, null, reason, "lead.pulled_back", new { from = lead.Status, partner = lead.PartnerNumber, reason },
            () => lead.PartnerId is { } holder ? news.TellPartnerAsync("pulled_back", lead.Number, lead.Company, holder, reason, ct) : Task.CompletedTask, ct), ct);

    /// <summary>Gives it up, with a reason.</summary>
    public Task<LeadOutcome> DiscardAsync(string number, int? version, string? reason, CancellationToken ct) => ActAsync(number, version, "discard", reason, (lead, act) =>
        FinishAsync(lead, act, null, null, null, reason, "lead.discarded", new { reason }, () => Task.CompletedTask, ct), ct);

    /// <summary>Sets how long partners have to answer; what was offered before keeps its day.</summary>
    public Task<LeadOutcome> SetAsync(LeadSetting setting, CancellationToken ct) => db.InTransactionAsync<LeadOutcome>(async () =>
    {
        if (!await leads.MaySetAsync(ct))
        {
            return new LeadOutcome.Forbidden();
        }

        if (setting.AnswerDays is < 1 or > 90 || setting.WarnDays < 0 || setting.WarnDays >= setting.AnswerDays || setting.WarnDays > 30)
        {
            return new LeadOutcome.Invalid([new("answerDays", "leads.invalid.days")]);
        }

        if (!await leads.UpdateSettingAsync(setting, ct))
        {
            return new LeadOutcome.Stale();
        }

        await audit.RecordAsync("lead.setting_changed", "lead", "setting", null, setting, ct);
        return new LeadOutcome.Done("");
    }, ct);

    // What could only be turned away is offered to nobody; what probably belongs to somebody wants a reason, which stays with the brand: the partner would learn from it who holds what.
    async Task<LeadOutcome?> HinderedAsync(Lead lead, string? despite, CancellationToken ct)
    {
        await screenLeads.RunAsync([(lead.LeadId, lead.Customer)], ct);
        var claims = await screenings.ClaimsAsync([lead.LeadId], Now, ct);
        if (LeadStanding.RefusalOf(claims, (await screenings.DirectAsync([lead.LeadId], ct)).Count > 0) is { } refusal)
        {
            return refusal;
        }

        var reason = LeadTyped.Text(despite);
        if (LeadStanding.Doubt(claims) is not { } doubt)
        {
            return null;
        }

        if (reason is not { Length: <= 2000 })
        {
            return new LeadOutcome.Invalid([new("despite", "leads.invalid.despite", doubt.PartnerName, doubt.DealNumber)]);
        }

        await screenings.DespiteAsync(lead.LeadId, reason, Now, ct);
        await audit.RecordAsync("lead.handed_out_despite", "lead", lead.Number, null, new { reason, claim = doubt.DealNumber }, ct);
        return null;
    }

    Task<LeadOutcome> ActAsync(string number, int? version, string actName, string? reason, Func<Lead, LeadAct, Task<LeadOutcome>> work, CancellationToken ct)
    {
        var act = LeadLifecycle.Act(actName);
        return db.InTransactionAsync(async () => await leads.FindAsync(number, ct) is not { } lead ? new LeadOutcome.Gone()
            : version is { } seen && seen != lead.Version ? new LeadOutcome.Stale()
            : !lead.CallerIsBrand || !act.Roles.Any(role => lead.CallerRoles.Contains(role, StringComparer.Ordinal)) ? new LeadOutcome.Forbidden()
            : !lead.Allows(actName) ? new LeadOutcome.Refused("leads.refused.state")
            : act.NeedsReason && LeadTyped.Text(reason) is null ? new LeadOutcome.Invalid([new("reason", "leads.invalid.reason")])
            : reason?.Length > 2000 ? new LeadOutcome.Invalid([new("reason", "customers.invalid.too_long", 2000)])
            : await work(lead, act), ct);
    }

    async Task<LeadOutcome> FinishAsync(Lead lead, LeadAct act, long? partnerId, DateTime? until, string? level, string? reason, string action, object details, Func<Task> tell, CancellationToken ct)
    {
        if (await leads.MoveAsync(lead, act, partnerId, until, level, LeadTyped.Text(reason), Now, ct) is null)
        {
            return new LeadOutcome.Stale();
        }

        await audit.RecordAsync(action, "lead", lead.Number, partnerId ?? lead.PartnerId, details, ct);
        await tell();
        return new LeadOutcome.Done(lead.Number);
    }

    async Task<(CustomerDetails Company, long[] Lines, long Territory, IReadOnlyList<FieldProblem> Problems)> CheckAsync(LeadTyped typed, CancellationToken ct)
    {
        var (lines, territory) = await leads.TermsAsync(typed.ProductLines, typed.Territory, ct);
        var (company, problems) = typed.Check(lines.Length, territory);
        return (company, lines, territory ?? 0, problems);
    }
}
