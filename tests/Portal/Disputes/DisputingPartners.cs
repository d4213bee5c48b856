using Portal.Customers;
using Portal.Deals;
using Portal.Disputes;
using Portal.Tests.Deals;
using Support;

namespace Portal.Tests.Disputes;

/// <summary>What the tests of disputes and of merging companies begin with, on top of <see cref="ClaimingPartners"/>.</summary>
static class DisputingPartners
{
    public static Task<ClusterOutcome> MergeAsync(this ClaimingPartners portal, string keptDeal, string otherDeal, string? reason = "Same register entry") =>
        portal.AsAsync<MergeClusters, ClusterOutcome>(portal.DealDesk, async merge =>
            await merge.RunAsync(await portal.CustomerOfAsync(keptDeal), await portal.CustomerOfAsync(otherDeal), reason, CancellationToken.None));

    public static async Task<string> MergedAsync(this ClaimingPartners portal, string keptDeal, string otherDeal) =>
        Assert.IsType<ClusterOutcome.Done>(await portal.MergeAsync(keptDeal, otherDeal)).Number;

    public static Task<ClusterOutcome> UndoAsync(this ClaimingPartners portal, string act, string? reason = "Two registers") =>
        portal.AsAsync<UndoClusterAct, ClusterOutcome>(portal.DealDesk, undo => undo.RunAsync(act, reason, CancellationToken.None));

    public static async Task<string> CustomerOfAsync(this ClaimingPartners portal, string deal) => (await portal.FindAsync(portal.DealDesk, deal))!.CustomerNumber;

    public static async Task<string> BlockedAsync(this ClaimingPartners portal, TestPerson person, DealTyped deal) => Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(person, deal)).Number;

    public static Task<DisputeOutcome> FileAsync(this ClaimingPartners portal, TestPerson person, string deal, string? grounds = "We have met them since March") =>
        portal.AsAsync<FileDispute, DisputeOutcome>(person, file => file.RunAsync(deal, grounds, CancellationToken.None));

    public static async Task<string> FiledAsync(this ClaimingPartners portal, TestPerson person, string deal) => Assert.IsType<DisputeOutcome.Done>(await portal.FileAsync(person, deal)).Number;

    public static Task<DisputeOutcome> DecideAsync(this ClaimingPartners portal, string dispute, bool overturn, string? reason = "The minutes show it", int? version = null) =>
        portal.AsAsync<DecideDispute, DisputeOutcome>(portal.DealDesk, decide =>
            overturn ? decide.OverturnAsync(dispute, version, reason, CancellationToken.None) : decide.UpholdAsync(dispute, version, reason, CancellationToken.None));

    public static Task<Dispute?> DisputeAsync(this ClaimingPartners portal, TestPerson person, string number) =>
        portal.AsAsync<DisputeStore, Dispute?>(person, disputes => disputes.FindAsync(number, portal.Clock.Now.UtcDateTime, CancellationToken.None));

    /// <summary>The disputes about a deal that this person may see.</summary>
    public static async Task<List<Dispute>> DisputesAsync(this ClaimingPartners portal, TestPerson person, string deal) =>
        await portal.AsAsync<DisputeStore, List<Dispute>>(person, async disputes =>
            await disputes.OfDealAsync((await portal.FindAsync(portal.DealDesk, deal))!.DealId, portal.Clock.Now.UtcDateTime, CancellationToken.None));

    /// <summary>How many live claims stand on each product line of the company that a deal's customer is: the invariant, counted.</summary>
    public static Task<List<(string Deal, bool Contested)>> LiveClaimsAsync(this ClaimingPartners portal, string deal) => portal.Database.ListAsync<(string, bool)>("""
        select d.number, k.contested_by is not null
        from portal.deal_claim k join portal.deal d using (deal_id)
        where k.customer_cluster_id = (select c.customer_cluster_id from portal.deal x join portal.end_customer c using (end_customer_id) where x.number = @deal) and upper(k.protection) > @now
        order by k.deal_claim_id
        """, new { deal, now = portal.Clock.Now.UtcDateTime });
}
