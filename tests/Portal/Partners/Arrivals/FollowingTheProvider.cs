using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Web.Arrivals;
using Shouldly;
using Support;

namespace Portal.Tests.Partners.Arrivals;

/// <summary>Somebody whose roles came from identity signs in again.</summary>
public sealed class FollowingTheProvider(BothServices both) : IClassFixture<BothServices>
{
    PortalApp Portal => both.Portal;

    [Fact]
    public async Task Roles_name_and_address_are_what_the_provider_says_now_and_nothing_is_noted_when_nothing_changed()
    {
        await Portal.ACompany("FOLLOW");
        var account = await both.AnAccountAsync("follow", "sales");
        await both.SignInAsync(account);
        await both.SignInAsync(account);
        (await Portal.AuditOf(account.Subject)).ShouldBe(["person.provisioned"]);

        await both.SayAsync(account, "purchasing");
        await both.Identity.Database.ExecuteAsync("update account set name = '新名字', email = 'new@company.test' where subject = @Subject", account);
        await both.SignInAsync(account);
        await both.SignInAsync(account);

        (await Portal.RowsOf(account.Subject)).ShouldBe(["person FOLLOW purchasing provider"]);
        (await Portal.Database.ListAsync<string>("select name || ' ' || email from person where subject = @Subject", account)).ShouldBe(["新名字 new@company.test"]);
        (await Portal.AuditOf(account.Subject)).ShouldBe(["person.provisioned", "person.followed_provider"]);
    }

    [Fact]
    public async Task Who_has_no_role_at_the_provider_any_more_has_the_least_here()
    {
        await Portal.ACompany("LEAST");
        var account = await both.AnAccountAsync("least", "sales", "purchasing");
        await both.SignInAsync(account);

        await both.SayAsync(account);
        await both.SignInAsync(account);

        (await Portal.RowsOf(account.Subject)).ShouldBe(["person LEAST viewer provider"]);
    }

    [Fact]
    public async Task Roles_that_an_administrator_sets_here_stay_for_good()
    {
        var admin = await Portal.Given.APerson(await Portal.ACompany("KEPT"), "partner_admin");
        var account = await both.AnAccountAsync("kept", "sales");
        await both.SignInAsync(account);
        var number = (await Portal.Database.ListAsync<string>("select number from person where subject = @Subject", account)).Single();
        await Portal.Database.ExecuteAsync("update person set issuer = @Issuer where person_id = @PersonId", new { IdentityApp.Issuer, admin.PersonId });
        var boss = Portal.SignIn(IdentityApp.Issuer, admin.Subject, admin.Name);

        var form = await boss.GetAsync($"/people/{number}/edit");
        form.Text(".roles-follow").ShouldStartWith("These roles follow your identity provider");
        await boss.SubmitAsync(form, ("roles", new[] { "purchasing", "viewer" }));
        await both.SayAsync(account, "partner_admin");
        await both.SignInAsync(account);

        (await Portal.RowsOf(account.Subject)).ShouldBe(["person KEPT purchasing,viewer portal"]);
        (await Portal.AuditOf(account.Subject)).ShouldBe(["person.provisioned", "person.roles_changed"]);
        (await boss.GetAsync($"/people/{number}/edit")).Has(".roles-follow").ShouldBeFalse();
    }

    [Fact]
    public async Task The_last_administrator_of_a_company_stays_one_and_that_is_noted_once()
    {
        var partner = await Portal.ACompany("LAST");
        var account = await both.AnAccountAsync("last", "partner_admin");
        await both.SignInAsync(account);
        await both.SayAsync(account, "sales");

        (await both.SignInAsync(account)).Page.Path.ShouldBe("/profile");
        await both.SignInAsync(account);

        (await Portal.RowsOf(account.Subject)).ShouldBe(["person LAST partner_admin provider"]);
        (await Portal.AuditOf(account.Subject)).ShouldBe(["person.provisioned", "person.roles_kept"]);

        await Portal.Given.APerson(partner, "partner_admin");
        await both.SignInAsync(account);

        (await Portal.RowsOf(account.Subject)).ShouldBe(["person LAST sales provider"]);
        (await Portal.AuditOf(account.Subject)).ShouldBe(["person.provisioned", "person.roles_kept", "person.followed_provider"]);
    }

    [Fact]
    public async Task Two_administrators_who_lose_their_role_at_once_leave_one()
    {
        for (var round = 0; round < 5; round++)
        {
            var partner = await Portal.ACompany($"PAIR{round}");
            var (one, other) = (Says($"one-{round}", $"pair{round}", "partner_admin"), Says($"other-{round}", $"pair{round}", "partner_admin"));
            await Arrive(one);
            await Arrive(other);

            await Task.WhenAll(Arrive(one with { Roles = ["sales"] }), Arrive(other with { Roles = ["sales"] }));

            (await Portal.Database.ListAsync<long>("select count(*) from person p join person_role r using (person_id) where p.partner_id = @PartnerId and r.role = 'partner_admin'", new { partner.PartnerId })).ShouldBe([1]);
        }
    }

    [Fact]
    public async Task Whom_the_provider_has_moved_to_another_company_works_for_neither()
    {
        await Portal.ACompany("BEFORE");
        await Portal.ACompany("AFTER");
        var account = await both.AnAccountAsync("before", "sales");
        await both.SignInAsync(account);
        await both.SayAsync(account);
        await both.AnAccountAsync("after");
        await both.Identity.Database.ExecuteAsync("update account set tenant_id = (select tenant_id from tenant where key = 'after') where subject = @Subject", account);

        var (visitor, page) = await both.SignInAsync(account);

        (page.Status, visitor.Cookies.Find("__Host-portal")).ShouldBe((HttpStatusCode.Forbidden, null));
        page.Text(".error-detail").ShouldStartWith("Your account belongs to another company now");
        (await Portal.RowsOf(account.Subject)).ShouldBe(["person BEFORE sales provider"]);
    }

    [Fact]
    public async Task A_company_that_got_another_code_keeps_its_people_as_they_are()
    {
        var partner = await Portal.ACompany("OLD");
        var account = await both.AnAccountAsync("old", "sales");
        await both.SignInAsync(account);
        await Portal.Database.ExecuteAsync("update partner set code = 'NEW' where partner_id = @PartnerId", new { partner.PartnerId });
        await both.SayAsync(account, "partner_admin");

        (await both.SignInAsync(account)).Page.Path.ShouldBe("/profile");

        (await Portal.RowsOf(account.Subject)).ShouldBe(["person NEW sales provider"]);
    }

    [Fact]
    public async Task Somebody_who_was_linked_by_hand_works_where_the_brand_put_them()
    {
        var person = await Portal.Given.ADistributor("By hand");
        await Portal.ACompany("ELSEWHERE");
        var account = await both.AnAccountAsync("elsewhere", "viewer");
        await Portal.Database.ExecuteAsync("update person set issuer = @Issuer, subject = @Subject where person_id = @PersonId", new { IdentityApp.Issuer, account.Subject, person.PersonId });

        (await both.SignInAsync(account)).Page.Path.ShouldBe("/profile");

        (await Portal.RowsOf(account.Subject)).ShouldBe([$"person {person.Partner.Number} partner_admin,purchasing,sales portal"]);
    }

    static ProviderClaims Says(string subject, string tenant, params string[] roles) => new(TestIdentityProvider.Issuer, subject, tenant, roles, subject, null, null);

    Task<Arrival> Arrive(ProviderClaims said) =>
        Portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<IArrivals>().SignInAsync(said, CancellationToken.None));
}
