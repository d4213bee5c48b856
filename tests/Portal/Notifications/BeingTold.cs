using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Portal.Notifications;
using Portal.Web.Display;
using Shouldly;
using Support;

namespace Portal.Tests.Notifications;

public sealed class BeingTold(PortalApp portal) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task Everybody_reads_what_they_are_told_in_their_own_language()
    {
        var reviewer = await portal.Given.SomebodyOfTheBrand("deal_desk");
        var seller = await portal.Given.ADistributor("上海云启");

        await TellAsync(seller, Recipients.Brand("deal_desk"), "web.rows_of", [1, new DateOnly(2026, 3, 31), new Money(1234.5m, "CNY")], "/stock");

        (await portal.SignIn(reviewer).GetAsync("/notifications")).All(".notification-open").ShouldContain("1–31 Mar 2026 of CNY 1,234.50");
        var visitor = portal.SignIn(reviewer);
        visitor.Language = "zh-CN";
        (await visitor.GetAsync("/notifications")).All(".notification-open").ShouldContain("第 1–2026-03-31 条，共 CNY 1,234.50 条");
    }

    [Fact]
    public async Task The_bell_counts_what_is_unread_and_opening_one_leads_to_its_page()
    {
        var seller = await portal.Given.ADistributor("杭州远见");
        await TellAsync(await portal.Given.SomebodyOfTheBrand("deal_desk"), Recipients.Person(seller.PersonId), "web.view_saved", ["A"], "/search?q=A");
        var visitor = portal.SignIn(seller);
        var page = await visitor.GetAsync("/notifications");
        page.Text(".bell-count").ShouldBe("1");

        var opened = await visitor.PressAsync(page, ".notification-open");

        opened.Path.ShouldBe("/search?q=A");
        opened.Has(".bell-count").ShouldBeFalse();
        (await visitor.GetAsync("/notifications?state=unread")).Has(".notification-open").ShouldBeFalse();
    }

    [Fact]
    public async Task All_can_be_marked_as_read_at_once()
    {
        var seller = await portal.Given.ADistributor("宁波启程");
        var reviewer = await portal.Given.SomebodyOfTheBrand("deal_desk");
        await TellAsync(reviewer, Recipients.Person(seller.PersonId), "web.view_saved", ["A"], "/");
        await TellAsync(reviewer, Recipients.Person(seller.PersonId), "web.view_saved", ["B"], "/");
        var visitor = portal.SignIn(seller);

        var page = await visitor.PressAsync(await visitor.GetAsync("/notifications"), ".page-actions button");

        page.Text(".flash").ShouldBe("All notifications are marked as read.");
        page.Has(".bell-count").ShouldBeFalse();
        page.All(".notification-open").Count.ShouldBe(2);
    }

    [Fact]
    public async Task Only_those_named_by_company_and_role_are_told_and_each_once()
    {
        var partner = await portal.Given.APartner("苏州工坊", "distributor");
        var seller = await portal.Given.APerson(partner, "sales");
        var buyer = await portal.Given.APerson(partner, "purchasing");
        var stranger = await portal.Given.ADistributor("无锡百事");
        var reviewer = await portal.Given.SomebodyOfTheBrand("deal_desk");

        await TellAsync(reviewer, Recipients.Of(partner.PartnerId, "sales", "partner_admin") + Recipients.Person(seller.PersonId), "web.view_saved", ["A"], "/");

        (await ToldAsync(seller)).ShouldBe(1);
        (await ToldAsync(buyer)).ShouldBe(0);
        (await ToldAsync(stranger)).ShouldBe(0);
    }

    [Fact]
    public async Task Whoever_acts_is_not_told_nor_is_somebody_who_has_left()
    {
        var seller = await portal.Given.ADistributor("常州新景");
        var gone = await portal.Given.APerson(seller.Partner, "sales");
        await portal.Database.ExecuteAsync("update person set disabled_at = now() where person_id = @PersonId", new { gone.PersonId });

        await TellAsync(seller, Recipients.Of(seller.Partner.PartnerId, "sales"), "web.view_saved", ["A"], "/");

        (await ToldAsync(seller)).ShouldBe(0);
        (await portal.Database.ListAsync<int>("select count(*)::int from notification where person_id = @PersonId", new { gone.PersonId })).Single().ShouldBe(0);
    }

    [Fact]
    public async Task The_channel_managers_of_a_partner_are_told()
    {
        var seller = await portal.Given.ADistributor("南通大同");
        var manager = await portal.Given.SomebodyOfTheBrand("channel_manager");
        var other = await portal.Given.SomebodyOfTheBrand("channel_manager");
        await portal.Database.ExecuteAsync("insert into partner_channel_manager (partner_id, person_id) values (@PartnerId, @PersonId)", new { seller.Partner.PartnerId, manager.PersonId });

        await TellAsync(seller, Recipients.ManagersOf(seller.Partner.PartnerId), "web.view_saved", ["A"], "/");

        (await ToldAsync(manager)).ShouldBe(1);
        (await ToldAsync(other)).ShouldBe(0);
    }

    [Fact]
    public async Task Another_persons_notification_is_not_there()
    {
        var seller = await portal.Given.ADistributor("嘉兴合众");
        var colleague = await portal.Given.APerson(seller.Partner, "sales");
        await TellAsync(await portal.Given.SomebodyOfTheBrand("deal_desk"), Recipients.Person(seller.PersonId), "web.view_saved", ["A"], "/");
        var number = (await portal.Database.ListAsync<Guid>("select number from notification where person_id = @PersonId", new { seller.PersonId })).Single();
        var visitor = portal.SignIn(colleague);
        var page = await visitor.GetAsync("/notifications");
        var token = page.Value("__RequestVerificationToken")!;

        var answer = await visitor.PostAsync($"/notifications/{number}/reading", ("__RequestVerificationToken", token));

        answer.Status.ShouldBe(HttpStatusCode.NotFound);
        page.Has(".notification-open").ShouldBeFalse();
    }

    [Fact]
    public async Task Nobody_is_told_of_what_did_not_happen()
    {
        var seller = await portal.Given.ADistributor("绍兴明达");
        var reviewer = await portal.Given.SomebodyOfTheBrand("deal_desk");

        await Should.ThrowAsync<TimeoutException>(() => portal.InScopeAsync(CallerOf(reviewer), services => services.GetRequiredService<Db>().InTransactionAsync(async () =>
        {
            await services.GetRequiredService<Notifier>().TellAsync(Recipients.Person(seller.PersonId), "web.view_saved", ["A"], "/", CancellationToken.None);
            throw new TimeoutException();
        }, CancellationToken.None)));

        (await ToldAsync(seller)).ShouldBe(0);
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task A_notification_leads_nowhere_but_into_the_portal(string link)
    {
        var seller = await portal.Given.ADistributor("台州海纳");
        var reviewer = await portal.Given.SomebodyOfTheBrand("deal_desk");

        var refused = await Should.ThrowAsync<PostgresException>(() => TellAsync(reviewer, Recipients.Person(seller.PersonId), "web.view_saved", ["A"], link));

        refused.ConstraintName.ShouldBe("a_notification_leads_into_the_portal");
    }

    [Theory]
    [InlineData("insert into notification (person_id, text_key, link, told_at) values (app_person_id(), 'web.save', '/', now())")]
    [InlineData("update notification set text_key = 'web.save'")]
    public async Task The_application_itself_cannot_forge_one(string statement)
    {
        var seller = await portal.Given.ADistributor("温州四海");

        var refused = await Should.ThrowAsync<PostgresException>(() => portal.Database.As(CallerOf(seller)).ExecuteAsync(statement, null, CancellationToken.None));

        refused.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task What_was_read_long_ago_is_forgotten()
    {
        var seller = await portal.Given.ADistributor("湖州安吉");
        var reviewer = await portal.Given.SomebodyOfTheBrand("deal_desk");
        await TellAsync(reviewer, Recipients.Person(seller.PersonId), "web.view_saved", ["read"], "/");
        await TellAsync(reviewer, Recipients.Person(seller.PersonId), "web.view_saved", ["unread"], "/");
        await portal.Database.ExecuteAsync("""update notification set read_at = now() - interval '91 days' where person_id = @PersonId and arguments = '["read"]'""", new { seller.PersonId });

        await portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<NotificationStore>().ForgetReadAsync(DateTime.UtcNow.AddDays(-90), CancellationToken.None));

        (await ToldAsync(seller)).ShouldBe(1);
    }

    static Caller CallerOf(TestPerson person) => Caller.Subject(TestIdentityProvider.Issuer, person.Subject);

    Task TellAsync(TestPerson by, Recipients to, string key, IReadOnlyList<object> arguments, string link) =>
        portal.InScopeAsync(CallerOf(by), services => services.GetRequiredService<Db>().InTransactionAsync(
            () => services.GetRequiredService<Notifier>().TellAsync(to, key, arguments, link, CancellationToken.None), CancellationToken.None));

    async Task<int> ToldAsync(TestPerson person) =>
        (await portal.SignIn(person).GetAsync("/notifications")).All(".notification-open").Count;
}
