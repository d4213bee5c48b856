using System.Net;
using Identity.Clients;
using Microsoft.Extensions.DependencyInjection;
using Support;

namespace Identity.Tests.Administration;

public sealed class LookingAfterApis(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task An_api_is_registered_clients_get_tokens_for_it_and_it_asks_about_them_with_its_secret()
    {
        var chief = await identity.AdministratorOfEverythingAsync();

        var page = await chief.SubmitAsync("/admin/apis/new", ("Name", "reports.api"), ("DisplayName", "Reports"), ("Scopes", "reports.read = See the reports | 查看报表\nreports.write"));
        Assert.Equal(("Reports", "The API is registered. Give clients its scopes now."), (page.Text("h1"), page.Text("[role=status]")));
        Assert.Contains("reports.read", (await chief.GetAsync("/admin/clients/new")).Words, StringComparison.Ordinal);
        var made = await chief.PressAsync(page, "#secret-form", ("description", "server 1"), ("days", "90"));
        var secret = made.Text("#secret");
        Assert.Equal((43, "no-store"), (secret.Length, made.Header("Cache-Control")));

        await identity.AClientAsync("reader", client => (client.AllowedGrantTypes, client.RedirectUris, client.AllowedScopes) = (["client_credentials"], [], ["reports.read", "portal.api"]));
        var token = await new RelyingParty(identity, "reader").TokenAsync([new("grant_type", "client_credentials"), new("scope", "reports.read")]);
        Assert.Equal("reports.api", TokenAnswer.Claims(token.AccessToken).GetProperty("aud").GetString());
        Assert.Equal("True", (await IntrospectAsync("reports.api", secret, token.AccessToken))["active"]);
        Assert.DoesNotContain(secret, (await chief.GetAsync("/admin/apis/reports.api")).Body, StringComparison.Ordinal);
        Assert.DoesNotContain(await identity.Database.ListAsync<string>("select e::text from audit_entry e"), row => row.Contains(secret, StringComparison.Ordinal));
        Assert.Equal(["See the reports 查看报表"], await identity.Database.ListAsync<string>("select description_en || ' ' || description_zh_cn from api_scope where scope like 'reports.%'"));

        page = await chief.PressAsync(await chief.GetAsync("/admin/apis/reports.api"), "form[action$='/suspension']");
        Assert.Equal("disabled", page.Text(".lead .state"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await IntrospectAsync("reports.api", secret, token.AccessToken)).Status);
        Assert.Equal("invalid_scope", (await new RelyingParty(identity, "reader").TokenAsync([new("grant_type", "client_credentials"), new("scope", "reports.read")])).Error);
        page = await chief.PressAsync(page, "form[action$='/suspension/end']");
        Assert.Equal("enabled", page.Text(".lead .state"));
        page = await chief.PressAsync(page, "form[action$='/removal']");
        Assert.Equal("The secret is removed.", page.Text("[role=status]"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await IntrospectAsync("reports.api", secret, token.AccessToken)).Status);
        Assert.Equal(["api.registered", "api_secret.added", "api.disabled", "api.enabled", "api_secret.removed"], await identity.AuditAsync("reports.api"));
    }

    [Fact]
    public async Task An_api_that_checks_rsa_alone_gets_tokens_that_are_signed_so()
    {
        var chief = await identity.AdministratorOfEverythingAsync();
        var page = await chief.SubmitAsync("/admin/apis/new", ("Name", "rsa.api"), ("DisplayName", "RSA"), ("Scopes", "rsa.read"));
        await identity.AClientAsync("rsa-reader", client => (client.AllowedGrantTypes, client.RedirectUris, client.AllowedScopes) = (["client_credentials"], [], ["rsa.read"]));

        page = await chief.PressAsync(page, "#signatures-form", ("algorithms", "RS256"));

        Assert.Equal("Its next tokens are signed so.", page.Text("[role=status]"));
        var token = await new RelyingParty(identity, "rsa-reader").TokenAsync([new("grant_type", "client_credentials")]);
        Assert.Equal("RS256", TokenAnswer.HeaderOf(token.AccessToken).GetProperty("alg").GetString());
        Assert.Equal(["api.registered", "api.signatures_changed"], await identity.AuditAsync("rsa.api"));
        Assert.Contains("Please choose one of the signatures.", (await chief.PressAsync(page, "#signatures-form", ("algorithms", "none"))).Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no space", "Name", "a", "Please use letters, digits, dots, hyphens and underscores, at most 100, such as reports.api.")]
    [InlineData("new", "Name", "a", "Please use letters, digits, dots, hyphens and underscores, at most 100, such as reports.api.")]
    [InlineData("portal.api", "Name", "a", "Another API has this audience. Please choose another.")]
    [InlineData("fine", "", "a", "Please enter a name, at most 100 characters.")]
    [InlineData("fine", "Name", "", "Please write each scope once, one a line, alone or as: scope = English | 中文")]
    [InlineData("fine", "Name", "a\na", "Please write each scope once, one a line, alone or as: scope = English | 中文")]
    [InlineData("fine", "Name", "two words", "Please write each scope once, one a line, alone or as: scope = English | 中文")]
    [InlineData("fine", "Name", "a = English only", "Please write each scope once, one a line, alone or as: scope = English | 中文")]
    [InlineData("fine", "Name", "openid", "openid, profile, email, roles and offline_access belong to the sign-in and lead to no API.")]
    [InlineData("fine", "Name", "portal.api", "One of these scopes leads to another API already. Please choose another.")]
    public async Task What_is_wrong_stands_at_its_field(string name, string displayName, string scopes, string refusal)
    {
        var page = await (await identity.AdministratorOfEverythingAsync()).SubmitAsync("/admin/apis/new", ("Name", name), ("DisplayName", displayName), ("Scopes", scopes));

        Assert.Equal(refusal, page.Text(".wrong"));
        Assert.Equal((name, displayName), (page.Value("Name"), page.Value("DisplayName")));
        Assert.Equal([0L], await identity.Database.ListAsync<long>("select count(*) from api_resource where name = 'fine'"));
    }

    [Fact]
    public async Task Ten_who_register_the_same_scope_at_the_same_moment_get_one_api()
    {
        var chief = await identity.AdministratorOfEverythingAsync();
        var form = await chief.GetAsync("/admin/apis/new");

        await Task.WhenAll(Enumerable.Range(0, 10).Select(n => chief.SubmitAsync(form, ("Name", $"rival{n}"), ("DisplayName", "Rival"), ("Scopes", "rival"))));

        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from api_resource where 'rival' = any (scopes)"));
    }

    [Fact]
    public async Task The_secret_of_the_settings_is_kept_by_them_even_while_the_api_is_disabled()
    {
        await identity.AsTheProductAsync(services => services.GetRequiredService<RegisterApiSecret>().RunAsync("portal.api", "a secret of the settings", "settings", CancellationToken.None));
        var chief = await identity.AdministratorOfEverythingAsync();
        var page = await chief.GetAsync("/admin/apis/portal.api");
        Assert.Contains("from the installation's settings", page.Words, StringComparison.Ordinal);
        Assert.False(page.Has("form[action$='/removal']"));
        var id = (await identity.Database.ListAsync<long>("select api_secret_id from api_secret where description = 'settings'"))[0];
        Assert.Equal(HttpStatusCode.NotFound, (await chief.PostAsync($"/admin/apis/portal.api/secrets/{id}/removal", ("__RequestVerificationToken", page.Value("__RequestVerificationToken")!))).Status);

        await chief.PressAsync(page, "form[action$='/suspension']");
        await identity.AsTheProductAsync(services => services.GetRequiredService<RegisterApiSecret>().RunAsync("portal.api", "another secret of the settings", "settings", CancellationToken.None));

        await chief.PressAsync(await chief.GetAsync("/admin/apis/portal.api"), "form[action$='/suspension/end']");
        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from api_secret where description = 'settings'"));
    }

    async Task<TokenAnswer> IntrospectAsync(string api, string secret, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/introspect") { Content = new FormUrlEncodedContent([new("token", token)]) };
        request.Headers.Authorization = RelyingParty.Basic(api, secret);
        return await new RelyingParty(identity).SendAsync(request);
    }
}
