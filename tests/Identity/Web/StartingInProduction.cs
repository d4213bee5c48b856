using Identity.Demo;
using Identity.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Platform;
using Platform.Demo;
using Platform.OpenIdConnect;
using Support;

namespace Identity.Tests.Web;

public sealed class StartingInProduction(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Theory]
    [InlineData("Identity:Url", "http://identity.example.com", "Production needs https: Identity__Url is 'http://identity.example.com'.")]
    [InlineData("Portal:Url", "http://portal.example.com", "Production needs https: Portal__Url is 'http://portal.example.com'.")]
    [InlineData("Identity:Url", "identity.example.com", "Identity__Url must be an address such as https://identity.example.com, without query and fragment; it is 'identity.example.com'.")]
    [InlineData("Identity:Url", "https://identity.example.com/?a=b", "Identity__Url must be an address such as https://identity.example.com, without query and fragment; it is 'https://identity.example.com/?a=b'.")]
    [InlineData("Identity:Url", "https://example.com/identity", "Identity__Url must name a host of its own, without a path; it is 'https://example.com/identity'.")]
    public void An_address_must_be_https(string setting, string address, string sentence)
    {
        var settings = Settings(("Identity:Url", "https://identity.example.com"), ("Portal:Url", "https://portal.example.com"), (setting, address));

        Assert.Equal(sentence, Assert.Throws<CannotStartException>(() => IdentitySettings.From(settings, "/tmp", isProduction: true)).Message);
    }

    [Fact]
    public void A_slash_at_the_end_of_the_address_is_not_part_of_the_issuer() =>
        Assert.Equal("https://identity.example.com", IdentitySettings.From(Settings(("Identity:Url", "https://identity.example.com/")), "/tmp", isProduction: false).Issuer);

    [Fact]
    public void The_portals_secret_must_be_set() =>
        Assert.StartsWith("Production needs Portal__ClientSecret", Assert.Throws<CannotStartException>(() => PortalClient.Secret(Settings(), "/tmp", isProduction: true)).Message);

    [Fact]
    public async Task A_short_or_known_secret_stops_the_start()
    {
        Assert.StartsWith("Portal__ClientSecret must be a random text", (await CheckAsync("too short"))!.Message);
        Assert.StartsWith("Portal__ClientSecret must be a random text", (await CheckAsync(DemoAccounts.ApiClientSecret))!.Message);
        Assert.Null(await CheckAsync("a secret that is long enough for this check"));
    }

    [Fact]
    public async Task A_demo_account_or_demo_secret_stops_the_start()
    {
        await using var own = new OwnIdentity();
        await own.InitializeAsync();
        await own.AnAccountAsync("SALES@huaxin.example");
        Assert.StartsWith("Production does not start with demo accounts, and SALES@huaxin.example is one.", (await CheckAsync(own))!.Message);

        await own.Database.ExecuteAsync("delete from account");
        await own.AClientAsync("renamed", _ => { }, DemoAccounts.ApiClientSecret);
        Assert.StartsWith("Production does not start with demo secrets, and the client renamed has one.", (await CheckAsync(own))!.Message);
    }

    [Fact]
    public async Task The_demonstration_is_not_made()
    {
        CannotStartException? refused = null;
        await identity.AsTheProductAsync(async services =>
        {
            var seed = ActivatorUtilities.CreateInstance<SeedDemo>(services, services.GetRequiredService<IdentitySettings>() with { IsProduction = true });
            refused = await Assert.ThrowsAsync<CannotStartException>(() => seed.RunAsync(TextWriter.Null, CancellationToken.None));
        });

        Assert.StartsWith("The demonstration has passwords that everybody knows", refused!.Message);
    }

    Task<CannotStartException?> CheckAsync(string secret) => CheckAsync(identity, secret);

    static async Task<CannotStartException?> CheckAsync(IdentityApp identity, string secret = "a secret that is long enough for this check")
    {
        CannotStartException? refused = null;
        await identity.AsTheProductAsync(async services =>
        {
            var check = ActivatorUtilities.CreateInstance<NoDemoInProduction>(services, services.GetRequiredService<IdentitySettings>() with { IsProduction = true }, Settings(("Portal:ClientSecret", secret)));
            refused = await Record.ExceptionAsync(() => check.CheckAsync(CancellationToken.None)) as CannotStartException;
        });
        return refused;
    }

    static IConfiguration Settings(params IEnumerable<(string Name, string Value)> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.GroupBy(setting => setting.Name).Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Last().Value))).Build();

    sealed class OwnIdentity : IdentityApp, IAsyncDisposable
    {
        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
    }
}
