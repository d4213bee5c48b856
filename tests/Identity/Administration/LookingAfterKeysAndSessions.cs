using System.Net;
using Support;

namespace Identity.Tests.Administration;

public sealed class LookingAfterKeysAndSessions(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task Keys_are_rotated_and_revoked_with_a_reason()
    {
        var chief = await identity.AdministratorOfEverythingAsync();
        var page = await chief.GetAsync("/admin/keys");
        Assert.Equal(["signs", "signs"], page.All("tbody .state"));

        page = await chief.PressAsync(page, "form[action$='/rotation']");
        Assert.Equal(["announced", "announced", "signs", "signs"], page.All("tbody .state"));
        var kid = page.Document.QuerySelector("tbody tr:nth-child(3) [name=kid]")!.GetAttribute("value")!;
        page = await chief.PressAsync(page, "tbody tr:nth-child(3) form", ("reason", ""));
        Assert.Equal("Please say why, in at most 200 characters. Nothing was changed.", page.Text("[role=alert]"));
        page = await chief.PressAsync(page, "tbody tr:nth-child(3) form", ("reason", "a copy was found"));

        Assert.Equal("The key is revoked; another one signs.", page.Text("[role=status]"));
        Assert.Contains("revoked", page.All("tbody .state"));
        Assert.Contains("signing_key.revoked", await identity.AuditAsync(kid));
        using var program = identity.Program();
        Assert.DoesNotContain(kid, await program.GetStringAsync("/.well-known/openid-configuration/jwks"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tenant_sees_who_of_its_own_is_signed_in_and_ends_it()
    {
        var administrator = await identity.AdministratorOfAsync("acme");
        var mine = await identity.APersonOfAsync("acme", name: "Mia Mine");
        var visitor = await identity.SignedInAsync(mine);
        await identity.SignedInAsync(await identity.APersonOfAsync("rival", name: "Rita Rival"));

        var page = await administrator.GetAsync("/admin/sessions?words=mia");
        Assert.Equal(["Mia Mine"], page.All("tbody td:first-child"));
        page = await administrator.PressAsync(page, "tbody form");

        Assert.Equal("The session has ended.", page.Text("[role=status]"));
        Assert.Equal(HttpStatusCode.SeeOther, (await visitor.GetOnlyAsync("/account")).Status);
        Assert.DoesNotContain("Rita", (await administrator.GetAsync("/admin/sessions")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lost_second_factors_are_removed_the_person_is_told_and_signed_out()
    {
        var administrator = await identity.AdministratorOfAsync("acme");
        var person = await identity.APersonOfAsync("acme");
        var visitor = await identity.SignedInAsync(person);
        await identity.Database.ExecuteAsync("insert into authenticator_app (account_id, protected_secret, last_used_step, added_at) select account_id, '\\x00', 0, now() from account where subject = @Subject", person);

        var page = await administrator.PressAsync(await administrator.GetAsync("/admin/people/" + person.Subject), "form[action$='/second-factors/removal']");

        Assert.Equal("The second factors are removed, and the person is told by mail.", page.Text("[role=status]"));
        Assert.False(page.Has("form[action$='/second-factors/removal']"));
        Assert.Contains(await identity.DeliverAsync(), mail => mail.To.Contains(person.Email, StringComparison.Ordinal) && mail.Text.Contains("administrator", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.SeeOther, (await visitor.GetOnlyAsync("/account")).Status);
        Assert.Equal(["second_factors.reset"], await identity.AuditAsync(person.Subject));
    }

    [Fact]
    public async Task After_a_fresh_proof_one_is_back_on_the_page_of_the_act()
    {
        var me = await identity.APersonOfAsync("trusting", "tenant");
        await identity.Database.ExecuteAsync("update tenant set second_factor = 'optional' where key = 'trusting'");
        var administrator = await identity.SignedInAsync(me);
        var person = await identity.APersonOfAsync("trusting");
        identity.Clock.Advance(TimeSpan.FromMinutes(16));
        var page = await administrator.PressAsync(await administrator.GetAsync("/admin/people/" + person.Subject), "#administers-form", ("administers", "tenant"));

        page = await administrator.SubmitAsync(page.Document.QuerySelector("main a.btn")!.GetAttribute("href")!, ("Password", IdentityApp.Password));

        Assert.Equal("/admin/people/" + person.Subject, page.Path);
        page = await administrator.PressAsync(page, "#administers-form", ("administers", "tenant"));
        Assert.Equal("Saved.", page.Text("[role=status]"));
    }
}
