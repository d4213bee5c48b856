using System.Net;
using Shouldly;
using Support;

namespace Portal.Tests.Partners;

public sealed class PartnersOverTheApi(PortalApp portal) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task A_partner_is_taken_in_once_read_and_changed_with_its_version()
    {
        var api = portal.Api(await portal.Given.AnApiClient(await portal.Given.TheBrand(), "brand_admin"));
        var body = new { name = "Eurodist", type = "distributor", level = "gold", countryCode = "de", currency = "eur", code = "API-1", timeZone = "Europe/Berlin" };

        var created = await api.PostAsync("/api/v1/partners", body, "key-1");
        var again = await api.PostAsync("/api/v1/partners", body, "key-1");
        var other = await api.PostAsync("/api/v1/partners", body with { name = "Other" }, "key-1");
        var number = created.Json.GetProperty("number").GetString()!;

        created.Status.ShouldBe(HttpStatusCode.Created);
        created.Header("Location").ShouldBe($"/api/v1/partners/{number}");
        created.Header("ETag").ShouldBe("\"1\"");
        again.Text.ShouldBe(created.Text);
        other.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);

        (await api.PutAsync($"/api/v1/partners/{number}", body with { name = "Eurodist GmbH" }, null)).Problem.ShouldBe("version-required");
        var changed = await api.PutAsync($"/api/v1/partners/{number}", body with { name = "Eurodist GmbH" }, 1);
        changed.Json.GetProperty("name").GetString().ShouldBe("Eurodist GmbH");
        changed.Header("ETag").ShouldBe("\"2\"");
        (await api.PutAsync($"/api/v1/partners/{number}", body, 1)).Problem.ShouldBe("stale");
    }

    [Fact]
    public async Task What_is_wrong_is_told_by_field()
    {
        var api = portal.Api(await portal.Given.AnApiClient(await portal.Given.TheBrand(), "brand_admin"));

        var refused = await api.PostAsync("/api/v1/partners", new { name = " ", type = "shop", countryCode = "Germany", currency = "XXX", timeZone = "Nowhere" });

        refused.Problem.ShouldBe("invalid");
        refused.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()).ShouldBe(["name", "type", "countryCode", "currency", "timeZone"]);
    }

    [Fact]
    public async Task A_loop_is_refused_and_what_stands_elsewhere_is_not_there()
    {
        var api = portal.Api(await portal.Given.AnApiClient(await portal.Given.TheBrand(), "brand_admin"));
        var top = await portal.Given.APartner("Top", "distributor");
        var low = await portal.Given.APartner("Low", "reseller", top);

        var loop = await api.PutAsync($"/api/v1/partners/{top.Number}/upstream", new { upstream = low.Number }, 1);
        loop.Problem.ShouldBe("invalid");
        loop.Text.ShouldContain("cannot be placed below itself");
        (await api.PutAsync("/api/v1/partners/P-0000-0000-0000/upstream", new { upstream = low.Number }, 1)).Problem.ShouldBe("not-found");
        (await api.PutAsync($"/api/v1/partners/{low.Number}/upstream", new { upstream = (await portal.Given.TheBrand()).Number }, 7)).Problem.ShouldBe("stale");
    }

    [Fact]
    public async Task Another_tenants_partner_is_not_there_and_only_the_brand_changes_companies()
    {
        var (mine, other) = (await portal.Given.ADistributor("Mine"), await portal.Given.ADistributor("Other"));
        var api = portal.Api(mine);

        (await api.GetAsync($"/api/v1/partners/{other.Partner.Number}")).Problem.ShouldBe("not-found");
        (await api.GetAsync($"/api/v1/partners/{mine.Partner.Number}")).Json.GetProperty("name").GetString().ShouldBe("Mine");
        (await api.PostAsync("/api/v1/partners", new { name = "X" })).Problem.ShouldBe("forbidden");
        (await api.PutAsync($"/api/v1/partners/{mine.Partner.Number}", new { name = "X" }, 1)).Problem.ShouldBe("forbidden");
        (await api.SendAsync(HttpMethod.Put, $"/api/v1/partners/{other.Partner.Number}/suspension", new { reason = "x" })).Problem.ShouldBe("forbidden");
    }

    [Fact]
    public async Task The_list_goes_on_where_the_page_before_ended()
    {
        var api = portal.Api(await portal.Given.AnApiClient(await portal.Given.TheBrand(), "finance"));
        for (var index = 1; index <= 5; index++)
        {
            await portal.Given.APartner($"Paged {index}", "store");
        }

        var first = await api.GetAsync("/api/v1/partners?q=paged&limit=2");
        var second = await api.GetAsync($"/api/v1/partners?q=paged&limit=2&cursor={first.Json.GetProperty("next").GetString()}");
        var third = await api.GetAsync($"/api/v1/partners?q=paged&limit=2&cursor={second.Json.GetProperty("next").GetString()}");

        new[] { first, second, third }.SelectMany(page => page.Json.GetProperty("items").EnumerateArray()).Select(partner => partner.GetProperty("name").GetString())
            .ShouldBe(["Paged 1", "Paged 2", "Paged 3", "Paged 4", "Paged 5"]);
        third.Json.TryGetProperty("next", out _).ShouldBeFalse();
        (await api.GetAsync("/api/v1/partners?cursor=nonsense")).Problem.ShouldBe("invalid");
    }

    [Fact]
    public async Task Suspending_twice_is_suspending_once()
    {
        var api = portal.Api(await portal.Given.AnApiClient(await portal.Given.TheBrand(), "channel_manager"));
        var partner = await portal.Given.APartner("Twice", "distributor");
        var address = $"/api/v1/partners/{partner.Number}/suspension";

        (await api.SendAsync(HttpMethod.Put, address, new { reason = "" })).Problem.ShouldBe("invalid");
        (await api.SendAsync(HttpMethod.Put, address, new { reason = "Fraud" })).Json.GetProperty("status").GetString().ShouldBe("suspended");
        (await api.SendAsync(HttpMethod.Put, address, new { reason = "Fraud again" })).Json.GetProperty("status").GetString().ShouldBe("suspended");
        (await api.SendAsync(HttpMethod.Delete, address, null)).Json.GetProperty("status").GetString().ShouldBe("active");
        (await api.SendAsync(HttpMethod.Delete, address, null)).Json.GetProperty("status").GetString().ShouldBe("active");
        (await portal.Database.ListAsync<string>("select reason from partner_suspension where partner_id = @PartnerId", new { partner.PartnerId })).ShouldBe(["Fraud"]);
    }
}
