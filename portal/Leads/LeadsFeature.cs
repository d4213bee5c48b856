using Platform.Jobs;
using Portal.Deals;
using Portal.Demo;
using Portal.Search;
using Portal.Start;

namespace Portal.Leads;

/// <summary>Leads that the brand hands out, and that become registrations.</summary>
static class LeadsFeature
{
    /// <summary>Registers acts, stores, jobs and what joins the shell.</summary>
    public static IServiceCollection AddLeads(this IServiceCollection services) => services
        .AddScoped<LeadStore>()
        .AddScoped<LeadNews>()
        .AddScoped<LeadScreeningStore>()
        .AddScoped<ScreenLeads>()
        .AddScoped<EnterLeads>()
        .AddScheduledJob<ScreenPool>("0 7/15 * * * ?")
        .AddScoped<HandOutLeads>()
        .AddScoped<AnswerLead>()
        .AddScheduledJob<ReturnLeads>("0 2/5 * * * ?")
        .AddScoped<IDealPart, LeadOfDeal>()
        .AddScoped<IWaitingSource, LeadsWaiting>()
        .AddScoped<ISearchSource, LeadSearch>()
        .AddScoped<IDemoPart, LeadsDemo>();
}
