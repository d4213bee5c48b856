using System.Net;
using System.Text.RegularExpressions;
using Identity.Tests.Administration;
using Support;

namespace Identity.Tests.Scim;

/// <summary>An administrator connects the company's directory.</summary>
public sealed partial class ConnectingADirectory(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task A_token_is_shown_once_opens_the_own_company_and_can_be_taken_back()
    {
        var administrator = await identity.AdministratorOfAsync("connected");
        var page = await administrator.GetAsync("/admin/directory");
        Assert.Contains("https://identity.test/scim/v2", page.Words);

        var made = await administrator.SubmitAsync(page, ("description", "Entra ID"));

        var token = Token().Match(made.Words).Value;
        Assert.NotEmpty(token);
        Assert.DoesNotContain(token, (await administrator.GetAsync("/admin/directory")).Words);
        var directory = new Directory(identity, token);
        Assert.Equal(HttpStatusCode.OK, (await directory.SendAsync(HttpMethod.Get, "Users")).Status);
        var revoked = await administrator.PressAsync(await administrator.GetAsync("/admin/directory"), ".ask button");
        Assert.Contains("The token is revoked.", revoked.Words);
        Assert.Equal(["scim_token.added", "scim_token.revoked"], await identity.Database.ListAsync<string>("select e.action from audit_entry e join scim_token s on s.number = e.subject_number join tenant t using (tenant_id) where t.key = 'connected' and e.partner_ids = array[t.tenant_id] order by e.audit_entry_id"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await directory.SendAsync(HttpMethod.Get, "Users")).Status);
    }

    [Fact]
    public async Task A_description_is_asked_for_and_two_tokens_are_enough()
    {
        var administrator = await identity.AdministratorOfAsync("twofold");
        var page = await administrator.GetAsync("/admin/directory");

        Assert.Contains("Enter a description of up to 100 characters.", (await administrator.SubmitAsync(page, ("description", " "))).Words);
        await administrator.SubmitAsync(page, ("description", "one"));
        await administrator.SubmitAsync(page, ("description", "two"));
        Assert.Contains("2 tokens work at a time", (await administrator.SubmitAsync(page, ("description", "three"))).Words);
    }

    [GeneratedRegex("scim_[A-Za-z0-9_-]{43}")]
    private static partial Regex Token();
}
