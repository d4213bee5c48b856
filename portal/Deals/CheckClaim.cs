using Platform.Database;
using Platform.Web;
using Portal.Customers;

namespace Portal.Deals;

/// <summary>
/// Tells a partner where a claim would stand before it registers one: the class of conflict and no more, as on submitting. Counts towards the same quota, is kept and watched like a screening
/// (<c>deal_screening</c>, which nobody edits); a question changes nothing, so the audit trail has no entry.
/// </summary>
public sealed class CheckClaim(Db db, DealStore deals, CustomerStore customers, ScreenClaim screenClaim, TimeProvider clock)
{
    /// <summary>Checks what has been typed so far. What does not matter for the answer (amount, days, contact) may still be missing.</summary>
    public Task<ClaimCheck> RunAsync(DealTyped typed, CancellationToken ct) => db.InTransactionAsync<ClaimCheck>(async () =>
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var (terms, policy) = await deals.TermsAndPolicyAsync(typed.ProductLines, typed.Territory, now, ct);
        if (terms.Registrant is not { } partnerId || policy is null)
        {
            return new ClaimCheck.Forbidden();
        }

        if (Problems(typed, terms) is { Count: > 0 } problems)
        {
            return new ClaimCheck.Incomplete(problems);
        }

        if (await AskedAsync(typed, partnerId, terms, ct) is not { } asked)
        {
            return new ClaimCheck.Incomplete([new("customerName", "deals.invalid.customer")]);
        }

        if (policy.ScreeningsLeft <= 0)
        {
            return new ClaimCheck.NoneLeft(await deals.NextDayAsync(now, ct) - now);
        }

        var verdict = await screenClaim.CheckAsync(asked, policy, now, ct);
        return new ClaimCheck.Answered(verdict, policy.ScreeningsLeft - 1);
    }, ct);

    static IReadOnlyList<FieldProblem> Problems(DealTyped typed, DealTerms terms) =>
        [.. typed.CheckCustomer(terms), .. typed.Check(terms).Where(problem => problem.Field is "productLines" or "territory")];

    async Task<AskedClaim?> AskedAsync(DealTyped typed, long partnerId, DealTerms terms, CancellationToken ct)
    {
        if (DealTyped.Text(typed.CustomerNumber) is not { } number)
        {
            return new(typed.Customer!.Check().Details.Profile, partnerId, terms.LineIds, terms.TerritoryId!.Value);
        }

        return await customers.FindAsync(number, ct) is { } known
            ? new(known.Profile, partnerId, terms.LineIds, terms.TerritoryId!.Value, known.EndCustomerId, known.CustomerClusterId)
            : null;
    }
}

/// <summary>What a check came to.</summary>
public abstract record ClaimCheck
{
    ClaimCheck()
    {
    }

    /// <summary>Where the claim would stand, and how many more screenings the partner has today.</summary>
    public sealed record Answered(Verdict Verdict, int Left) : ClaimCheck;

    /// <summary>Not enough is typed yet, or it is wrong; nothing was asked.</summary>
    public sealed record Incomplete(IReadOnlyList<FieldProblem> Problems) : ClaimCheck;

    /// <summary>The partner has used up its screenings of the day.</summary>
    public sealed record NoneLeft(TimeSpan RetryAfter) : ClaimCheck;

    /// <summary>Whoever is at work registers no deals.</summary>
    public sealed record Forbidden : ClaimCheck;
}
