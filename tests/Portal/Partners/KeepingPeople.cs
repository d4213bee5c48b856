using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Partners;
using Portal.Web;
using Shouldly;
using Support;

namespace Portal.Tests.Partners;

public sealed class KeepingPeople(PortalApp portal) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task An_administrator_sees_the_own_people_and_changes_what_they_may_do()
    {
        var admin = await portal.Given.APerson(await portal.Given.APartner("Roles", "distributor"), "partner_admin");
        var sales = await portal.Given.APerson(admin.Partner, "sales");
        await portal.Given.ADistributor("Somebody else");
        var visitor = portal.SignIn(admin);

        (await visitor.GetAsync("/people")).All("tbody td:first-child").Select(text => text.Split(' ')[0]).ShouldBe(["Roles", "Roles"]);
        var page = await visitor.SubmitAsync($"/people/{sales.Number}/edit", ("roles", new[] { "sales", "purchasing" }));

        page.Text(".flash-done").ShouldContain("The roles are saved.");
        (await Roles(sales)).ShouldBe(["purchasing", "sales"]);
        (await portal.Database.ListAsync<string>("select action from audit_entry where subject_number = @Number", new { sales.Number })).ShouldBe(["person.roles_changed"]);
    }

    [Fact]
    public async Task A_forged_form_with_a_role_of_the_brand_is_refused()
    {
        var admin = await portal.Given.ADistributor("Forger");
        var sales = await portal.Given.APerson(admin.Partner, "sales");
        var visitor = portal.SignIn(admin);

        var page = await visitor.SubmitAsync(await visitor.GetAsync($"/people/{sales.Number}/edit"), ("roles", new[] { "sales", "brand_admin" }));

        page.Text(".flash-problem").ShouldBe("This role does not exist in this company.");
        (await Roles(sales)).ShouldBe(["sales"]);
    }

    [Fact]
    public async Task Nobody_changes_the_own_roles_or_is_left_without_any()
    {
        var admin = await portal.Given.APerson(await portal.Given.APartner("Own", "distributor"), "partner_admin");
        var sales = await portal.Given.APerson(admin.Partner, "sales");
        var visitor = portal.SignIn(admin);

        (await visitor.GetAsync($"/people/{admin.Number}/edit")).Document.QuerySelector("fieldset")!.HasAttribute("disabled").ShouldBeTrue();
        (await OutcomeOf(admin, services => services.GetRequiredService<ChangeRoles>().RunAsync(admin.Number, 1, ["partner_admin", "sales"], CancellationToken.None))).ShouldBe("partners.people.refused.yourself");
        (await OutcomeOf(admin, services => services.GetRequiredService<DisablePerson>().RunAsync(admin.Number, true, CancellationToken.None))).ShouldBe("partners.people.refused.yourself");
        (await OutcomeOf(admin, services => services.GetRequiredService<ChangeRoles>().RunAsync(sales.Number, 1, [], CancellationToken.None))).ShouldBe("partners.people.refused.no_role");
    }

    [Fact]
    public async Task Two_administrators_who_remove_each_other_at_once_leave_one()
    {
        for (var round = 0; round < 5; round++)
        {
            var partner = await portal.Given.APartner($"Duel {round}", "distributor");
            var (one, other) = (await portal.Given.APerson(partner, "partner_admin"), await portal.Given.APerson(partner, "partner_admin"));

            var outcomes = await Task.WhenAll(
                OutcomeOf(one, services => services.GetRequiredService<ChangeRoles>().RunAsync(other.Number, 1, ["viewer"], CancellationToken.None)),
                OutcomeOf(other, services => services.GetRequiredService<DisablePerson>().RunAsync(one.Number, true, CancellationToken.None)));

            // The later of the two is refused: it is no administrator any more, or would be the end of the last.
            outcomes.Count(outcome => outcome == "done").ShouldBe(1);
            (await portal.Database.ListAsync<long>("""
                select count(*) from person p join person_role r using (person_id) where p.partner_id = @PartnerId and p.disabled_at is null and r.role = 'partner_admin'
                """, new { partner.PartnerId })).ShouldBe([1]);
        }
    }

    [Fact]
    public async Task Whoever_is_disabled_can_do_nothing_from_the_next_click_on()
    {
        var admin = await portal.Given.ADistributor("Disabling");
        var sales = await portal.Given.APerson(admin.Partner, "sales");
        var (boss, theirs) = (portal.SignIn(admin), portal.SignIn(sales));
        (await theirs.GetAsync("/partners")).Status.ShouldBe(HttpStatusCode.OK);

        await boss.PressAsync(await boss.GetAsync($"/people/{sales.Number}/edit"), "form[action$='/disabling']");
        (await theirs.GetAsync("/partners")).Status.ShouldBe(HttpStatusCode.Forbidden);

        await boss.PressAsync(await boss.GetAsync($"/people/{sales.Number}/edit"), "form[action$='/disabling/delete']");
        (await theirs.GetAsync("/partners")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_people_of_another_company_are_not_there()
    {
        var (mine, other) = (await portal.Given.ADistributor("Mine"), await portal.Given.ADistributor("Other"));
        var visitor = portal.SignIn(mine);

        (await visitor.GetAsync($"/people/{other.Number}/edit")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await visitor.GetAsync($"/partners/{other.Partner.Number}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await OutcomeOf(mine, services => services.GetRequiredService<ChangeRoles>().RunAsync(other.Number, 1, ["viewer"], CancellationToken.None))).ShouldBe("not there");
        (await portal.SignIn(await portal.Given.APerson(mine.Partner, "sales")).GetAsync("/people")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Ones_own_profile_decides_language_zone_and_theme()
    {
        var sales = await portal.Given.APerson(await portal.Given.APartner("Profile", "distributor"), "sales");
        var visitor = portal.SignIn(sales);

        var page = await visitor.SubmitAsync("/profile", ("Form.Language", "zh-CN"), ("Form.TimeZone", "Asia/Shanghai"), ("Form.Theme", "dark"), ("Form.Keys", "true"));
        var wrong = await visitor.SubmitAsync(page, ("Form.TimeZone", "Mars/Olympus"));

        page.Text("h1").ShouldBe("个人设置");
        wrong.Text(".field-problem").ShouldContain("无法识别时区");
        (await portal.Database.ListAsync<string>("select language || ' ' || time_zone || ' ' || theme from person where person_id = @PersonId", new { sales.PersonId })).ShouldBe(["zh-CN Asia/Shanghai dark"]);
    }

    [Fact]
    public async Task The_command_line_links_the_first_administrator_and_makes_the_brand()
    {
        var output = new StringWriter();
        await portal.InScopeAsync(Caller.System("test"), async services =>
        {
            var verb = services.GetServices<IVerb>().Single(verb => verb.Name == "add-person");
            (await verb.RunAsync(["Grace", "grace@brand.example", "https://id.brand.example", "subject-1", "brand", "brand_admin"], output, CancellationToken.None)).ShouldBe(0);
            (await verb.RunAsync(["Grace", "grace@brand.example", "https://id.brand.example", "subject-1", "brand", "brand_admin"], output, CancellationToken.None)).ShouldBe(1);
            (await verb.RunAsync(["Mia", "mia@brand.example", "https://id.brand.example", "subject-2", "brand", "sales"], output, CancellationToken.None)).ShouldBe(1);
            (await verb.RunAsync(["Mia", "mia@brand.example", "https://id.brand.example", "subject-2", "NOWHERE", "sales"], output, CancellationToken.None)).ShouldBe(1);
            await Should.ThrowAsync<UsageException>(() => verb.RunAsync(["Mia"], output, CancellationToken.None));
        });

        output.ToString().ShouldContain("with brand_admin.");
        output.ToString().ShouldContain("is linked to somebody already");
        (await portal.Database.ListAsync<string>("""
            select p.name || ' ' || b.partner_type || ' ' || r.role from person p join partner b using (partner_id) join person_role r using (person_id) where p.subject like 'subject-%'
            """)).ShouldBe(["Grace brand brand_admin"]);
    }

    Task<List<string>> Roles(TestPerson person) => portal.Database.ListAsync<string>("select role from person_role where person_id = @PersonId order by role", new { person.PersonId });

    // An act on behalf of a person, as a request would run it.
    Task<string> OutcomeOf(TestPerson person, Func<IServiceProvider, Task<PersonOutcome>> act) =>
        portal.InScopeAsync(Caller.Subject(TestIdentityProvider.Issuer, person.Subject), async services =>
        {
            services.GetRequiredService<CurrentPerson>().Known = await services.GetRequiredService<IPeopleDirectory>().FindCurrentAsync(CancellationToken.None);
            return await act(services) switch
            {
                PersonOutcome.Done => "done",
                PersonOutcome.Refused(var key) => key,
                PersonOutcome.Stale => "stale",
                _ => "not there",
            };
        });
}
