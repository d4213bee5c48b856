using System.Net;
using Support;

namespace Identity.Tests.Consents;

public sealed class TakingAccessBack(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    readonly RelyingParty reports = new(identity, "reports");

    public Task InitializeAsync() => identity.AClientAsync("reports", client =>
    {
        client.ClientName = "Sales reports";
        client.RequireConsent = true;
        client.AllowedScopes = ["openid", "email"];
    });

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Ending_the_access_of_an_application_ends_its_tokens_and_it_is_asked_about_anew()
    {
        var account = await identity.AnAccountAsync();
        var visitor = await identity.SignedInAsync(account);
        var tokens = await LetInAsync(visitor);
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", tokens.AccessToken);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/connect/userinfo")).StatusCode);

        var page = await visitor.GetAsync("/applications");
        Assert.Equal("Sales reports", page.Text("section h2"));
        Assert.Equal(["Recognise you when you come back", "See your e-mail address"], page.All(".scopes li").Order(StringComparer.Ordinal));
        var after = await visitor.SubmitAsync(page, ("clientId", "reports"));

        Assert.Equal("/applications", after.Path);
        Assert.Contains("You have let no application of another company in.", after.Words);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/connect/userinfo")).StatusCode);
        Assert.Equal("consent_required", (await reports.AskAsync(visitor, ("prompt", "none")))["error"]);
        Assert.Equal(["consent.given", "consent.withdrawn"], await identity.AuditAsync(account.Subject));
    }

    [Fact]
    public async Task A_code_that_is_not_redeemed_yet_ends_too()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        await LetInAsync(visitor);
        var code = await reports.CodeAsync(visitor, ("scope", "openid email"));

        await visitor.SubmitAsync("/applications", ("clientId", "reports"));

        Assert.Equal("invalid_grant", (await reports.RedeemAsync(code)).Error);
    }

    [Fact]
    public async Task What_others_allowed_stays()
    {
        var (one, other) = (await identity.SignedInAsync(await identity.AnAccountAsync()), await identity.SignedInAsync(await identity.AnAccountAsync()));
        await LetInAsync(one);
        await LetInAsync(other);

        await one.SubmitAsync("/applications", ("clientId", "reports"));

        Assert.NotNull((await reports.AskAsync(other, ("prompt", "none"), ("scope", "openid email")))["code"]);
    }

    [Fact]
    public async Task The_installations_own_applications_are_not_listed_and_strangers_see_nothing()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        await new RelyingParty(identity).TokensAsync(visitor);

        Assert.Contains("You have let no application of another company in.", (await visitor.GetAsync("/applications")).Words);
        Assert.Equal("/sign-in?then=%2Fapplications", (await identity.Visitor().GetAsync("/applications")).Path);
    }

    [Fact]
    public async Task It_cannot_be_forged()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        await LetInAsync(visitor);

        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.PostAsync("/applications/withdrawal", ("clientId", "reports"))).Status);
        Assert.NotNull((await reports.AskAsync(visitor, ("prompt", "none"), ("scope", "openid email")))["code"]);
    }

    async Task<TokenAnswer> LetInAsync(Visitor visitor)
    {
        var page = await visitor.GetAsync(reports.Request(("scope", "openid email")));
        return await reports.RedeemAsync(new AuthorizationAnswer(await visitor.PressAsync(page, "button[value=yes]", ("Remember", "true"))).Code);
    }
}
