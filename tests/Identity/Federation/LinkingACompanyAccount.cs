using System.Net;
using Support;

namespace Identity.Tests.Federation;

public sealed class LinkingACompanyAccount(FederatedIdentity identity) : IClassFixture<FederatedIdentity>
{
    static int partners;

    [Fact]
    public async Task Somebody_who_said_yes_comes_in_through_the_company_as_the_same_account()
    {
        var (partner, account, visitor) = await GivenAsync();

        var page = await LinkAsync(partner, visitor);
        var fresh = identity.Visitor();
        await partner.SignInAsync(fresh);

        Assert.Equal("The company account is linked.", page.Text(".notice"));
        Assert.Equal(account.Subject, TokenAnswer.Claims((await new RelyingParty(identity).TokensAsync(fresh)).IdToken).GetProperty("sub").GetString());
        Assert.Equal(account.Email, await identity.OneAsync<string>("select email from account where subject = @Subject", new { account.Subject }));
        Assert.Contains("account.linked", await identity.AuditAsync(account.Subject));
    }

    [Fact]
    public async Task Nobody_is_linked_without_saying_yes()
    {
        var (partner, _, visitor) = await GivenAsync();

        var question = await QuestionAsync(partner, visitor);

        Assert.Equal("Is this you?", question.Text("h1"));
        Assert.Contains("Somebody", question.Text(".lead"));
        Assert.Empty(await identity.Database.ListAsync<string>("select subject from external_identity where scheme = @Scheme", new { partner.Scheme }));
        Assert.Contains("no account", (await partner.SignInAsync(identity.Visitor())).Words);
    }

    [Fact]
    public async Task An_old_proof_is_not_enough_and_a_forged_form_neither()
    {
        var (partner, _, visitor) = await GivenAsync();
        var form = await visitor.GetAsync("/account/links");
        var forged = await visitor.PostAsync($"/account/links/{partner.Scheme}");
        identity.Clock.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal(HttpStatusCode.BadRequest, forged.Status);
        Assert.StartsWith("/account/confirm", (await visitor.PressAsync(form, $"[action='/account/links/{partner.Scheme}'] button")).Path);
    }

    [Fact]
    public async Task The_question_is_answered_once_in_its_time_and_by_its_own_browser_and_person()
    {
        var (partner, _, visitor) = await GivenAsync();
        var question = await QuestionAsync(partner, visitor);
        var token = question.Value("token")!;
        var (_, _, other) = await GivenAsync();
        var foreign = await other.GetAsync("/account/links/question?token=" + token);
        var late = await QuestionAsync(partner, visitor);
        await visitor.SubmitAsync(question, ("token", token));
        var again = await visitor.SubmitAsync(question, ("token", token));
        identity.Clock.Advance(TimeSpan.FromMinutes(15));

        Assert.Contains("answered before", foreign.Words);
        Assert.Equal(1, await identity.OneAsync<int>("select count(*)::int from external_identity where scheme = @Scheme", new { partner.Scheme }));
        Assert.DoesNotContain("is linked.", again.Words);
        Assert.NotNull(late.Value("token"));
        await visitor.SubmitAsync(late, ("token", late.Value("token")!));
        Assert.Equal(1, await identity.OneAsync<int>("select count(*)::int from external_identity where scheme = @Scheme", new { partner.Scheme }));
    }

    [Fact]
    public async Task A_company_account_of_somebody_else_stays_theirs()
    {
        var (partner, _, first) = await GivenAsync();
        await LinkAsync(partner, first);
        var (_, second) = await MemberAsync(partner);

        var page = await LinkAsync(partner, second);

        Assert.Contains("belongs to another account", page.Text(".notice"));
    }

    [Fact]
    public async Task A_provider_of_another_company_is_not_there()
    {
        var (_, _, visitor) = await GivenAsync();
        var stranger = await identity.PartnerAsync("stranger-" + Interlocked.Increment(ref partners));
        var page = await visitor.GetAsync("/account/links");

        var refused = await visitor.PostAsync("/account/links/" + stranger.Scheme, ("__RequestVerificationToken", page.Value("__RequestVerificationToken")!));

        Assert.DoesNotContain(stranger.Scheme, page.Body);
        Assert.Equal(HttpStatusCode.NotFound, refused.Status);
    }

    [Fact]
    public async Task The_database_refuses_a_link_across_companies()
    {
        var (_, account, _) = await GivenAsync();
        var stranger = await identity.PartnerAsync("across-" + Interlocked.Increment(ref partners));

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => identity.Database.ExecuteAsync("""
            insert into external_identity (tenant_id, scheme, issuer, subject, account_id, shown_name, came_by, created_at)
            select @TenantId, @Scheme, @Issuer, 'x', account_id, '', 'linked', now() from account where subject = @Subject
            """, new { stranger.TenantId, stranger.Scheme, stranger.Issuer, account.Subject }));

        Assert.Equal("an_external_identity_is_of_an_account_of_the_tenant", refused.ConstraintName);
    }

    [Fact]
    public async Task A_link_that_is_taken_away_ends_what_came_in_by_it()
    {
        var (partner, _, visitor) = await GivenAsync();
        await LinkAsync(partner, visitor);
        var through = identity.Visitor();
        await partner.SignInAsync(through);

        var page = await visitor.PressAsync(await visitor.GetAsync("/account/links"), "[action$='/removal'] button");

        Assert.Equal("The link is removed.", page.Text(".notice"));
        Assert.Equal("login_required", (await new RelyingParty(identity).AskAsync(through, ("prompt", "none")))["error"]);
        Assert.Single(await identity.Database.ListAsync<string>("select action from audit_entry where action = 'account.unlinked' and details ->> 'idp' = @Scheme", new { partner.Scheme }));
        Assert.Contains("no account", (await partner.SignInAsync(identity.Visitor())).Words);
    }

    [Fact]
    public async Task Who_comes_through_a_provider_alone_gets_no_password_here_and_proves_themselves_there()
    {
        var partner = await identity.PartnerAsync("alone-" + Interlocked.Increment(ref partners));
        var visitor = identity.Visitor();
        await partner.SignInAsync(visitor);
        var refused = await visitor.SubmitAsync("/account/password", ("Password", "a long enough phrase 77"), ("Repeated", "a long enough phrase 77"));
        identity.Clock.Advance(TimeSpan.FromMinutes(6));

        var confirm = await visitor.GetOnlyAsync("/account/confirm?then=/account/password");

        Assert.Contains("no password of its own", refused.Words);
        Assert.StartsWith($"/federation/{partner.Scheme}/start?then=", confirm.Headers.Headers.Location!.ToString());
    }

    async Task<Page> LinkAsync(Partner partner, Visitor visitor)
    {
        var question = await QuestionAsync(partner, visitor);
        return await visitor.SubmitAsync(question, ("token", question.Value("token")!));
    }

    static async Task<Page> QuestionAsync(Partner partner, Visitor visitor)
    {
        var page = await visitor.PressAsync(await visitor.GetAsync("/account/links"), $"[action='/account/links/{partner.Scheme}'] button");
        var address = new Uri(page.Document.QuerySelector("main a")!.GetAttribute("href")!);
        var request = new ProviderRequest(address, Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(address.Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString()));
        Assert.Equal(("login", "0"), (request["prompt"], request["max_age"]));
        partner.Provider.Nonce = request["nonce"];
        partner.Provider.Change = token => token.Claims["auth_time"] = EpochSeconds(partner);
        return await visitor.GetAsync(partner.Answer(request));
    }

    static long EpochSeconds(Partner partner) => partner.Identity.Clock.Now.ToUnixTimeSeconds();

    async Task<(Partner Partner, TestAccount Account, Visitor Visitor)> GivenAsync()
    {
        var partner = await identity.PartnerAsync("linking-" + Interlocked.Increment(ref partners), provisions: false);
        var (account, visitor) = await MemberAsync(partner);
        return (partner, account, visitor);
    }

    async Task<(TestAccount Account, Visitor Visitor)> MemberAsync(Partner partner)
    {
        var account = await identity.AnAccountAsync();
        await identity.Database.ExecuteAsync("update account set tenant_id = @TenantId where subject = @Subject", new { partner.TenantId, account.Subject });
        return (account, await identity.SignedInAsync(account));
    }
}
