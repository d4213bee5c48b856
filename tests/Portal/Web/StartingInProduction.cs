using Microsoft.Extensions.Configuration;
using Portal.Web;
using Shouldly;

namespace Portal.Tests.Web;

public sealed class StartingInProduction
{
    [Theory]
    [InlineData("Portal:Url", "http://portal.example.com", "Portal__Url must be the https address by which browsers reach the portal.")]
    [InlineData("Portal:Url", "", "Portal__Url must be the https address by which browsers reach the portal.")]
    [InlineData("Identity:Url", "http://localhost:5081", "Identity__Url must be the https address of the identity provider.")]
    [InlineData("Portal:ClientSecret", "", "Portal__ClientSecret must be a random text of at least 32 characters, the same for portal and identity.")]
    [InlineData("Portal:ClientSecret", "short", "Portal__ClientSecret must be a random text of at least 32 characters, the same for portal and identity.")]
    [InlineData("Portal:ClientSecret", "change-me-change-me-change-me-change-me", "Portal__ClientSecret is a placeholder; set a random text.")]
    [InlineData("Brand:Name", "Northlight", null)]
    public void A_setting_of_the_demonstration_is_named(string setting, string value, string? fault)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Portal:Url"] = "https://portal.example.com",
            ["Identity:Url"] = "https://identity.example.com",
            ["Portal:ClientSecret"] = "q8Zk2Vn5Xs1Lr7Wd4Tf9Yb3Hc6Jm0PgA",
            [setting] = value,
        }).Build();

        ProductionChecks.FindFault(configuration).ShouldBe(fault);
    }
}
