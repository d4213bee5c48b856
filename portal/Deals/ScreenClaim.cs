using Npgsql;
using Platform.Database;
using Portal.Customers;
using Portal.Matching;

namespace Portal.Deals;

/// <summary>
/// Finds out where a claim stands: which known companies its customer may be, and what is claimed there. The same for the screen, the
/// API and any other way in. A hit and a miss cost the same statements and are answered in the same shape.
/// </summary>
public sealed class ScreenClaim(Db db, DealStore deals, CustomerStore customers)
{
    /// <summary>Screens a deal, keeps verdict and evidence, and settles which company the customer is where the matcher is certain. Runs in the caller's transaction.</summary>
    /// <param name="deal">The deal.</param>
    /// <param name="policy">The policy it is screened under.</param>
    /// <param name="now">The moment.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <param name="entered">Its customer, where it was entered in this transaction, which holds its keys then.</param>
    public async Task<Verdict> RunAsync(Deal deal, ProtectionPolicy policy, DateTime now, CancellationToken ct, Customer? entered = null)
    {
        var customer = entered ?? await customers.FindAsync(deal.CustomerNumber, ct) ?? throw new InvalidOperationException($"Deal {deal.Number} has no customer.");
        var asked = new AskedClaim(customer.Profile, deal.PartnerId, deal.LineIds, deal.TerritoryId, customer.EndCustomerId, customer.CustomerClusterId, deal.DealId);
        if (entered is null)
        {
            await customers.HoldAsync(asked.Company.Keys, ct);
        }

        var (verdict, candidates) = await ScreenAsync(asked, policy, now, ct);
        await SettleAsync(customer, candidates, now, ct);
        return verdict;
    }

    /// <summary>
    /// Says where a claim would stand before it is made, by the same statements and in the same shape; kept with its evidence like a screening, for it is one: it counts towards
    /// the partner's quota, and whoever fishes is seen.
    /// </summary>
    public async Task<Verdict> CheckAsync(AskedClaim asked, ProtectionPolicy policy, DateTime now, CancellationToken ct) => (await ScreenAsync(asked, policy, now, ct)).Verdict;

    async Task<(Verdict Verdict, List<Found> Candidates)> ScreenAsync(AskedClaim asked, ProtectionPolicy policy, DateTime now, CancellationToken ct)
    {
        var own = asked.CustomerClusterId is { } cluster ? new[] { cluster } : [];
        var candidates = Judged(asked, await customers.CandidatesAsync([asked.Company.Sought], ct));
        var standings = await deals.StandingAsync(
            [.. candidates.Select(found => found.CustomerClusterId).Concat(own).Distinct()],
            [.. candidates.Where(found => found.Judgement.Band == Band.Certain).Select(found => found.CustomerClusterId).Concat(own).Distinct()], asked, policy.RecentlyExpiredDays, now, ct);
        candidates = WithGroup(candidates, standings);
        var stands = standings.ToDictionary(standing => standing.CustomerClusterId);
        var verdict = VerdictOf(asked, candidates, stands);
        deals.KeepScreening(asked, verdict, [.. candidates.Select(found => new ScreenedCandidate(found.EndCustomerId, found.Judgement, ConflictOf(found, stands[found.CustomerClusterId])))], now);
        return (verdict, candidates);
    }

    // What stands in the customer's own cluster is the same company, whatever the names say: somebody has found that out before.
    static List<Found> Judged(AskedClaim asked, List<CustomerCandidate> candidates) =>
        [.. CustomerCandidate.Surest(candidates.Where(candidate => candidate.EndCustomerId != asked.EndCustomerId), candidate => candidate.CustomerClusterId == asked.CustomerClusterId
                ? Joined(candidate.JudgedAgainst(asked.Company))
                : candidate.JudgedAgainst(asked.Company))
            .Select(found => new Found(found.Candidate.EndCustomerId, found.Candidate.CustomerClusterId, found.Candidate is { DirectAccount: true, Mine: false }, found.Judgement))];

    // A company that is known to be of the same group is Related, however alike the names are: it is not the same one.
    static List<Found> WithGroup(List<Found> candidates, List<Standing> standings)
    {
        var kin = standings.Where(standing => standing.Kin is not null).Select(standing => standing.CustomerClusterId).ToHashSet();
        var known = candidates.Select(found => found.CustomerClusterId).ToHashSet();
        return
        [
            .. candidates.Select(found => kin.Contains(found.CustomerClusterId) ? found with { Judgement = OfGroup(found.Judgement) } : found),
            .. standings.Where(standing => standing.Kin is not null && !known.Contains(standing.CustomerClusterId)).OrderBy(standing => standing.Kin)
                .Select(standing => new Found(standing.Kin!.Value, standing.CustomerClusterId, standing.KinIsDirect, OfGroup(new(Band.Related, 0, [])))).Take(CustomerCandidate.MostShown),
        ];
    }

    static Judgement OfGroup(Judgement judged) => new(Band.Related, judged.Score, [.. judged.Evidence, new("company", "same_group", 6)]);

    static Judgement Joined(Judgement judged) =>
        judged.Band == Band.Certain ? judged : new(Band.Certain, judged.Score + 12, [.. judged.Evidence, new("company", "joined", 12)]);

    // Possible is for the reviewer's eyes. Of what remains the surest counts, and of equally sure ones the one that hinders most.
    static Verdict VerdictOf(AskedClaim asked, List<Found> candidates, Dictionary<long, Standing> standings)
    {
        // Where a candidate says the same, its evidence is told and not that somebody joined them.
        var itself = asked.CustomerClusterId is { } cluster
            ? new[] { (Judgement: new Judgement(Band.Certain, SameCompany.CertainFrom, [new("company", "joined", 12)]), Standing: standings[cluster], Conflict: ConflictOf(null, standings[cluster])) }
            : [];
        var worst = candidates.Where(found => found.Judgement.Band > Band.Possible)
            .Select(found => (found.Judgement, Standing: standings[found.CustomerClusterId], Conflict: ConflictOf(found, standings[found.CustomerClusterId])))
            .Concat(itself)
            .Where(hit => hit.Conflict is not "none")
            .OrderByDescending(hit => hit.Judgement.Band).ThenByDescending(hit => Severity(hit.Conflict)).ThenByDescending(hit => hit.Judgement.Score)
            .Select(hit => new Verdict(hit.Conflict, hit.Judgement.Band.Word(), Fields(hit.Judgement),
                hit.Conflict is "live_claim" or "own_colleague" ? hit.Standing.FreeFrom : null,
                hit.Conflict is "own_colleague" ? hit.Standing.OwnDeal : null,
                Blocked: hit.Judgement.Band == Band.Certain && hit.Conflict is not "recently_expired"))
            .FirstOrDefault();
        return worst ?? Verdict.Clear;
    }

    // To the claimant "the company" is its name: that somebody joined two spellings is not its business.
    static IReadOnlyList<string> Fields(Judgement judgement) =>
        [.. judgement.MatchedFields.Select(field => field is "company" ? "name" : field).Distinct()];

    static string ConflictOf(Found? found, Standing standing) =>
        standing.OwnDeal is not null ? "own_colleague"
        : found is { IsDirectOfOthers: true } ? "direct_account"
        : standing.Conflict;

    static int Severity(string conflict) => conflict switch { "own_colleague" => 4, "live_claim" => 3, "direct_account" => 2, "recently_expired" => 1, _ => 0 };

    // Where the matcher is certain the customer joins that company, its own claims with it. Two live claims that would meet keep it apart:
    // the constraint says no, and a person will have to look.
    async Task SettleAsync(Customer customer, List<Found> candidates, DateTime now, CancellationToken ct)
    {
        if (candidates.FirstOrDefault(found => found.Judgement.Band == Band.Certain) is not { } same || same.CustomerClusterId == customer.CustomerClusterId
            || candidates.Exists(found => found.CustomerClusterId == customer.CustomerClusterId))
        {
            return;
        }

        await customers.HoldClustersAsync([customer.CustomerClusterId, same.CustomerClusterId], ct);
        try
        {
            await db.InTransactionAsync(() =>
                customers.MoveAsync(customer.EndCustomerId, customer.CustomerClusterId, same.CustomerClusterId, "matcher " + SameCompany.Version, byPerson: false, now, ct), ct);
        }
        catch (PostgresException refused) when (refused.Violates(DealStore.OneLiveClaim) || refused.Violates(CustomerGroups.NoCircle))
        {
            // They stay apart: what the move had done is undone.
        }
    }

    sealed record Found(long EndCustomerId, long CustomerClusterId, bool IsDirectOfOthers, Judgement Judgement);
}

/// <summary>A claim as far as screening goes: whose company, and for what it is claimed where.</summary>
/// <param name="Company">The company.</param>
/// <param name="PartnerId">Who asks.</param>
/// <param name="LineIds">The product lines.</param>
/// <param name="TerritoryId">The territory.</param>
/// <param name="EndCustomerId">The partner's own customer it is; null for one that is not entered.</param>
/// <param name="CustomerClusterId">That customer's company.</param>
/// <param name="DealId">The deal it is; null before there is one.</param>
public sealed record AskedClaim(CompanyProfile Company, long PartnerId, IReadOnlyList<long> LineIds, long TerritoryId, long? EndCustomerId = null, long? CustomerClusterId = null, long? DealId = null);
