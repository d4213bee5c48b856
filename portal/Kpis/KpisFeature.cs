using Platform.Jobs;
using Platform.Outbox;
using Portal.Demo;
using Portal.Kpis.Boards;
using Portal.Kpis.Boards.Subscriptions;
using Portal.Start;
using Portal.Verify;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>KPIs: what the brand steers by, and where each partner stands.</summary>
static class KpisFeature
{
    /// <summary>Registers facts, acts, stores and the folding of facts.</summary>
    public static IServiceCollection AddKpis(this IServiceCollection services) => services
        .AddScoped<KpiFacts>()
        .AddScoped<KpiLevels>()
        .AddScoped<DerivedFigures>()
        .AddScoped<IVerb, RecomputeVerb>()
        .AddScoped<KpiStore>()
        .AddScoped<ScoreHistory>()
        .AddSingleton<Standings>()
        .AddSingleton<KeptFigures>()
        .AddScoped<KpiDefinitions>()
        .AddScoped<Attainments>()
        .AddScoped<TargetStore>()
        .AddScoped<TargetProposals>()
        .AddScoped<NegotiateTarget>()
        .AddScoped<PartnerNames>()
        .AddScoped<BrandCalendar>()
        .AddScoped<Dashboard>()
        .AddScoped<BoardScopes>()
        .AddScoped<BoardStore>()
        .AddScoped<PromptPanels>()
        .AddScoped<FigureRows>()
        .AddScoped<PanelReader>()
        .AddScoped<BoardReport>()
        .AddScoped<SubscriptionStore>()
        .AddScheduledJob<SendSubscriptions>("0 20 * * * ?")
        .AddScoped<IOutboxReceiver, SubscriptionMail>()
        .AddScoped<IPanel, FunnelPanel>()
        .AddScoped<IPanel, StandingPanel>()
        .AddScoped<IPanel, TerritoryPanel>()
        .AddScoped<IPanel, ForecastPanel>()
        .AddScoped<IPanel, GradePanel>()
        .AddScoped<IPanel, CohortPanel>()
        .AddScoped<IPanel, PeerPanel>()
        .AddScoped<Papers.ScorecardPaper>()
        .AddScoped<TargetGrids>()
        .AddScoped<FillTargets>()
        .AddScoped<TargetFiles>()
        .AddScoped<DefineKpi>()
        .AddScoped<KeepScorecard>()
        .AddScoped<LevelStore>()
        .AddScoped<NextLevel>()
        .AddScoped<TryCard>()
        .AddScoped<KeepLevelRules>()
        .AddScoped<ReviewLevels>()
        .AddScoped<DecideOnLevels>()
        .AddHostedService<ApplyLevels>()
        .AddScoped<SetTargets>()
        .AddScoped<ICheck, KpiCheck>()
        .AddScoped<IDemoPart, KpisDemo>()
        .AddScoped<IFigureSource, KpiFigures>()
        .AddScoped<IWaitingSource, LevelsWaiting>()
        .AddScoped<IWaitingSource, ProposalsWaiting>()
        .AddSingleton<FoldFacts>()
        .AddHostedService(provider => provider.GetRequiredService<FoldFacts>());
}
