using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Kpis;
using Portal.Kpis.Boards.Subscriptions;
using Support;

namespace Portal.Tests.Kpis.Boards;

public sealed class Subscribing(BoardChannel portal) : IClassFixture<BoardChannel>
{
    // Each test has an instance of its own, and sees the mails that went out while it ran.
    readonly List<TestMail> mails = [];

    [Theory]
    [InlineData("day", "2026-03-21")]
    [InlineData("week", "2026-03-23")]
    [InlineData("month", "2026-04-01")]
    [InlineData("quarter", "2026-04-01")]
    public void It_comes_next_on_the_next_such_day(string every, string day) => Assert.Equal(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), SubscriptionStore.NextAfter(every, new(2026, 3, 20)));

    [Fact]
    public void On_a_monday_the_next_one_is_a_week_away_and_on_the_first_the_period_that_ended_is_told()
    {
        Assert.Equal(new DateOnly(2026, 3, 30), SubscriptionStore.NextAfter("week", new(2026, 3, 23)));
        Assert.Equal("2026-Q1", SubscriptionStore.PeriodOn(PeriodKind.Quarter, new(2026, 4, 1)).ToString());
        Assert.Equal("2026-Q2", SubscriptionStore.PeriodOn(PeriodKind.Quarter, new(2026, 4, 2)).ToString());
    }

    [Fact]
    public async Task A_dashboard_comes_by_mail_as_pdf_and_excel_once_a_day_with_what_its_subscriber_may_see()
    {
        var visitor = portal.SignIn(portal.Distributor);
        var form = await visitor.GetAsync("/kpis/subscriptions/new?period=2026-Q1&against=previous");
        var list = await visitor.SubmitAsync(form, ("Name", "Branch by day"), ("Every", "day"), ("Formats", "pdf"), ("Formats", "xlsx"));
        Assert.Contains("Branch by day", list.Words, StringComparison.Ordinal);
        await portal.Database.ExecuteAsync("update portal.kpi_subscription set next_on = '2026-03-20' where name = 'Branch by day'");

        await SendAsync();
        await SendAsync();

        var mail = Assert.Single(mails, mail => mail.Subject.Contains("Branch by day", StringComparison.Ordinal));
        Assert.Contains("2026-Q1", mail.Subject, StringComparison.Ordinal);
        Assert.Equal(["application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"], mail.Files.Select(file => file.ContentType));
        Assert.DoesNotContain("Far store", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_subscribed_to_is_said_at_the_field_and_keeps_what_was_typed()
    {
        var visitor = portal.SignIn(portal.Manager);
        var form = await visitor.GetAsync("/kpis/subscriptions/new?period=2026-Q1");

        var refused = await visitor.SubmitAsync(form, ("Name", ""), ("Every", "month"));

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal("month", refused.Value("Every"));
        Assert.Contains("Give it a name", refused.Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync("/kpis/subscriptions/new?territory=NOWHERE")).Status);
    }

    [Fact]
    public async Task Somebody_who_is_suspended_gets_no_mail_and_nobody_sees_or_ends_the_subscription_of_another()
    {
        var store = portal.SignIn(portal.Stores[5]);
        await store.SubmitAsync(await store.GetAsync("/kpis/subscriptions/new?period=2026-Q1"), ("Name", "Mine alone"), ("Every", "week"));
        var number = (await portal.Database.ListAsync<string>("select number from portal.kpi_subscription where name = 'Mine alone'")).Single();
        var other = portal.SignIn(portal.Stores[4]);
        Assert.DoesNotContain("Mine alone", (await other.GetAsync("/kpis/subscriptions")).Words, StringComparison.Ordinal);
        await using (var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.Stores[4].Subject)))
        {
            Assert.Equal(0, await db.ExecuteAsync("delete from kpi_subscription where number = @number", new { number }, default));
        }

        await portal.Database.ExecuteAsync("""
            update portal.kpi_subscription set next_on = '2026-03-20' where name = 'Mine alone';
            update portal.partner set status = 'suspended' where partner_id = @id
            """, new { id = portal.Stores[5].Partner.PartnerId });

        await SendAsync();

        Assert.DoesNotContain(mails, mail => mail.Subject.Contains("Mine alone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_whole_dashboard_is_given_out_as_pdf_and_as_workbook_in_both_languages()
    {
        foreach (var person in new[] { portal.Admin, portal.Stores[0] })
        {
            var visitor = portal.SignIn(person);
            foreach (var language in new[] { "en", "zh-CN" })
            {
                visitor.Language = language;
                var pdf = await visitor.GetAsync("/kpis/pdf?period=2026-Q1");
                Assert.Equal((HttpStatusCode.OK, "application/pdf"), (pdf.Status, pdf.Header("Content-Type")));
                var book = await visitor.GetAsync("/kpis/excel?period=2026-Q1");
                Assert.Equal((HttpStatusCode.OK, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (book.Status, book.Header("Content-Type")));
            }
        }

        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Other).GetAsync($"/kpis/pdf?partner={portal.Stores[0].Partner.Number}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Other).GetAsync($"/kpis/excel?partner={portal.Stores[0].Partner.Number}")).Status);
    }

    [Fact]
    public async Task Programs_read_panels_as_far_as_they_may_see()
    {
        var api = portal.Api(portal.Distributor);

        var grades = await api.GetAsync("/api/v1/kpis/panels/grades?period=2026-Q1");
        Assert.Equal(["A", "A", "B", "B", "C", "C", "D"], grades.Json.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("grade").GetString()));
        Assert.Equal("not-found", (await portal.Api(portal.Other).GetAsync($"/api/v1/kpis/panels/grades?partner={portal.Stores[0].Partner.Number}")).Problem);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.GetAsync("/api/v1/kpis/panels/grades?period=nonsense")).Status);
        Assert.Contains((await api.GetAsync("/api/v1/kpis/panels")).Json.EnumerateArray(), panel => panel.GetString() == "peers");
    }

    async Task SendAsync()
    {
        await portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<SendSubscriptions>().RunAsync(default));
        mails.AddRange(await portal.MailsAsync());
    }
}
