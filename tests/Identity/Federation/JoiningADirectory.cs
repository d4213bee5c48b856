using System.Net;
using Identity.Scim;
using Microsoft.Extensions.DependencyInjection;
using Support;
using Directory = Identity.Tests.Scim.Directory;

namespace Identity.Tests.Federation;

/// <summary>A company has a directory that adds people and a provider where they sign in; an administrator said that the claim <c>oid</c> is the directory's externalId.</summary>
public sealed class JoiningADirectory(FederatedIdentity identity) : IClassFixture<FederatedIdentity>, IAsyncLifetime
{
    public Task InitializeAsync() => identity.Database.ExecuteAsync("truncate throttle");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Who_was_added_by_the_directory_comes_in_as_that_account_and_is_shut_out_with_it()
    {
        var (partner, directory) = await CompanyAsync("joined");
        var id = await directory.AddAsync("ann@joined.test", person => person["externalId"] = "o-1");
        var (visitor, application) = (identity.Visitor(), new RelyingParty(identity));

        await partner.SignInAsync(visitor);

        var claims = TokenAnswer.Claims((await application.TokensAsync(visitor)).IdToken);
        Assert.Equal([id], await SubjectsAsync(partner));
        Assert.Equal((id, "joined"), (claims.GetProperty("sub").GetString(), claims.GetProperty("idp").GetString()));
        Assert.Equal(["Ann Example"], await identity.Database.ListAsync<string>("select name from account where subject = @id", new { id }));
        Assert.Contains("account.joined", await identity.AuditAsync(id));

        await directory.SendAsync(HttpMethod.Patch, "Users/" + id, Directory.Patch(Directory.Operation("replace", "active", false)));
        Assert.Equal("login_required", (await application.AskAsync(visitor, ("prompt", "none")))["error"]);
        await partner.SignInAsync(identity.Visitor());
        Assert.Equal(["refused"], await identity.RefusalsAsync("joined"));
    }

    [Fact]
    public async Task The_second_time_they_are_found_by_issuer_and_subject_whatever_the_claim_says()
    {
        var (partner, directory) = await CompanyAsync("found");
        var (ann, ben) = (await directory.AddAsync("ann@found.test", person => person["externalId"] = "o-1"), await directory.AddAsync("ben@found.test", person => person["externalId"] = "o-2"));
        await partner.SignInAsync(identity.Visitor());

        partner.Provider.Change = token => token.Claims["oid"] = "o-2";
        await partner.SignInAsync(identity.Visitor());

        Assert.Equal([ann], await SubjectsAsync(partner));
        Assert.Empty(await identity.RefusalsAsync("found"));
        Assert.NotEqual(ann, ben);
    }

    [Fact]
    public async Task Nobody_else_at_the_provider_becomes_the_same_person()
    {
        var (partner, directory) = await CompanyAsync("taken");
        var id = await directory.AddAsync("ann@taken.test", person => person["externalId"] = "o-1");
        await partner.SignInAsync(identity.Visitor());

        partner.Provider.Subject = "somebody else";
        var page = await partner.SignInAsync(identity.Visitor());

        Assert.Contains("no account", page.Words, StringComparison.Ordinal);
        Assert.Equal([id], await SubjectsAsync(partner));
    }

    [Theory]
    [InlineData("userinfo")]
    [InlineData("two values")]
    [InlineData("empty")]
    [InlineData("another")]
    public async Task Only_one_value_of_a_signed_token_that_the_directory_knows_counts(string fault)
    {
        var key = "signed-" + fault.Replace(' ', '-');
        var (partner, directory) = await CompanyAsync(key);
        await directory.AddAsync($"ann@{key}.test", person => person["externalId"] = "o-1");
        partner.Provider.Change = token => _ = fault switch
        {
            "two values" => token.Claims["oid"] = new[] { "o-1", "o-2" },
            "empty" => token.Claims["oid"] = "",
            "another" => token.Claims["oid"] = "O-1",
            _ => "",
        };
        partner.Provider.UserInfo["oid"] = "o-1";

        await partner.SignInAsync(identity.Visitor());

        Assert.Equal(["no_account"], await identity.RefusalsAsync(key));
        Assert.Empty(await SubjectsAsync(partner));
    }

    [Fact]
    public async Task Another_companys_directory_is_out_of_reach()
    {
        var (victim, victims) = await CompanyAsync("victim");
        var (thief, _) = await CompanyAsync("thief");
        await victims.AddAsync("ann@victim.test", person => person["externalId"] = "o-1");

        await thief.SignInAsync(identity.Visitor());

        Assert.Equal(["no_account"], await identity.RefusalsAsync("thief"));
        Assert.Empty(await SubjectsAsync(victim));
        Assert.Empty(await SubjectsAsync(thief));
    }

    [Fact]
    public async Task Who_looks_after_the_company_is_not_taken_over_by_its_directory()
    {
        var (partner, directory) = await CompanyAsync("chief");
        var id = await directory.AddAsync("ann@chief.test", person => person["externalId"] = "o-1");
        await identity.Database.ExecuteAsync("update account set administers = 'tenant' where subject = @id", new { id });

        await partner.SignInAsync(identity.Visitor());

        Assert.Equal(["no_account"], await identity.RefusalsAsync("chief"));
        Assert.Empty(await SubjectsAsync(partner));
    }

    [Fact]
    public async Task Whom_the_directory_does_not_know_gets_an_account_only_where_the_provider_gives_them_out()
    {
        var (partner, _) = await CompanyAsync("open", provisions: true);

        await partner.SignInAsync(identity.Visitor());

        Assert.Single(await SubjectsAsync(partner));
        Assert.Equal(["provisioned"], await identity.Database.ListAsync<string>("select came_by from external_identity where scheme = 'open'"));
    }

    [Fact]
    public async Task An_administrator_names_the_claim_on_the_providers_page()
    {
        var partner = await identity.PartnerAsync("naming");
        var administrator = await identity.AdministratorAsync("naming");

        var page = await administrator.SubmitAsync("/admin/providers/naming/edit", ("DirectoryClaim", " oid "), ("ClientSecret", ""));

        Assert.Contains("<code>oid</code>", page.Body, StringComparison.Ordinal);
        Assert.Equal(["oid"], await identity.Database.ListAsync<string>("select directory_claim from identity_provider where scheme = 'naming'"));
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("naming", partner.Key);
    }

    async Task<(Partner Partner, Directory Directory)> CompanyAsync(string key, bool provisions = false)
    {
        var partner = await identity.PartnerAsync(key, provisions);
        await identity.Database.ExecuteAsync("update identity_provider set directory_claim = 'oid' where scheme = @key", new { key });
        partner.Provider.Change = token => token.Claims["oid"] = "o-1";
        string? token = null;
        await identity.AsTheProductAsync(async services => token = await services.GetRequiredService<ChangeScimTokens>().AddAsync(partner.TenantId, "directory", CancellationToken.None));
        return (partner, new(identity, token!));
    }

    Task<List<string>> SubjectsAsync(Partner partner) => identity.Database.ListAsync<string>(
        "select a.subject from external_identity e join account a using (account_id) where e.scheme = @Scheme order by a.subject", partner);
}
