using System.Net;
using Shouldly;
using Support;

namespace Portal.Tests.Web;

public sealed class SigningIn(PortalApp portal) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task Somebody_who_is_not_signed_in_is_sent_to_the_identity_provider()
    {
        var page = await portal.Anonymous().GetOnlyAsync("/no-such-page");

        page.Status.ShouldBe(HttpStatusCode.Redirect);
        page.Headers.Headers.Location!.GetLeftPart(UriPartial.Path).ShouldBe("https://identity.test/connect/authorize");
    }

    [Fact]
    public async Task A_person_of_a_partner_is_let_in()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("上海云启"));

        var page = await visitor.GetAsync("/no-such-page");

        page.Status.ShouldBe(HttpStatusCode.NotFound);
        page.Text("h1").ShouldBe("Not found");
    }

    [Fact]
    public async Task Somebody_whom_no_partner_has_entered_is_told_what_to_do()
    {
        var page = await portal.SignIn(TestIdentityProvider.Issuer, "a-stranger", "A Stranger").GetAsync("/no-such-page");

        page.Status.ShouldBe(HttpStatusCode.Forbidden);
        page.Text("h1").ShouldBe("We do not know you here yet");
        page.Text(".error-detail").ShouldContain("Ask your company's administrator");
    }

    [Fact]
    public async Task The_api_takes_a_bearer_token_and_no_cookie()
    {
        var person = await portal.Given.ADistributor("杭州远见");

        (await portal.SignIn(person).GetOnlyAsync("/api/v1/nothing")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await portal.ApiWith(null).GetAsync("/api/v1/nothing")).Problem.ShouldBe("unauthenticated");
        (await portal.Api(person).GetAsync("/api/v1/nothing")).Problem.ShouldBe("not-found");
    }
}
