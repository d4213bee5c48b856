using Portal.Demo;
using Portal.Web;

namespace Portal.Partners;

/// <summary>Partners, their tree, their people.</summary>
static class PartnersFeature
{
    /// <summary>Registers stores, acts, the verb and the demo.</summary>
    public static IServiceCollection AddPartners(this IServiceCollection services) => services
        .AddScoped<IPeopleDirectory, PeopleDirectory>()
        .AddScoped<PartnerStore>()
        .AddScoped<PersonStore>()
        .AddScoped<BrandPartner>()
        .AddScoped<AddPartner>()
        .AddScoped<EditPartner>()
        .AddScoped<MovePartner>()
        .AddScoped<SuspendPartner>()
        .AddScoped<ReactivatePartner>()
        .AddScoped<NameChannelManagers>()
        .AddScoped<AddPartners>()
        .AddScoped<LinkPerson>()
        .AddScoped<ChangeRoles>()
        .AddScoped<DisablePerson>()
        .AddScoped<IVerb, AddPersonVerb>()
        .AddScoped<IDemoPart, PartnersDemo>();
}
