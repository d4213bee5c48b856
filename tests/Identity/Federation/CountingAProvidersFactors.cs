using Identity.Tests.SecondFactors;
using Support;

namespace Identity.Tests.Federation;

/// <summary>A company wants two factors, and its people come through its provider.</summary>
public sealed class CountingAProvidersFactors(FederatedIdentity identity) : IClassFixture<FederatedIdentity>, IAsyncLifetime
{
    const string Mfa = "urn:partnerportal:acr:mfa";

    readonly RelyingParty portal = new(identity);

    public Task InitializeAsync() => identity.Database.ExecuteAsync("truncate throttle");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Who_showed_one_factor_there_shows_another_here_at_every_sign_in()
    {
        var partner = await StrictAsync("onefactor");
        var visitor = identity.Visitor();
        await partner.SignInAsync(visitor);

        var setup = await visitor.GetAsync(await portal.RequestAsync());
        Assert.Equal(("Set up an authenticator app", false), (setup.Text("h1"), setup.Has("#passkey-instead")));
        var app = new AuthenticatorApp(setup.Text("#key"), identity.Clock);
        await visitor.SubmitAsync(setup, ("Code", app.Code()));
        Assert.Equal(Mfa, TokenAnswer.Claims((await portal.TokensAsync(visitor)).IdToken).GetProperty("acr").GetString());

        identity.Clock.Advance(TimeSpan.FromMinutes(1));
        var again = identity.Visitor();
        await partner.SignInAsync(again);
        var answer = new AuthorizationAnswer(await again.SubmitAsync(await portal.RequestAsync(), ("Code", app.Code())));
        Assert.NotNull(answer["code"]);
    }

    [Theory]
    [InlineData("amr", "mfa")]
    [InlineData("acr", "http://schemas.openid.net/pape/policies/2007/06/multi-factor")]
    [InlineData("acr", "phr")]
    public async Task Who_showed_two_there_as_the_signed_token_says_comes_in(string claim, string value)
    {
        var partner = await StrictAsync("said-" + Guid.NewGuid().ToString("N")[..8]);
        partner.Provider.Change = token => token.Claims[claim] = claim is "amr" ? new[] { "pwd", value } : value;
        var visitor = identity.Visitor();
        await partner.SignInAsync(visitor);

        var claims = TokenAnswer.Claims((await portal.TokensAsync(visitor)).IdToken);

        Assert.Equal(Mfa, claims.GetProperty("acr").GetString());
        Assert.Equal(["external", "mfa"], claims.GetProperty("amr").EnumerateArray().Select(way => way.GetString()));
    }

    [Theory]
    [InlineData("amr", "otp")]
    [InlineData("acr", "mfa")]
    [InlineData("acr", "1")]
    public async Task Other_words_say_nothing(string claim, string value)
    {
        var partner = await StrictAsync("other-" + Guid.NewGuid().ToString("N")[..8]);
        partner.Provider.Change = token => token.Claims[claim] = value;

        Assert.Equal("login_required", await SilentlyAsync(partner));
    }

    [Fact]
    public async Task What_only_userinfo_says_of_factors_does_not_count()
    {
        var partner = await StrictAsync("unsigned");
        partner.Provider.UserInfo["amr"] = new[] { "mfa" };

        Assert.Equal("login_required", await SilentlyAsync(partner));
    }

    [Fact]
    public async Task A_companys_administrator_says_that_its_sign_ins_count_and_taking_that_back_ends_them()
    {
        var partner = await StrictAsync("marked");
        var administrator = await identity.AdministratorAsync("marked");

        var page = await administrator.SubmitAsync("/admin/providers/marked/edit", ("CountsAsTwoFactors", "true"), ("ClientSecret", ""));
        Assert.Contains("Every sign-in there counts as one with two factors.", page.Words, StringComparison.Ordinal);
        var visitor = identity.Visitor();
        await partner.SignInAsync(visitor);
        Assert.Equal(Mfa, TokenAnswer.Claims((await portal.TokensAsync(visitor)).IdToken).GetProperty("acr").GetString());

        await administrator.SubmitAsync("/admin/providers/marked/edit", ("CountsAsTwoFactors", null), ("ClientSecret", ""));
        Assert.Equal([0L], await identity.Database.ListAsync<long>("select count(*) from sign_in_session s join identity_provider p using (identity_provider_id) where p.scheme = 'marked'"));
        Assert.Equal("login_required", await SilentlyAsync(partner));
        Assert.Equal(["true", "false"], await identity.Database.ListAsync<string>("select details ->> 'countsAsTwoFactors' from audit_entry where subject_number = 'marked' and action = 'provider.changed' order by audit_entry_id"));
    }

    async Task<Partner> StrictAsync(string key)
    {
        var partner = await identity.PartnerAsync(key);
        await identity.Database.ExecuteAsync("update tenant set second_factor = 'everybody' where key = @key", new { key });
        return partner;
    }

    async Task<string?> SilentlyAsync(Partner partner)
    {
        var visitor = identity.Visitor();
        await partner.SignInAsync(visitor);
        return (await portal.AskAsync(visitor, ("prompt", "none")))["error"];
    }
}
