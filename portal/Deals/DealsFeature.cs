using Platform.Jobs;
using Portal.Customers;
using Portal.Demo;
using Portal.Search;
using Portal.Start;
using Portal.Web;

namespace Portal.Deals;

/// <summary>Deal registration: claims, their screening, review and protection.</summary>
static class DealsFeature
{
    /// <summary>Registers acts, stores and jobs.</summary>
    public static IServiceCollection AddDeals(this IServiceCollection services) => services
        .AddScoped<DealStore>()
        .AddScoped<DealLists>()
        .AddScoped<DealPages>()
        .AddScoped<DealNews>()
        .AddScoped<ActOnDeal>()
        .AddScoped<ScreenClaim>()
        .AddScoped<CheckClaim>()
        .AddScoped<RegisterDeal>()
        .AddScoped<ManyStore>()
        .AddScoped<RegisterMany>()
        .AddScoped<ReviewDeal>()
        .AddScoped<ReviewLists>()
        .AddScoped<PartnerRecords>()
        .AddScoped<FamilyClaims>()
        .AddScoped<ReviewBatchStore>()
        .AddScoped<ReviewInBulk>()
        .AddScoped<PursueDeal>()
        .AddScoped<ExtendProtection>()
        .AddScoped<CommentOnDeal>()
        .AddScoped<ActivityStore>()
        .AddScoped<RecordActivity>()
        .AddScoped<ContestedClaims>()
        .AddScoped<AwardClaim>()
        .AddScoped<ApprovalStore>()
        .AddScoped<DeputyStore>()
        .AddScoped<ApprovalPolicyStore>()
        .AddScoped<KeepApprovalPolicies>()
        .AddScoped<NameDeputies>()
        .AddScoped<PassStep>()
        .AddScoped<ApproveByPolicy>()
        .AddScheduledJob<WatchApprovals>("0 1/5 * * * ?")
        .AddScoped<IDealPart, ApprovalPart>()
        .AddScoped<IWaitingSource, ApprovalsWaiting>()
        .AddScoped<PolicyStore>()
        .AddScoped<KeepPolicies>()
        .AddScoped<ReplayPolicy>()
        .AddScheduledJob<ReplayPolicy>("0/20 * * * * ?")
        .AddScoped<ProtectionStore>()
        .AddScoped<ExpireProtections>()
        .AddScoped<SettleClaims>()
        .AddScoped<IVerb, ClaimsVerb>()
        .AddScoped<CapacityStore>()
        .AddScoped<RoomForClaims>()
        .AddScoped<AllowMoreClaims>()
        .AddScoped<AmendmentStore>()
        .AddScoped<AmendDeal>()
        .AddScoped<ReviewOutcome>()
        .AddScoped<IDealPart, ProtectionPart>()
        .AddScoped<SpecialPriceStore>()
        .AddScoped<AskForSpecialPrices>()
        .AddScoped<IDealPart, SpecialPricesPart>()
        .AddScoped<IWaitingSource, SpecialPricesWaiting>()
        .AddScheduledJob<ExpireProtections>("0 0/5 * * * ?")
        .AddScoped<IDemoPart, PoliciesDemo>()
        .AddScoped<IDemoPart, DealsDemo>()
        .AddScoped<IDemoPart, SpecialPricesDemo>()
        .AddScoped<ILargeDemoPart, ManyDeals>()
        .AddScoped<ICustomerPart, DealsOfCustomer>()
        .AddScoped<IWaitingSource, DealsWaiting>()
        .AddScoped<ISearchSource, DealSearch>();
}
