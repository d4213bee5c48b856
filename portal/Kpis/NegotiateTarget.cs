using Npgsql;
using Platform.Audit;
using Platform.Database;
using Portal.Notifications;

namespace Portal.Kpis;

/// <summary>A partner proposes another target for itself; the brand accepts it, counters or declines; the partner accepts a counter or withdraws. What is agreed becomes the target in the same transaction.</summary>
public sealed class NegotiateTarget(Db db, TargetProposals proposals, KpiDefinitions kpis, TargetStore targets, BrandCalendar calendar, AuditTrail audit, Notifier notifier, TimeProvider clock)
{
    /// <summary>Proposes.</summary>
    /// <param name="asked">What is proposed.</param>
    /// <param name="partnerId">The partner at work.</param>
    /// <param name="partnerName">Its name, for those who are told.</param>
    /// <param name="by">The person's number.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<Negotiated> ProposeAsync(AskedProposal asked, long partnerId, string partnerName, string by, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(async () =>
            {
                var kpi = asked.Kpi is null ? null : await kpis.FindAsync(asked.Kpi, ct);
                var period = Period.Parse(asked.Period);
                if (await RefusedAsync(asked, kpi, period, ct) is { } refused)
                {
                    return refused;
                }

                var number = PublicNumber.New("TP");
                var held = await proposals.HeldAsync(kpi!.KpiDefinitionId, partnerId, period!.Value, ct);
                if (held == asked.Value)
                {
                    return new Negotiated.Refused("value", "kpis.refused.proposes_the_same");
                }

                await proposals.AddAsync(number, kpi.KpiDefinitionId, partnerId, period.Value, held, asked.Value!.Value, asked.Reason!.Trim(), by, Now, ct);
                await audit.RecordAsync("kpi.target-proposed", "target_proposal", number, partnerId, new { asked.Kpi, asked.Period, held, asked.Value, asked.Reason }, ct);
                await notifier.TellAsync(Recipients.ManagersOf(partnerId) + Recipients.Brand("channel_manager"), "kpis.told.proposed", [partnerName, new TwoNames(kpi.Name, kpi.NameZh), period.Value.ToString()], $"/kpis/proposals/{number}", ct);
                return (Negotiated)new Negotiated.Done((await proposals.FindAsync(number, ct))!);
            }, ct);
        }
        catch (PostgresException rival) when (rival.Violates(TargetProposals.OneOpen))
        {
            return new Negotiated.Refused("period", "kpis.refused.proposed_already");
        }
    }

    /// <summary>The brand's answer.</summary>
    /// <param name="number">The proposal.</param>
    /// <param name="answer">accept, counter or decline.</param>
    /// <param name="by">The person's number.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<Negotiated> AnswerAsync(string number, ProposalAnswer answer, string by, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await proposals.FindAsync(number, ct) is not { } proposal)
        {
            return new Negotiated.Unknown();
        }

        if (Refused(answer, proposal) is { } refused)
        {
            return refused;
        }

        var now = Now;
        var status = answer.Verdict switch { "accept" => "accepted", "counter" => "countered", _ => "declined" };
        if (!await proposals.AnswerAsync(number, answer.Seen, status, answer.Verdict == "counter" ? answer.Value : null, answer.Reason?.Trim(), by, now, ct))
        {
            return new Negotiated.ChangedMeanwhile();
        }

        if (status == "accepted")
        {
            await SetAsync(proposal, proposal.Proposed, by, now, ct);
        }

        await audit.RecordAsync("kpi.target-" + status, "target_proposal", number, proposal.PartnerId, new { proposal.KpiNumber, period = proposal.Of.ToString(), proposal.Proposed, answer.Value, answer.Reason }, ct);
        await notifier.TellAsync(Recipients.Of(proposal.PartnerId, "partner_admin", "sales"), "kpis.told." + status, [new TwoNames(proposal.KpiName, proposal.KpiNameZh), proposal.Of.ToString()], $"/kpis/proposals/{number}", ct);
        return (Negotiated)new Negotiated.Done((await proposals.FindAsync(number, ct))!);
    }, ct);

    /// <summary>The partner's last word.</summary>
    /// <param name="number">The proposal.</param>
    /// <param name="accepts">True accepts the brand's counter, false withdraws.</param>
    /// <param name="seen">The proposal's version as it was read.</param>
    /// <param name="by">The person's number.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<Negotiated> CloseAsync(string number, bool accepts, int seen, string by, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        if (await proposals.FindAsync(number, ct) is not { } proposal)
        {
            return new Negotiated.Unknown();
        }

        // The target is set at the very moment at which the proposal is closed: by that the database knows that it was agreed.
        var now = Now;
        if (!await proposals.CloseAsync(number, seen, accepts ? "accepted" : "withdrawn", by, now, ct))
        {
            return new Negotiated.ChangedMeanwhile();
        }

        if (accepts)
        {
            await SetAsync(proposal, proposal.Counter!.Value, by, now, ct);
        }

        await audit.RecordAsync(accepts ? "kpi.counter-accepted" : "kpi.proposal-withdrawn", "target_proposal", number, proposal.PartnerId, new { proposal.KpiNumber, period = proposal.Of.ToString(), proposal.Proposed, proposal.Counter }, ct);
        await notifier.TellAsync(Recipients.ManagersOf(proposal.PartnerId) + Recipients.Brand("channel_manager"), accepts ? "kpis.told.counter_accepted" : "kpis.told.withdrawn",
            [proposal.PartnerName, new TwoNames(proposal.KpiName, proposal.KpiNameZh), proposal.Of.ToString()], $"/kpis/proposals/{number}", ct);
        return (Negotiated)new Negotiated.Done((await proposals.FindAsync(number, ct))!);
    }, ct);

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    // The target says where it comes from: its note names the proposal.
    async Task SetAsync(TargetProposal proposal, decimal value, string by, DateTime now, CancellationToken ct)
    {
        var kpi = (await kpis.FindAsync(proposal.KpiNumber, ct))!;
        var changed = await targets.SetTargetsAsync([new(kpi.KpiDefinitionId, proposal.PartnerId, null, proposal.Of, value, proposal.Number)], by, now, ct);
        await audit.RecordAsync([.. changed.Select(target => new AuditAct("kpi.target-set", "kpi", target.KpiNumber, [proposal.PartnerId], new { target.PartnerNumber, target.StartsOn, target.Period, target.Before, target.Value, proposal.Number }))], ct);
    }

    async Task<Negotiated.Refused?> RefusedAsync(AskedProposal asked, KpiDefinition? kpi, Period? period, CancellationToken ct)
    {
        var (today, _) = await calendar.TodayAsync(ct);
        var held = kpi is null || period is null ? null : (await kpis.VersionsAsync(kpi.Number, ct)).Find(version => version.Holds(period.Value.HeldOn));
        return (kpi, period) switch
        {
            (null, _) => new("kpi", "kpis.refused.unknown_kpi"),
            ({ Status: "retired" }, _) => new("kpi", "kpis.refused.retired_kpi"),
            (_, null) => new("period", "kpis.refused.period"),
            _ when held is null => new("period", "kpis.refused.not_measured_then"),
            (_, { } given) when held!.Period != given.KindName => new("period", "kpis.refused.other_period"),
            (_, { } given) when given.End <= today => new("period", "kpis.refused.period_is_over"),
            _ when SetTargets.RefusedValue(asked.Value, held!.Unit) is { } reason => new("value", reason),
            _ when string.IsNullOrWhiteSpace(asked.Reason) || asked.Reason.Trim().Length > 500 => new("reason", "kpis.refused.reason"),
            _ => null,
        };
    }

    static Negotiated.Refused? Refused(ProposalAnswer answer, TargetProposal proposal) => answer switch
    {
        { Verdict: not ("accept" or "counter" or "decline") } => new("verdict", "kpis.refused.verdict"),
        { Verdict: "counter" } when SetTargets.RefusedValue(answer.Value, proposal.Unit) is { } reason => new("value", reason),
        { Verdict: "counter" or "decline", Reason: var reason } when string.IsNullOrWhiteSpace(reason) => new("reason", "kpis.refused.reason"),
        { Reason.Length: > 500 } => new("reason", "kpis.refused.reason"),
        _ => null,
    };
}

/// <summary>A target that a partner proposes for itself.</summary>
/// <param name="Kpi">The KPI's number.</param>
/// <param name="Period">A period of the KPI's kind that is not over.</param>
/// <param name="Value">The target that is wished for.</param>
/// <param name="Reason">Why.</param>
public sealed record AskedProposal(string? Kpi, string? Period, decimal? Value, string? Reason);

/// <summary>The brand's answer to a proposal.</summary>
/// <param name="Verdict">accept, counter or decline.</param>
/// <param name="Value">The value of a counter.</param>
/// <param name="Reason">Why; an acceptance needs none.</param>
/// <param name="Seen">The proposal's version as it was read.</param>
public sealed record ProposalAnswer(string? Verdict, decimal? Value, string? Reason, int Seen);

/// <summary>What became of a step of a negotiation.</summary>
public abstract record Negotiated
{
    /// <summary>It is done.</summary>
    public sealed record Done(TargetProposal Proposal) : Negotiated;

    /// <summary>There is no such proposal, or it is somebody else's.</summary>
    public sealed record Unknown : Negotiated;

    /// <summary>It was answered or withdrawn meanwhile.</summary>
    public sealed record ChangedMeanwhile : Negotiated;

    /// <summary>It was refused because of one field.</summary>
    public sealed record Refused(string Field, string TextKey) : Negotiated;
}
