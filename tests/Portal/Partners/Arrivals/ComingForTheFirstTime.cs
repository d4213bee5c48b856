using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Web.Arrivals;
using Shouldly;
using Support;

namespace Portal.Tests.Partners.Arrivals;

/// <summary>Somebody whom the portal does not know signs in through identity, as both are.</summary>
public sealed class ComingForTheFirstTime(BothServices both) : IClassFixture<BothServices>
{
    PortalApp Portal => both.Portal;

    [Fact]
    public async Task Somebody_of_a_partners_tenant_works_for_that_partner_with_the_roles_their_provider_gives()
    {
        await Portal.ACompany("HUAXIN");
        var account = await both.AnAccountAsync("huaxin", "sales", "purchasing");

        var (_, page) = await both.SignInAsync(account);

        (page.Status, page.Path).ShouldBe((HttpStatusCode.OK, "/profile"));
        (await Portal.RowsOf(account.Subject)).ShouldBe(["person HUAXIN purchasing,sales provider"]);
        (await Portal.Database.ListAsync<string>("select name || ' ' || email || ' ' || language from person where subject = @Subject", account)).ShouldBe([$"{account.Name} {account.Email} en"]);
        (await Portal.AuditOf(account.Subject)).ShouldBe(["person.provisioned"]);
        (await Portal.Database.ListAsync<string>("""
            select concat_ws(' ', e.actor, e.details ->> 'tenant', b.code) from audit_entry e join person p on p.number = e.subject_number join partner b on b.partner_id = any (e.partner_ids) where p.subject = @Subject
            """, account)).ShouldBe(["portal:sign-in huaxin HUAXIN"]);
    }

    [Fact]
    public async Task A_company_without_a_code_is_called_by_its_number()
    {
        var partner = await Portal.ACompany(code: null);
        var account = await both.AnAccountAsync(partner.Number.ToLowerInvariant(), "sales");

        await both.SignInAsync(account);

        (await Portal.RowsOf(account.Subject)).ShouldBe([$"person {partner.Number} sales provider"]);
    }

    [Fact]
    public async Task Without_a_role_it_is_the_least_of_the_company_and_the_administrator_gives_others()
    {
        await Portal.ACompany("QUIET");
        var account = await both.AnAccountAsync("quiet");

        await both.SignInAsync(account);

        (await Portal.RowsOf(account.Subject)).ShouldBe(["person QUIET viewer portal"]);
    }

    [Fact]
    public async Task People_of_the_operator_are_the_brands_people()
    {
        await Portal.ACompany("NORTHLIGHT", "brand");
        var account = await both.AnAccountAsync("northlight", "deal_desk");

        await both.SignInAsync(account);

        (await Portal.RowsOf(account.Subject)).ShouldBe(["person NORTHLIGHT deal_desk provider"]);
    }

    [Fact]
    public async Task Nobody_becomes_one_of_the_brands_people_without_a_role_that_somebody_named()
    {
        await Portal.ACompany("NORTHLIGHT", "brand");

        (await Arrive("nobody-1", "northlight")).ShouldBe(new Arrival.Stranger(NoCompany.NoRole));
        (await Arrive("nobody-2", "northlight", "viewer", "emperor")).ShouldBe(new Arrival.Stranger(NoCompany.NoRole));

        (await Portal.RowsOf("nobody-1")).ShouldBeEmpty();
        (await Portal.RowsOf("nobody-2")).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_of_the_brands_people_whose_last_role_the_provider_takes_is_not_let_in_any_more()
    {
        await Portal.ACompany("NORTHLIGHT", "brand");
        (await Arrive("leaver", "northlight", "finance")).ShouldBe(new Arrival.Known());

        (await Arrive("leaver", "northlight")).ShouldBe(new Arrival.Stranger(NoCompany.NoRole));
    }

    [Fact]
    public async Task A_mail_address_says_nothing_about_who_somebody_is()
    {
        var (victim, _) = (await Portal.Given.ADistributor("Victim"), await Portal.ACompany("THIEF"));
        var account = await both.AnAccountAsync("thief", "sales");
        await Portal.Database.ExecuteAsync("update person set email = @Email where person_id = @PersonId", new { account.Email, victim.PersonId });

        await both.SignInAsync(account);

        (await Portal.RowsOf(account.Subject)).ShouldBe(["person THIEF sales provider"]);
        (await Portal.Database.ListAsync<string>("select subject from person where email = @Email order by person_id", account)).ShouldBe([victim.Subject, account.Subject]);
    }

    [Theory]
    [InlineData(null, "Ask your company's administrator or your channel manager to add you.", "请联系贵公司的管理员或渠道经理为您开通。")]
    [InlineData("nowhere", "Ask your channel manager: the company needs the same code", "该公司在门户与登录服务中的编码须一致。")]
    [InlineData("twins", "Several companies go by the name of yours", "有多家公司与贵公司同名")]
    [InlineData("asleep", "Your company is suspended: nobody of it can work here.", "贵公司已被停用")]
    public async Task Whose_company_is_not_to_be_found_gets_no_row_and_no_session_but_is_told_whom_to_ask(string? tenant, string english, string chinese)
    {
        if (tenant is "twins")
        {
            await Portal.ACompany("TWINS");
            await Portal.ACompany("Twins");
        }
        else if (tenant is "asleep")
        {
            await Portal.Suspend(await Portal.ACompany("ASLEEP"));
        }

        var account = await both.AnAccountAsync(tenant, tenant is null ? [] : ["sales"]);

        var (visitor, page) = await both.SignInAsync(account);
        var (_, chinesePage) = await both.SignInAsync(account, "zh-CN");

        (page.Status, page.Text("h1")).ShouldBe((HttpStatusCode.Forbidden, "You cannot work here yet"));
        page.Text(".error-detail").ShouldContain(english);
        chinesePage.Text("h1").ShouldBe("您暂时无法使用本门户");
        chinesePage.Text(".error-detail").ShouldContain(chinese);
        visitor.Cookies.Find("__Host-portal").ShouldBeNull();
        (await Portal.RowsOf(account.Subject)).ShouldBe([]);
    }

    [Fact]
    public async Task Two_companies_of_one_name_are_nobodys_also_when_one_is_suspended()
    {
        await Portal.ACompany("PAIR");
        await Portal.Suspend(await Portal.ACompany("Pair"));
        var account = await both.AnAccountAsync("pair", "sales");

        var (_, page) = await both.SignInAsync(account);

        page.Text(".error-detail").ShouldContain("Several companies");
        (await Portal.RowsOf(account.Subject)).ShouldBe([]);
    }

    [Fact]
    public async Task Whoever_is_not_let_in_comes_in_once_the_company_is_there()
    {
        var account = await both.AnAccountAsync("later", "sales");
        var (visitor, page) = await both.SignInAsync(account);
        page.Document.QuerySelectorAll("main a").Select(link => link.GetAttribute("href")).ShouldBe(["/sign-in", "/sign-in?anew=true"]);

        await Portal.ACompany("LATER");

        (await visitor.GetAsync(await both.AnswerAsync(visitor, account))).Path.ShouldBe("/profile");
    }

    [Fact]
    public async Task Somebody_who_arrives_several_times_at_once_is_one_person()
    {
        await Portal.ACompany("RUSH");
        for (var round = 0; round < 3; round++)
        {
            var account = await both.AnAccountAsync("rush", "sales");
            var arriving = new List<(Visitor Visitor, string Answer)>();
            for (var browser = 0; browser < 6; browser++)
            {
                var visitor = Portal.Anonymous();
                arriving.Add((visitor, await both.AnswerAsync(visitor, account)));
            }

            var pages = await Task.WhenAll(arriving.Select(one => one.Visitor.GetAsync(one.Answer)));

            pages.ShouldAllBe(page => page.Status == HttpStatusCode.OK && page.Path == "/profile");
            (await Portal.RowsOf(account.Subject)).ShouldBe(["person RUSH sales provider"]);
            (await Portal.AuditOf(account.Subject)).ShouldBe(["person.provisioned"]);
        }
    }

    [Fact]
    public async Task Somebody_disabled_stays_so_whatever_their_provider_says()
    {
        var partner = await Portal.ACompany("GONE");
        var account = await both.AnAccountAsync("gone", "sales");
        var (visitor, _) = await both.SignInAsync(account);
        await Portal.Database.ExecuteAsync("update person set disabled_at = @now where subject = @Subject", new { now = Portal.Clock.Now.UtcDateTime, account.Subject });
        await both.SayAsync(account, "partner_admin");

        var (_, page) = await both.SignInAsync(account);

        page.Text(".error-detail").ShouldStartWith("Your access was ended");
        (await visitor.GetAsync("/profile")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await Portal.RowsOf(account.Subject)).ShouldBe(["person GONE sales provider"]);
        (await Portal.AuditOf(account.Subject)).ShouldBe(["person.provisioned"]);
        partner.Name.ShouldBe("Company GONE");
    }

    [Fact]
    public async Task A_provider_that_gives_a_partners_person_a_role_of_the_brand_gives_nothing()
    {
        await Portal.ACompany("CLIMBER");

        (await Arrive("climber-1", "climber", "brand_admin")).ShouldBe(new Arrival.Known());
        (await Arrive("climber-2", "climber", "brand_admin", "sales", "sales", "emperor")).ShouldBe(new Arrival.Known());

        (await Portal.RowsOf("climber-1")).ShouldBe(["person CLIMBER viewer provider"]);
        (await Portal.RowsOf("climber-2")).ShouldBe(["person CLIMBER sales provider"]);
    }

    [Fact]
    public async Task The_name_of_the_company_is_compared_as_a_whole()
    {
        await Portal.ACompany("EXACT");

        foreach (var tenant in new[] { "exac", "exact ", "EXACT", "%", "exact%", "" })
        {
            (await Arrive("guess", tenant)).ShouldBeOfType<Arrival.Stranger>(tenant);
        }
    }

    [Fact]
    public async Task Names_that_cannot_be_shown_are_made_fit_and_a_missing_one_is_no_obstacle()
    {
        await Portal.ACompany("NAMES");

        await Arrive(new(TestIdentityProvider.Issuer, "names-1", "names", [], "\u0000  " + new string('x', 1000), null, "fr"));
        await Arrive(new(TestIdentityProvider.Issuer, "names-2", "names", [], null, null, null));

        (await Portal.Database.ListAsync<string>("select name from person where subject like 'names-%' order by subject")).ShouldBe([new string('x', 200), "names-2"]);
    }

    Task<Arrival> Arrive(string subject, string tenant, params string[] roles) => Arrive(new(TestIdentityProvider.Issuer, subject, tenant, roles, subject, null, null));

    Task<Arrival> Arrive(ProviderClaims said) =>
        Portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<IArrivals>().SignInAsync(said, CancellationToken.None));
}
