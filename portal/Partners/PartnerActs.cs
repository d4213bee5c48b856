using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Web;

namespace Portal.Partners;

/// <summary>What came of an act on a partner.</summary>
public abstract record PartnerOutcome
{
    PartnerOutcome()
    {
    }

    /// <summary>It is done.</summary>
    /// <param name="Number">The partner's number.</param>
    public sealed record Done(string Number) : PartnerOutcome;

    /// <summary>The partner is not there for this caller, or not in the state the act wants.</summary>
    public sealed record NotThere : PartnerOutcome;

    /// <summary>Somebody else changed it since it was read.</summary>
    public sealed record Stale : PartnerOutcome;

    /// <summary>Something is wrong with what was entered.</summary>
    /// <param name="Problems">By field.</param>
    public sealed record Refused(params IReadOnlyList<FieldProblem> Problems) : PartnerOutcome;
}

/// <summary>Takes a new company into the tree.</summary>
public sealed class AddPartner(Db db, PartnerStore partners, AuditTrail audit)
{
    /// <summary>Adds the company below the partner of that number, or below the brand where none is named.</summary>
    public async Task<PartnerOutcome> RunAsync(PartnerFacts entered, string? upstreamNumber, CancellationToken ct)
    {
        var facts = entered.Tidied();
        if (facts.Flaws().ToList() is { Count: > 0 } flaws)
        {
            return new PartnerOutcome.Refused(flaws);
        }

        try
        {
            return await db.InTransactionAsync<PartnerOutcome>(async () =>
            {
                var upstream = string.IsNullOrWhiteSpace(upstreamNumber) ? null : await partners.FindNumberAsync(upstreamNumber, ct);
                if (upstream is null && !string.IsNullOrWhiteSpace(upstreamNumber))
                {
                    return new PartnerOutcome.Refused(new FieldProblem("Upstream", "partners.refused.upstream_unknown"));
                }

                var number = PublicNumber.New("P");
                if (await partners.InsertAsync(number, facts, upstream, ct) is not { } partnerId)
                {
                    return new PartnerOutcome.Refused(new FieldProblem(nameof(PartnerFacts.Territory), "partners.refused.territory_unknown"));
                }

                await audit.RecordAsync("partner.added", "partner", number, partnerId, new { facts, upstream }, ct);
                return new PartnerOutcome.Done(number);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(PartnerStore.CodeIsUnique))
        {
            return new PartnerOutcome.Refused(new FieldProblem(nameof(PartnerFacts.Code), "partners.refused.code_taken"));
        }
    }
}

/// <summary>Changes what is known about a company; its place in the tree has an act of its own.</summary>
public sealed class EditPartner(Db db, PartnerStore partners, AuditTrail audit)
{
    /// <summary>Writes the facts, if the partner still is as it was read.</summary>
    /// <param name="number">The partner.</param>
    /// <param name="version">The version that was read; null writes whatever it is now.</param>
    /// <param name="entered">All facts, not only the changed ones.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<PartnerOutcome> RunAsync(string number, int? version, PartnerFacts entered, CancellationToken ct)
    {
        var facts = entered.Tidied();
        try
        {
            return await db.InTransactionAsync<PartnerOutcome>(async () =>
            {
                if (await partners.FindAsync(number, ct) is not { } before)
                {
                    return new PartnerOutcome.NotThere();
                }

                // The brand stays the brand, whatever a form says.
                facts = before.IsBrand ? facts with { PartnerType = "brand" } : facts;
                if (facts.Flaws().Where(flaw => !(before.IsBrand && flaw.Field is nameof(PartnerFacts.PartnerType))).ToList() is { Count: > 0 } flaws)
                {
                    return new PartnerOutcome.Refused(flaws);
                }

                if (facts.Territory is { } territory && !(await partners.TerritoriesAsync(ct)).Exists(known => known.Code == territory))
                {
                    return new PartnerOutcome.Refused(new FieldProblem(nameof(PartnerFacts.Territory), "partners.refused.territory_unknown"));
                }

                if (await partners.UpdateAsync(number, version ?? before.Version, facts, ct) is null)
                {
                    return new PartnerOutcome.Stale();
                }

                await audit.RecordAsync("partner.changed", "partner", number, before.PartnerId, Changes.Between(before.Facts(), facts), ct);
                return new PartnerOutcome.Done(number);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(PartnerStore.CodeIsUnique))
        {
            return new PartnerOutcome.Refused(new FieldProblem(nameof(PartnerFacts.Code), "partners.refused.code_taken"));
        }
    }
}

/// <summary>Gives companies another level, from a day on; for features that decide on levels with more than a form.</summary>
public sealed class ChangeLevels(Db db, PartnerStore partners, AuditTrail audit)
{
    /// <summary>Changes them in the transaction that is open, and answers whose level changed: who no longer has the level that was left behind keeps its own.</summary>
    /// <param name="changes">From which level to which.</param>
    /// <param name="day">The first day of the new level; not later than today.</param>
    /// <param name="reason">What the audit names as the reason.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="InvalidOperationException">No transaction is open.</exception>
    public async Task<IReadOnlySet<long>> RunAsync(IReadOnlyCollection<LevelChange> changes, DateOnly day, string reason, CancellationToken ct)
    {
        if (!db.IsInTransaction)
        {
            throw new InvalidOperationException("A level changes in the transaction of the decision.");
        }

        var changed = (await partners.ChangeLevelsAsync(changes, day, ct)).ToDictionary(row => row.PartnerId, row => row.Number);
        await audit.RecordAsync([.. changes.Where(change => changed.ContainsKey(change.PartnerId)).Select(change => new AuditAct(
            "partner.level_changed", "partner", changed[change.PartnerId], [change.PartnerId], new { from = change.From, to = change.To, day, reason }))], ct);
        return changed.Keys.ToHashSet();
    }
}

/// <summary>A partner's step from one level to another.</summary>
public sealed record LevelChange(long PartnerId, string From, string To);

/// <summary>Gives a company, with all that stands below it, another place in the tree.</summary>
public sealed class MovePartner(Db db, PartnerStore partners, AuditTrail audit)
{
    /// <summary>Places it below the partner of that number or code. The database itself refuses a loop.</summary>
    /// <param name="number">Who moves.</param>
    /// <param name="version">The version that was read; null moves it whatever it is now.</param>
    /// <param name="newUpstream">The number or code of the company it shall buy from.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<PartnerOutcome> RunAsync(string number, int? version, string? newUpstream, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync<PartnerOutcome>(async () =>
            {
                if (string.IsNullOrWhiteSpace(newUpstream) || await partners.FindNumberAsync(newUpstream, ct) is not { } upstream)
                {
                    return new PartnerOutcome.Refused(new FieldProblem("Upstream", "partners.refused.upstream_unknown"));
                }

                if (await partners.MoveAsync(number, version, upstream, ct) is not { } placed)
                {
                    return await partners.FindAsync(number, ct) is { IsBrand: false } ? new PartnerOutcome.Stale() : new PartnerOutcome.NotThere();
                }

                await audit.RecordAsync("partner.moved", "partner", number, placed.PartnerId, new { from = placed.FromNumber, to = placed.ToNumber }, ct);
                return new PartnerOutcome.Done(number);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(PartnerStore.NoLoop) || refused.Violates("a_partner_is_not_its_own_upstream"))
        {
            return new PartnerOutcome.Refused(new FieldProblem("Upstream", "partners.refused.loop"));
        }
    }
}

/// <summary>Shuts a company out: from that moment no person and no API client of it finds anything. What stands below it goes on working.</summary>
public sealed class SuspendPartner(Db db, PartnerStore partners, AuditTrail audit)
{
    /// <summary>Suspends it for a reason.</summary>
    public Task<PartnerOutcome> RunAsync(string number, string? reason, CancellationToken ct) =>
        string.IsNullOrWhiteSpace(reason) ? Task.FromResult<PartnerOutcome>(new PartnerOutcome.Refused(new FieldProblem("Reason", "partners.refused.reason_missing")))
        : reason.Trim().Length > 1000 ? Task.FromResult<PartnerOutcome>(new PartnerOutcome.Refused(new FieldProblem("Reason", "partners.refused.too_long", "1000")))
        : db.InTransactionAsync<PartnerOutcome>(async () =>
        {
            if (await partners.SuspendAsync(number, reason.Trim(), ct) is not { } partnerId)
            {
                return new PartnerOutcome.NotThere();
            }

            await audit.RecordAsync("partner.suspended", "partner", number, partnerId, new { reason = reason.Trim() }, ct);
            return new PartnerOutcome.Done(number);
        }, ct);
}

/// <summary>Lets a suspended company in again.</summary>
public sealed class ReactivatePartner(Db db, PartnerStore partners, AuditTrail audit)
{
    /// <summary>Ends its suspension.</summary>
    public Task<PartnerOutcome> RunAsync(string number, CancellationToken ct) => db.InTransactionAsync<PartnerOutcome>(async () =>
    {
        if (await partners.ReactivateAsync(number, ct) is not { } partnerId)
        {
            return new PartnerOutcome.NotThere();
        }

        await audit.RecordAsync("partner.reactivated", "partner", number, partnerId, null, ct);
        return new PartnerOutcome.Done(number);
    }, ct);
}

/// <summary>Names the channel managers who look after a company.</summary>
public sealed class NameChannelManagers(Db db, PartnerStore partners, AuditTrail audit)
{
    /// <summary>Names them by their numbers, in place of those named before; nobody is allowed.</summary>
    public Task<PartnerOutcome> RunAsync(string number, IReadOnlyCollection<string> personNumbers, CancellationToken ct) => db.InTransactionAsync<PartnerOutcome>(async () =>
    {
        if (await partners.FindAsync(number, ct) is not { IsBrand: false } partner)
        {
            return new PartnerOutcome.NotThere();
        }

        var known = (await partners.PossibleChannelManagersAsync(ct)).ConvertAll(person => person.Number);
        if (personNumbers.Except(known, StringComparer.Ordinal).Any())
        {
            return new PartnerOutcome.Refused(new FieldProblem("People", "partners.refused.not_a_channel_manager"));
        }

        await partners.NameChannelManagersAsync(partner.PartnerId, personNumbers, ct);
        await audit.RecordAsync("partner.channel_managers_named", "partner", number, partner.PartnerId, new { people = personNumbers }, ct);
        return new PartnerOutcome.Done(number);
    }, ct);
}
