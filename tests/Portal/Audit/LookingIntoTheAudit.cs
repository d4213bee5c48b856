using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Database;
using Portal.Tests.House;
using Support;

namespace Portal.Tests.Audit;

public sealed partial class LookingIntoTheAudit(PortalApp portal) : IClassFixture<PortalApp>
{
    async Task Acted(TestPerson person, string action, string kind, string number, long[] partners, object? details = null)
    {
        await using var scope = portal.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.Subject(TestIdentityProvider.Issuer, person.Subject);
        var db = scope.ServiceProvider.GetRequiredService<Db>();
        await db.InTransactionAsync(() => scope.ServiceProvider.GetRequiredService<AuditTrail>().RecordAsync([new(action, kind, number, partners, details)], default), default);
    }

    [Fact]
    public async Task A_partners_administrator_sees_what_was_done_to_the_companys_own_records_and_nothing_else()
    {
        var mine = await portal.Given.ADistributor("审计甲");
        var other = await portal.Given.ADistributor("审计乙");
        var reviewer = await portal.Given.SomebodyOfTheBrand("deal_desk");
        await Acted(mine, "deal.submitted", "deal", "D-MINE", [mine.Partner.PartnerId]);
        await Acted(reviewer, "deal.marked_duplicate", "deal", "D-MINE", [mine.Partner.PartnerId], new { reason = "审计乙 was first" });
        await Acted(other, "deal.submitted", "deal", "D-OTHER", [other.Partner.PartnerId]);
        await Acted(reviewer, "deal.commented_by_brand", "deal", "D-MINE", []);

        var page = await portal.SignIn(mine).GetAsync("/audit");

        Assert.Equal(["Marked as a duplicate", "Deal submitted"], page.All("tbody tr td:nth-child(3)"));
        Assert.DoesNotContain("D-OTHER", page.Body, StringComparison.Ordinal);
        // What the reviewer wrote down may speak of others.
        Assert.DoesNotContain("审计乙", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_brand_sees_everything_with_what_changed()
    {
        var distributor = await portal.Given.ADistributor("审计丙");
        await Acted(distributor, "order.submit", "order", "PO-AUDIT", [distributor.Partner.PartnerId], new { before = new { status = "draft" }, lines = new[] { new { sku = "D-1" } } });

        var page = await portal.SignIn(await portal.Given.SomebodyOfTheBrand("finance")).GetAsync("/audit?q=po-audit&kind=order");

        Assert.Equal(["Order submitted"], page.All("tbody tr td:nth-child(3)"));
        Assert.Equal(["before.status", "lines.1.sku"], page.All(".audit-details dt").Order(StringComparer.Ordinal));
        Assert.Equal("/orders/PO-AUDIT", page.Document.QuerySelector("tbody td a")!.GetAttribute("href"));
    }

    [Fact]
    public async Task Days_are_those_of_the_readers_zone()
    {
        var admin = await portal.Given.SomebodyOfTheBrand("brand_admin");
        await Acted(admin, "kpi.defined", "kpi", "K-DAYS", []);
        var today = portal.Clock.GetUtcNow().UtcDateTime.Date;
        var visitor = portal.SignIn(admin);

        Assert.Single((await visitor.GetAsync($"/audit?q=K-DAYS&from={Day(today.AddDays(-1))}&to={Day(today.AddDays(1))}")).All("tbody tr"));
        Assert.Equal("Nothing fits", (await visitor.GetAsync($"/audit?q=K-DAYS&from={Day(today.AddDays(2))}")).Text(".empty-title")[..12]);
        Assert.Single((await visitor.GetAsync("/audit?q=K-DAYS&from=nonsense")).All("tbody tr"));

        static string Day(DateTime day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Sales_and_strangers_are_kept_out()
    {
        var distributor = await portal.Given.APartner("审计丁", "distributor");
        var sales = await portal.Given.APerson(distributor, "sales");

        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(sales).GetAsync("/audit")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.SignIn(sales).GetAsync("/audit/export")).Status);
    }

    [Fact]
    public void Every_act_that_is_recorded_has_words_for_people()
    {
        var texts = JsonSerializer.Deserialize<Dictionary<string, object>>(SourceTree.Files("portal/Audit", ".json").Single().Text)!.Keys;
        var recorded =
            from file in SourceTree.Files("portal", ".cs")
            from Match act in Recorded().Matches(file.Text)
            select act.Groups["action"].Value;

        Assert.Equal([], recorded.Distinct(StringComparer.Ordinal).Where(action => !texts.Contains("audit.action." + action)));
    }

    [GeneratedRegex("""(RecordAsync\(|new AuditAct\(|\[new\()"(?<action>[a-z_]+\.[a-z_-]+)", """)]
    private static partial Regex Recorded();
}
