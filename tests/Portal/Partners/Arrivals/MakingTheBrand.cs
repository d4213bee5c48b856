using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Platform.Web;
using Portal.Partners;
using Portal.Web.Arrivals;
using Shouldly;
using Support;

namespace Portal.Tests.Partners.Arrivals;

/// <summary>A fresh installation: the portal makes the brand's row and identity the operator's tenant, both of the brand's name.</summary>
public sealed class MakingTheBrand(MakingTheBrand.Northlight portal) : IClassFixture<MakingTheBrand.Northlight>
{
    [Fact]
    public async Task The_operators_people_are_the_brands_without_anybody_telling_the_portal()
    {
        await portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<BrandPartner>().EnsureAsync(CancellationToken.None));

        var arrival = await portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<IArrivals>()
            .SignInAsync(new(TestIdentityProvider.Issuer, "first", BrandName.KeyOf("北光 Northlight"), ["channel_manager"], "First", null, null), CancellationToken.None));

        arrival.ShouldBe(new Arrival.Known());
        (await portal.RowsOf("first")).ShouldBe(["person NORTHLIGHT channel_manager provider"]);
    }

    public sealed class Northlight : PortalApp
    {
        protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["Brand:Name"] = "北光 Northlight" };
    }
}
