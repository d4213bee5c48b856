using System.Net;
using Npgsql;
using Platform.Database;
using Portal.Customers;
using Portal.Deals;
using Portal.Tests.Deals;
using Support;

namespace Portal.Tests.Customers;

public sealed class NamingCustomers(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task A_customer_that_is_renamed_is_found_by_its_former_name_for_ever()
    {
        var held = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("嘉定旧名机电有限公司"));
        var customer = (await portal.FindAsync(portal.Huaxin, held))!.CustomerNumber;
        var partner = portal.SignIn(portal.Huaxin);

        await partner.SubmitAsync($"/customers/{customer}/edit", ("Name", "松江新名机电有限公司"));
        await partner.SubmitAsync($"/customers/{customer}/edit", ("Name", "青浦又名机电有限公司"));

        var page = await partner.GetAsync($"/customers/{customer}");
        Assert.Contains("Former name嘉定旧名机电有限公司 · 松江新名机电有限公司", page.Words);
        foreach (var name in new[] { "嘉定旧名机电有限公司", "松江新名机电有限公司", "青浦又名机电有限公司" })
        {
            Assert.Equal("live_claim", Assert.IsType<DealOutcome.Blocked>(await portal.SubmitAsync(portal.Yuanjian, portal.Deal(name))).Verdict.Conflict);
        }

        var refused = await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.Huaxin.Subject));
            await db.ExecuteAsync("update end_customer set former_names = '{}' where number = @customer", new { customer }, CancellationToken.None);
        });
        Assert.Equal("a_customer_keeps_its_names", refused.ConstraintName);
    }

    [Fact]
    public async Task Names_have_kinds_on_the_page_and_in_the_api_and_plain_other_names_still_work()
    {
        var api = portal.Api(portal.Huaxin);

        var created = await api.PostAsync("/api/v1/customers", new
        {
            name = "奉贤多名化工有限公司", countryCode = "CN", otherNames = new[] { "多名化工" },
            names = new[] { new { name = "Duoming Chemicals", kind = "english" }, new { name = "多名", kind = "short" } },
        });
        var number = created.Json.GetProperty("number").GetString();
        var wrong = await api.PostAsync("/api/v1/customers", new { name = "奉贤错名有限公司", countryCode = "CN", names = new[] { new { name = "x", kind = "nickname" } } });
        var page = await portal.SignIn(portal.Huaxin).GetAsync($"/customers/{number}");
        var form = await portal.SignIn(portal.Huaxin).GetAsync($"/customers/{number}/edit");

        Assert.Equal(["Duoming Chemicals", "多名", "多名化工"], created.Json.GetProperty("otherNames").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(["english", "short", "other"], created.Json.GetProperty("names").EnumerateArray().Select(name => name.GetProperty("kind").GetString()));
        Assert.Equal((HttpStatusCode.BadRequest, "names"), (wrong.Status, wrong.Json.GetProperty("errors")[0].GetProperty("field").GetString()));
        Assert.Contains("English nameDuoming Chemicals", page.Words);
        Assert.Equal(("多名化工", "Duoming Chemicals", "多名"), (form.Value("OtherNames"), form.Value("EnglishNames"), form.Value("ShortNames")));
    }

    [Fact]
    public async Task Nobodys_customer_is_the_partner_itself_and_impossible_identifiers_are_refused()
    {
        var partner = await portal.Given.ADistributor("杭州自家贸易有限公司");
        var visitor = portal.SignIn(partner);

        var own = await visitor.SubmitAsync("/customers/new", ("Name", "杭州自家贸易（有限公司）"), ("CountryCode", "CN"));
        var wrong = await portal.Api(partner).PostAsync("/api/v1/customers", new
        {
            name = "某某有限公司", countryCode = "CN", creditCode = "91310115324560147X", vatNumber = "DE000000000", duns = "12345", domain = "not a domain", phone = "12",
        });
        var customer = (await portal.Api(partner).PostAsync("/api/v1/customers", new { name = "无辜客户有限公司", countryCode = "CN" })).Json.GetProperty("number").GetString();
        var renamed = await visitor.SubmitAsync($"/customers/{customer}/edit", ("Name", "自家贸易有限公司"));

        Assert.Equal("This is your own company.", own.Text("#Name-problem"));
        Assert.Equal("This is your own company.", renamed.Text("#Name-problem"));
        Assert.Equal(["creditCode", "vatNumber", "duns", "domain", "phone"], wrong.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
    }

    [Theory]
    [InlineData("Аррӏе Computer", "Apple Computer")]
    [InlineData("'; drop table portal.deal; --", "drop")]
    public async Task Look_alikes_and_sql_in_names_are_stored_and_match_nobody_with_certainty(string odd, string plain)
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal(plain));

        var outcome = await portal.SubmitAsync(portal.Yuanjian, portal.Deal(odd));

        Assert.IsType<DealOutcome.Done>(outcome);
    }
}
