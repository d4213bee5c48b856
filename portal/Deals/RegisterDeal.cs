using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Customers;
using Portal.Kpis;

namespace Portal.Deals;

/// <summary>A partner registers a deal: enters it, changes it, submits it.</summary>
public sealed class RegisterDeal(Db db, DealStore deals, CustomerStore customers, AddCustomers addCustomers, ScreenClaim screenClaim, RoomForClaims room, ApprovalStore approvals, ApproveByPolicy approveByPolicy, AuditTrail audit, KpiFacts facts, DealNews news, TimeProvider clock)
{
    const int MostAttempts = 4;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Enters a deal, as a draft or submitted at once. A claim that is blocked stays as a draft: nothing typed is lost.</summary>
    public async Task<DealOutcome> EnterAsync(DealTyped typed, bool submit, CancellationToken ct)
    {
        var (terms, policy) = await deals.TermsAndPolicyAsync(typed.ProductLines, typed.Territory, Now, ct);
        if (terms.Registrant is not { } partnerId)
        {
            return new DealOutcome.Forbidden();
        }

        if (Problems(typed, terms) is { Count: > 0 } problems)
        {
            return new DealOutcome.Invalid(problems);
        }

        if (submit && await TooOftenAsync(policy!, ct) is { } refused)
        {
            return refused;
        }

        return await InRoomAsync(partnerId, async () =>
        {
            var (customer, isEntered) = await CustomerAsync(typed, ct);
            if (customer is null)
            {
                return new DealOutcome.Invalid([new("customerName", "deals.invalid.customer")]);
            }

            var number = PublicNumber.New("D");
            await deals.InsertAsync(typed.Draft(number, partnerId, customer.EndCustomerId, terms), Now, ct);
            await audit.RecordAsync("deal.entered", "deal", number, partnerId, Said(typed, customer.Number), ct);
            return submit ? await SubmitAsync((await deals.FindAsync(number, ct))!, ct, isEntered ? customer : null) : new DealOutcome.Done(number, 1);
        }, ct);
    }

    /// <summary>Changes the fields that may be changed in the deal's state; fields that may not must be as they are.</summary>
    /// <param name="number">The deal.</param>
    /// <param name="version">The version that was seen; null takes whichever is there.</param>
    /// <param name="typed">All fields, new and old.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<DealOutcome> ChangeAsync(string number, int? version, DealTyped typed, CancellationToken ct)
    {
        var terms = await deals.TermsAsync(typed.ProductLines, typed.Territory, Now, ct);
        return await db.InTransactionAsync<DealOutcome>(async () =>
        {
            if (await deals.FindAsync(number, ct) is not { } deal)
            {
                return new DealOutcome.Missing();
            }

            if (version is { } seen && seen != deal.Version)
            {
                return new DealOutcome.Stale();
            }

            if (deal.EditableFields.Count == 0)
            {
                return new DealOutcome.Refused("deals.refused.not_editable");
            }

            IReadOnlyList<FieldProblem> problems = [.. typed.Check(terms, deal.ExpectedClose), .. typed.CheckCustomer(terms)];
            if (problems.Count > 0)
            {
                return new DealOutcome.Invalid(problems);
            }

            if (await CustomerAsync(typed, ct) is not (Customer: { } customer, _))
            {
                return new DealOutcome.Invalid([new("customerName", "deals.invalid.customer")]);
            }

            var draft = typed.Draft(number, deal.PartnerId, customer.EndCustomerId, terms);
            if (Changed(deal, draft).Except(deal.EditableFields).Select(FieldName).ToList() is { Count: > 0 } locked)
            {
                return new DealOutcome.Invalid([.. locked.Select(field => new FieldProblem(field, "deals.invalid.locked"))]);
            }

            if (await deals.UpdateAsync(deal.DealId, deal.Version, draft, Now, ct) is not { } next)
            {
                return new DealOutcome.Stale();
            }

            await audit.RecordAsync("deal.changed", "deal", number, deal.PartnerId, new { fields = Changed(deal, draft).Select(FieldName), after = Said(typed, customer.Number) }, ct);
            return new DealOutcome.Done(number, next);
        }, ct);
    }

    /// <summary>Submits a draft, or gives back a deal about which information was requested; either way it is screened.</summary>
    public async Task<DealOutcome> SubmitAsync(string number, int? version, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } seen)
        {
            return new DealOutcome.Missing();
        }

        if (!seen.Allows(Submission(seen)))
        {
            return new DealOutcome.Refused("deals.refused.state");
        }

        var terms = await deals.TermsAsync(seen.ProductLines, seen.Territory, Now, ct);
        if (seen.ExpectedClose < terms.Today)
        {
            return new DealOutcome.Invalid([new("expectedClose", "deals.invalid.expected_close")]);
        }

        if (await TooOftenAsync(await deals.PolicyAsync(seen.PartnerId, seen.LineIds, Now, ct), ct) is { } refused)
        {
            return refused;
        }

        return await InRoomAsync(seen.PartnerId, async () =>
        {
            var deal = await deals.FindAsync(number, ct);
            return deal is null ? new DealOutcome.Missing()
                : deal.Version != (version ?? seen.Version) ? new DealOutcome.Stale()
                : await SubmitAsync(deal, ct);
        }, ct);
    }

    // That a partner has no more open claims than it may is the database's rule: two submissions at the same moment cannot both take the last place.
    // A customer's keys are held as it is typed, and once more as it is known: between the two a file of many companies may hold what comes first and wait for what comes second.
    async Task<DealOutcome> InRoomAsync(long partnerId, Func<Task<DealOutcome>> work, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionDespiteDeadlocksAsync(MostAttempts, work, ct);
        }
        catch (PostgresException refused) when (refused.Violates(CapacityStore.HasRoom))
        {
            return await room.RefusalAsync(partnerId, ct);
        }
    }

    async Task<DealOutcome> SubmitAsync(Deal deal, CancellationToken ct, Customer? entered = null)
    {
        var now = Now;
        var act = DealLifecycle.Act(Submission(deal));
        var policy = await deals.PolicyAsync(deal, now, ct);
        var verdict = await screenClaim.RunAsync(deal, policy, now, ct, entered);
        if (verdict.Blocked)
        {
            await audit.RecordAsync("deal.blocked", "deal", deal.Number, deal.PartnerId, new { verdict.Conflict, verdict.Band, verdict.MatchedFields, verdict.FreeFrom }, ct);
            return new DealOutcome.Blocked(deal.Number, deal.Version, verdict);
        }

        if (await deals.MoveAsync(deal, act, null, now, ct) is not { } version)
        {
            return new DealOutcome.Stale();
        }

        await audit.RecordAsync("deal.submitted", "deal", deal.Number, deal.PartnerId, new { verdict.Conflict, verdict.Band }, ct);
        if (act.Name is "submit")
        {
            await facts.CountAsync(deal.PartnerId, Metric.DealsRegistered, now, ct);
        }

        var queue = await approvals.BeginAsync(deal.DealId, now, ct);
        if (queue is "policy")
        {
            await approveByPolicy.RunAsync(deal.Number, ct);
        }
        else
        {
            await news.TellQueueAsync(act.Name is "submit" ? "submitted" : "answered", deal, queue, null, now, ct);
        }

        return new DealOutcome.Done(deal.Number, version, verdict);
    }

    static string Submission(Deal deal) => deal.Status is "information_requested" ? "answer" : "submit";

    static IReadOnlyList<FieldProblem> Problems(DealTyped typed, DealTerms terms) => [.. typed.CheckCustomer(terms), .. typed.Check(terms)];

    // Counted, not taken from a counter: a partner's submissions do not wait for each other, at the price of a few too many at the limit.
    async Task<DealOutcome?> TooOftenAsync(ProtectionPolicy policy, CancellationToken ct) =>
        policy.ScreeningsLeft > 0 ? null : new DealOutcome.NoScreeningLeft(await deals.NextDayAsync(Now, ct) - Now);

    async Task<(Customer? Customer, bool IsEntered)> CustomerAsync(DealTyped typed, CancellationToken ct)
    {
        if (DealTyped.Text(typed.CustomerNumber) is { } number)
        {
            return (await customers.FindAsync(number, ct), false);
        }

        return (await addCustomers.AddCustomersAsync([typed.Customer!], ct))[0] switch
        {
            CustomerEntry.Added(var added) => (await customers.FindAsync(added, ct), true),
            CustomerEntry.AlreadyThere(var there) => (await customers.FindAsync(there, ct), false),
            _ => throw new InvalidOperationException("A customer that was checked is entered or already there."),
        };
    }

    static IEnumerable<DealField> Changed(Deal before, DealDraft after)
    {
        if (before.EndCustomerId != after.EndCustomerId)
        {
            yield return DealField.Customer;
        }

        if (!before.LineIds.Order().SequenceEqual(after.LineIds.Order()))
        {
            yield return DealField.ProductLines;
        }

        if (before.TerritoryId != after.TerritoryId)
        {
            yield return DealField.Territory;
        }

        if (before.Amount != after.Amount || !string.Equals(before.Currency, after.Currency, StringComparison.Ordinal))
        {
            yield return DealField.Amount;
        }

        if (before.ExpectedClose != after.ExpectedClose)
        {
            yield return DealField.ExpectedClose;
        }

        if (before.PeriodFrom != after.PeriodFrom || before.PeriodUntil != after.PeriodUntil)
        {
            yield return DealField.Period;
        }

        if ((before.ContactName, before.ContactEmail, before.ContactPhone) != (after.ContactName, after.ContactEmail, after.ContactPhone))
        {
            yield return DealField.Contact;
        }

        if (!string.Equals(before.Need, after.Need, StringComparison.Ordinal))
        {
            yield return DealField.Need;
        }
    }

    static string FieldName(DealField field) => field switch
    {
        DealField.Customer => "customerName",
        DealField.ProductLines => "productLines",
        DealField.Territory => "territory",
        DealField.Amount => "amount",
        DealField.ExpectedClose => "expectedClose",
        DealField.Period => "periodUntil",
        DealField.Contact => "contactName",
        _ => "need",
    };

    internal static object Said(DealTyped typed, string customerNumber) => new
    {
        customer = customerNumber, typed.ProductLines, typed.Territory, typed.Amount, currency = typed.CurrencyCode, typed.ExpectedClose, typed.PeriodFrom, typed.PeriodUntil,
    };
}
