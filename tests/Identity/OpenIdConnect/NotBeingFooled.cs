using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Tokens;
using Support;

namespace Identity.Tests.OpenIdConnect;

public sealed class NotBeingFooled : IAsyncDisposable
{
    static readonly Dictionary<string, Action<SecurityTokenDescriptor>> Changes = new()
    {
        ["another issuer"] = token => token.Issuer = "https://evil.test",
        ["another audience"] = token => token.Claims["aud"] = "another",
        ["no audience"] = token => token.Claims.Remove("aud"),
        ["several audiences for another party"] = token => (token.Claims["aud"], token.Claims["azp"]) = (new[] { "portal", "another" }, "another"),
        ["no subject"] = token => token.Claims.Remove("sub"),
        ["no issue time"] = token => token.IssuedAt = null,
        ["no end"] = token => token.Expires = null,
        ["expired"] = token => (token.IssuedAt, token.Expires) = (token.IssuedAt - TimeSpan.FromMinutes(10), token.IssuedAt - TimeSpan.FromSeconds(31)),
        ["not valid yet"] = token => token.NotBefore = token.IssuedAt + TimeSpan.FromSeconds(31),
        ["another nonce"] = token => token.Claims["nonce"] = "another",
        ["no nonce"] = token => token.Claims.Remove("nonce"),
        ["another access token"] = token => token.Claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA",
        ["an access token"] = token => token.TokenType = "at+jwt",
        ["a logout token"] = token => token.TokenType = "logout+jwt",
        ["a foreign key"] = token => token.SigningCredentials = HostileProvider.ForeignKey,
        ["an unknown key"] = token => token.SigningCredentials = HostileProvider.UnknownKey,
        ["the public key as a secret"] = token => token.SigningCredentials = HostileProvider.PublicKeyAsSecret,
    };

    readonly TestClock clock = new();
    readonly HostileProvider provider;
    readonly Lazy<ClientApp> started;

    public NotBeingFooled()
    {
        provider = new(clock);
        started = new(() => new(provider, clock));
    }

    // It looks at the provider as soon as it starts, so the provider is made wrong before.
    ClientApp Portal => started.Value;

    public static TheoryData<string> ChangeNames => [.. Changes.Keys];

    public async ValueTask DisposeAsync()
    {
        await Portal.DisposeAsync();
        provider.Dispose();
    }

    [Fact]
    public async Task An_answer_in_order_signs_in()
    {
        var visitor = Portal.Visitor();

        Assert.Contains("sub=somebody", (await visitor.GetAsync(await AnswerAsync(visitor))).Body);
    }

    [Theory]
    [InlineData("""{"alg":"RS256","kid":"published"}""")]
    [InlineData("""{"alg":"RS256","kid":"published","typ":"jwt"}""")]
    public async Task A_token_in_order_may_leave_its_type_out_or_write_it_small(string header)
    {
        provider.Replace = token => HostileProvider.UnderHeader(header, token);
        var visitor = Portal.Visitor();

        Assert.Contains("sub=somebody", (await visitor.GetAsync(await AnswerAsync(visitor))).Body);
    }

    [Theory]
    [MemberData(nameof(ChangeNames))]
    public async Task A_token_with_a_fault_signs_nobody_in(string fault)
    {
        provider.Change = Changes[fault];

        await AssertRefusedAsync();
    }

    [Fact]
    public async Task A_token_without_signature_signs_nobody_in()
    {
        provider.Replace = token => WebEncoders.Base64UrlEncode("{\"alg\":\"none\",\"typ\":\"JWT\"}"u8) + "." + token.Split('.')[1] + ".";

        await AssertRefusedAsync();
    }

    [Fact]
    public async Task A_missing_or_broken_token_signs_nobody_in()
    {
        provider.Replace = _ => null;
        await AssertRefusedAsync();
        provider.Replace = _ => "not.a.token";
        await AssertRefusedAsync();
    }

    [Fact]
    public async Task Userinfo_about_somebody_else_signs_nobody_in()
    {
        provider.UserInfoSubject = "somebody else";

        await AssertRefusedAsync();
    }

    [Theory]
    [InlineData("https://evil.test")]
    [InlineData("https://identity.test/")]
    [InlineData(null)]
    public async Task An_answer_of_another_issuer_is_refused_before_its_code_is_sent_anywhere(string? issuer)
    {
        var visitor = Portal.Visitor();

        var page = await visitor.GetAsync(await AnswerAsync(visitor, ("iss", issuer)));

        Assert.Equal("failed: refused", page.Body);
        Assert.DoesNotContain("/connect/token", provider.Asked);
    }

    [Fact]
    public async Task An_answer_with_a_parameter_twice_is_refused()
    {
        var visitor = Portal.Visitor();

        Assert.Equal("failed: refused", (await visitor.GetAsync(await AnswerAsync(visitor) + "&code=another")).Body);
    }

    [Theory]
    [InlineData("access_denied", "denied")]
    [InlineData("login_required", "refused")]
    [InlineData("temporarily_unavailable", "unavailable")]
    public async Task A_no_of_the_provider_is_told(string error, string reason)
    {
        var visitor = Portal.Visitor();

        var page = await visitor.GetAsync(await AnswerAsync(visitor, ("code", null), ("error", error)));

        Assert.Equal("failed: " + reason, page.Body);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("made up")]
    public async Task An_answer_without_our_state_is_refused(string? state)
    {
        var visitor = Portal.Visitor();

        Assert.Equal("failed: interrupted", (await visitor.GetAsync(await AnswerAsync(visitor, ("state", state)))).Body);
    }

    [Fact]
    public async Task Unknown_keys_make_it_look_for_new_ones_only_now_and_then()
    {
        provider.Change = Changes["an unknown key"];
        for (var i = 0; i < 5; i++)
        {
            await AssertRefusedAsync();
        }

        Assert.InRange(provider.Asked.Count(path => path == "/jwks"), 1, 2);
    }

    [Fact]
    public async Task Metadata_that_names_another_issuer_is_not_used()
    {
        provider.Issuer = "https://evil.test";

        Assert.Equal("failed: unavailable", (await Portal.Visitor().GetAsync("/")).Body);
        Assert.Contains(Portal.Log.Lines, line => line.Contains("names the issuer https://evil.test; https://identity.test was expected.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_clock_that_is_off_is_told_in_one_line()
    {
        provider.ClockAhead = TimeSpan.FromSeconds(95);
        var visitor = Portal.Visitor();
        await visitor.GetAsync(await AnswerAsync(visitor));

        var line = Assert.Single(Portal.Log.Lines, line => line.StartsWith("Critical", StringComparison.Ordinal));
        Assert.EndsWith("The clock of identity.test is 95 seconds ahead of this service's; sign-ins fail beyond 30. Let both machines take their time from the same server (NTP) and start again.", line);
    }

    [Fact]
    public async Task Nothing_secret_is_logged()
    {
        provider.Change = Changes["another nonce"];
        await AssertRefusedAsync();

        Assert.DoesNotContain(Portal.Log.Lines, line => line.Contains("eyJ", StringComparison.Ordinal) || line.Contains("a-code", StringComparison.Ordinal) || line.Contains(IdentityApp.PortalSecret, StringComparison.Ordinal) || line.Contains(provider.Nonce, StringComparison.Ordinal));
    }

    async Task AssertRefusedAsync()
    {
        var visitor = Portal.Visitor();
        Assert.Equal("failed: refused", (await visitor.GetAsync(await AnswerAsync(visitor))).Body);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.GetOnlyAsync("/")).Status);
    }

    async Task<string> AnswerAsync(Visitor visitor, params IEnumerable<(string Name, string? Value)> changes)
    {
        var request = QueryHelpers.ParseQuery(new Uri((await visitor.GetOnlyAsync("/")).Header("Location")!).Query);
        provider.Nonce = request["nonce"]!;
        var answer = new Dictionary<string, string?> { ["code"] = "a-code", ["state"] = request["state"], ["iss"] = IdentityApp.Issuer };
        foreach (var (name, value) in changes)
        {
            answer[name] = value;
        }

        return QueryHelpers.AddQueryString("/signin-oidc", answer.Where(parameter => parameter.Value is not null));
    }
}
