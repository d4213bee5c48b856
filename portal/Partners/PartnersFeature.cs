using Portal.Demo;
using Portal.Partners.Arrivals;
using Portal.Search;
using Portal.Web;
using Portal.Web.Arrivals;
using Portal.Web.Layout;

namespace Portal.Partners;

/// <summary>Partners, their tree, their people.</summary>
static class PartnersFeature
{
    /// <summary>Registers stores, acts, the verb and the demo.</summary>
    public static IServiceCollection AddPartners(this IServiceCollection services) => services
        .AddScoped<IPeopleDirectory, PeopleDirectory>()
        .AddScoped<PartnerStore>()
        .AddScoped<PartnerList>()
        .AddScoped<PersonStore>()
        .AddScoped<BrandPartner>()
        .AddScoped<AddPartner>()
        .AddScoped<EditPartner>()
        .AddScoped<ChangeLevels>()
        .AddScoped<MovePartner>()
        .AddScoped<SuspendPartner>()
        .AddScoped<ReactivatePartner>()
        .AddScoped<NameChannelManagers>()
        .AddScoped<AddPartners>()
        .AddScoped<LinkPerson>()
        .AddScoped<LinkProgram>()
        .AddSingleton<LinkCodes>()
        .AddScoped<ArrivalStore>()
        .AddScoped<FollowProvider>()
        .AddScoped<IArrivals, ReceiveArrivals>()
        .AddScoped<ChangeRoles>()
        .AddScoped<DisablePerson>()
        .AddScoped<KeepProfile>()
        .AddScoped<IPreferenceKeeper>(services => services.GetRequiredService<KeepProfile>())
        .AddScoped<ISearchSource, PartnerSearch>()
        .AddScoped<IVerb, AddPersonVerb>()
        .AddScoped<IDemoPart, PartnersDemo>()
        .AddScoped<ILargeDemoPart, ManyPartners>();
}
