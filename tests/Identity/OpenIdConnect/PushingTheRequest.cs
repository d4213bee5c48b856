using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Platform.OpenIdConnect;
using Support;

namespace Identity.Tests.OpenIdConnect;

public sealed class PushingTheRequest : IDisposable
{
    readonly TestClock clock = new();
    readonly HostileProvider provider;

    public PushingTheRequest() => provider = new(clock) { HasPush = true };

    public void Dispose() => provider.Dispose();

    [Fact]
    public async Task What_is_asked_for_goes_to_the_provider_and_its_name_through_the_browser()
    {
        await using var portal = new ClientApp(provider, clock);

        var leaving = await portal.Visitor().GetOnlyAsync("/");

        Assert.Equal("https://identity.test/connect/authorize?client_id=portal&request_uri=urn%3Aa-name", leaving.Header("Location"));
        Assert.Equal(("portal", "code", "S256", "openid profile email", "https://portal.test/signin-oidc"),
            (provider.Pushed["client_id"].ToString(), provider.Pushed["response_type"].ToString(), provider.Pushed["code_challenge_method"].ToString(), provider.Pushed["scope"].ToString(), provider.Pushed["redirect_uri"].ToString()));
        Assert.StartsWith("Basic ", provider.PushedBy);
        Assert.False(provider.Pushed.ContainsKey("client_secret"));
    }

    [Fact]
    public async Task The_answer_to_it_signs_in()
    {
        await using var portal = new ClientApp(provider, clock);
        var visitor = portal.Visitor();
        await visitor.GetOnlyAsync("/");
        provider.Nonce = provider.Pushed["nonce"]!;

        var home = await visitor.GetAsync(QueryHelpers.AddQueryString("/signin-oidc", new Dictionary<string, string?> { ["code"] = "a-code", ["state"] = provider.Pushed["state"], ["iss"] = IdentityApp.Issuer }));

        Assert.Contains("sub=somebody", home.Body);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "refused")]
    [InlineData(HttpStatusCode.Unauthorized, "refused")]
    [InlineData(HttpStatusCode.NotFound, "refused")]
    [InlineData(HttpStatusCode.TooManyRequests, "unavailable")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "unavailable")]
    public async Task A_push_that_fails_is_told_and_not_made_up_for_through_the_browser(HttpStatusCode status, string reason)
    {
        provider.PushStatus = status;
        await using var portal = new ClientApp(provider, clock);

        Assert.Equal("failed: " + reason, (await portal.Visitor().GetAsync("/")).Body);
        Assert.Contains(portal.Log.Lines, line => line.Contains("The provider did not take the pushed request: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task To_a_provider_without_it_the_browser_carries_the_request()
    {
        provider.HasPush = false;
        await using var portal = new ClientApp(provider, clock);

        Assert.Contains("code_challenge=", (await portal.Visitor().GetOnlyAsync("/")).Header("Location"));
    }

    [Fact]
    public async Task A_provider_that_insists_and_names_no_place_for_it_signs_nobody_in()
    {
        (provider.HasPush, provider.RequiresPush) = (false, true);
        await using var portal = new ClientApp(provider, clock);

        Assert.Equal("failed: refused", (await portal.Visitor().GetAsync("/")).Body);
    }

    [Fact]
    public async Task An_application_that_insists_does_not_sign_in_without()
    {
        provider.HasPush = false;
        await using var portal = new ClientApp(provider, clock, configure: options => options.UsePushedAuthorization = PushedAuthorizationUse.Always);

        Assert.Equal("failed: refused", (await portal.Visitor().GetAsync("/")).Body);
    }

    [Theory]
    [InlineData(false, "code_challenge=")]
    [InlineData(true, "request_uri=")]
    public async Task An_application_that_rather_does_not_still_does_where_the_provider_insists(bool insists, string expected)
    {
        provider.RequiresPush = insists;
        await using var portal = new ClientApp(provider, clock, configure: options => options.UsePushedAuthorization = PushedAuthorizationUse.Never);

        Assert.Contains(expected, (await portal.Visitor().GetOnlyAsync("/")).Header("Location"));
    }
}
