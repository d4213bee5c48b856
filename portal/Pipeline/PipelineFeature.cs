using Portal.Deals;
using Portal.Demo;
using Portal.Start;

namespace Portal.Pipeline;

/// <summary>The pipeline: stages of open deals, next steps, forecast, and why deals end.</summary>
static class PipelineFeature
{
    /// <summary>Registers acts, stores and what joins the shell.</summary>
    public static IServiceCollection AddPipeline(this IServiceCollection services) => services
        .AddScoped<PipelineStore>()
        .AddScoped<MoveStage>()
        .AddScoped<CloseDeal>()
        .AddScoped<KeepStages>()
        .AddScoped<IDealPart, StageOfDeal>()
        .AddScoped<IWaitingSource, PipelineWaiting>()
        .AddScoped<IDemoPart, PipelineDemo>();
}
