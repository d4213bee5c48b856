using System.Diagnostics;
using System.Net;
using System.Text;
using Identity.Tests.OpenIdConnect;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Tokens;
using Support;

namespace Identity.Tests.Federation;

public sealed class NotBeingFooledByAProvider(FederatedIdentity identity) : IClassFixture<FederatedIdentity>
{
    static readonly Dictionary<string, Action<SecurityTokenDescriptor>> Changes = new()
    {
        ["another issuer"] = token => token.Issuer = "https://evil.test",
        ["another audience"] = token => token.Claims["aud"] = "portal",
        ["no audience"] = token => token.Claims.Remove("aud"),
        ["several audiences and not made for us"] = token => token.Claims["aud"] = new[] { (string)token.Claims["aud"], "another" },
        ["no subject"] = token => token.Claims.Remove("sub"),
        ["an empty subject"] = token => token.Claims["sub"] = "",
        ["a subject that is too long"] = token => token.Claims["sub"] = new string('x', 256),
        ["no issue time"] = token => token.IssuedAt = null,
        ["issued in the future"] = token => (token.IssuedAt, token.Expires) = (token.IssuedAt + TimeSpan.FromMinutes(2), token.Expires + TimeSpan.FromMinutes(2)),
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

    static int partners;

    public static TheoryData<string> ChangeNames => [.. Changes.Keys];

    [Theory]
    [MemberData(nameof(ChangeNames))]
    public async Task A_token_with_a_fault_signs_nobody_in(string fault)
    {
        var partner = await PartnerAsync();
        partner.Provider.Change = Changes[fault];

        await AssertRefusedAsync(partner);
    }

    [Fact]
    public async Task A_token_without_signature_or_without_being_one_signs_nobody_in()
    {
        foreach (var replace in new Func<string, string?>[]
        {
            token => WebEncoders.Base64UrlEncode("{\"alg\":\"none\",\"typ\":\"JWT\"}"u8) + "." + token.Split('.')[1] + ".",
            token => token[..^8] + "AAAAAAAA",
            _ => null,
            _ => "no token",
        })
        {
            var partner = await PartnerAsync();
            partner.Provider.Replace = replace;
            await AssertRefusedAsync(partner);
        }
    }

    [Fact]
    public async Task Userinfo_about_somebody_else_signs_nobody_in()
    {
        var partner = await PartnerAsync();
        partner.Provider.UserInfoSubject = "somebody else";

        await AssertRefusedAsync(partner);
    }

    [Theory]
    [InlineData("iss", "https://login.another.test")]
    [InlineData("iss", null)]
    [InlineData("code", null)]
    [InlineData("state", null)]
    [InlineData("state", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task An_answer_from_elsewhere_is_refused_before_its_code_is_sent_anywhere(string name, string? value)
    {
        var partner = await PartnerAsync();

        await AssertRefusedAsync(partner, (name, value));

        Assert.DoesNotContain("/connect/token", partner.Provider.Asked);
    }

    [Fact]
    public async Task A_repeated_parameter_is_refused()
    {
        var partner = await PartnerAsync();
        var visitor = identity.Visitor();

        var page = await visitor.GetOnlyAsync(partner.Answer(await partner.StartAsync(visitor)) + "&code=another");

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.DoesNotContain("/connect/token", partner.Provider.Asked);
    }

    [Fact]
    public async Task An_answer_at_another_providers_address_is_refused_at_both()
    {
        var (honest, evil) = (await PartnerAsync(), await PartnerAsync());
        var visitor = identity.Visitor();
        var address = honest.Answer(await honest.StartAsync(visitor));

        var page = await visitor.GetOnlyAsync(address.Replace("/federation/" + honest.Scheme, "/federation/" + evil.Scheme, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.DoesNotContain("/connect/token", evil.Provider.Asked);
        Assert.DoesNotContain("/connect/token", honest.Provider.Asked);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.GetOnlyAsync(address)).Status);
    }

    [Fact]
    public async Task An_answer_counts_once_in_its_own_browser_and_for_ten_minutes()
    {
        var partner = await PartnerAsync();
        var (visitor, victim) = (identity.Visitor(), identity.Visitor());
        await partner.StartAsync(victim);
        var stolen = await victim.GetOnlyAsync(partner.Answer(await partner.StartAsync(visitor)));
        var request = await partner.StartAsync(visitor);
        var once = partner.Answer(request);
        var first = await visitor.GetOnlyAsync(once);
        var second = await visitor.GetOnlyAsync(once);
        var late = partner.Answer(await partner.StartAsync(visitor));
        identity.Clock.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(HttpStatusCode.BadRequest, stolen.Status);
        Assert.Equal(HttpStatusCode.SeeOther, first.Status);
        Assert.Equal(HttpStatusCode.BadRequest, second.Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.GetOnlyAsync(late)).Status);
        Assert.Null(victim.Cookies.Find("__Host-identity"));
        Assert.Equal(["interrupted", "interrupted", "interrupted"], await identity.RefusalsAsync(partner.Scheme));
    }

    [Fact]
    public async Task The_cookie_that_binds_it_is_of_this_host_alone()
    {
        var visitor = identity.Visitor();
        await (await PartnerAsync()).StartAsync(visitor);

        var cookie = visitor.Cookies.Find("__Host-federation")!;
        Assert.True(cookie is { Secure: true, HttpOnly: true, SameSite: Microsoft.Net.Http.Headers.SameSiteMode.Lax, Domain.HasValue: false });
        Assert.Equal("/", cookie.Path.ToString());
    }

    [Fact]
    public async Task A_code_that_was_used_elsewhere_signs_nobody_in()
    {
        var partner = await PartnerAsync();
        partner.Provider.UsedCodes.Add("used");

        await AssertRefusedAsync(partner, ("code", "used"));
    }

    [Fact]
    public async Task Metadata_of_another_issuer_make_the_provider_unusable_and_flag_it_until_they_are_right()
    {
        var partner = await PartnerAsync();
        partner.Provider.Issuer = "https://evil.test";
        var page = await identity.Visitor().GetOnlyAsync($"/federation/{partner.Scheme}/start");
        var flag = await FaultAsync(partner);

        partner.Provider.Issuer = partner.Issuer;
        var visitor = identity.Visitor();
        var good = await partner.SignInAsync(visitor);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Equal("other_issuer", flag);
        Assert.Equal(HttpStatusCode.SeeOther, good.Status);
        Assert.Null(await FaultAsync(partner));
        Assert.Equal(["provider.unusable", "federation.refused", "provider.usable_again"], await identity.AuditAsync(partner.Scheme));
    }

    [Fact]
    public async Task An_unknown_key_is_looked_for_once_a_minute_however_often_it_comes()
    {
        var partner = await PartnerAsync();
        partner.Provider.Change = token => token.SigningCredentials = HostileProvider.UnknownKey;
        await AssertRefusedAsync(partner);
        await AssertRefusedAsync(partner);
        var within = partner.Provider.Asked.Count(path => path == "/jwks");
        identity.Clock.Advance(TimeSpan.FromSeconds(61));
        await AssertRefusedAsync(partner);
        await AssertRefusedAsync(partner);

        Assert.Equal((1, 2), (within, partner.Provider.Asked.Count(path => path == "/jwks")));
    }

    [Fact]
    public async Task A_key_that_is_new_is_found()
    {
        var partner = await PartnerAsync();
        var published = partner.Provider.Keys[0];
        partner.Provider.Keys[0] = new { kty = "EC", crv = "P-256", use = "sig", kid = "old", x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" };
        await AssertRefusedAsync(partner);
        partner.Provider.Keys[0] = published;
        identity.Clock.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(HttpStatusCode.SeeOther, (await partner.SignInAsync(identity.Visitor())).Status);
    }

    [Theory]
    [InlineData("slow")]
    [InlineData("huge")]
    [InlineData("redirecting")]
    [InlineData("broken")]
    [InlineData("away")]
    public async Task A_provider_that_does_not_answer_as_one_does_costs_its_own_people_five_seconds_and_others_nothing(string how)
    {
        var (partner, other) = (await PartnerAsync(), await PartnerAsync());
        var visitor = identity.Visitor();
        var request = await partner.StartAsync(visitor);
        await other.SignInAsync(identity.Visitor());
        partner.Provider.Instead = (asked, ct) => how switch
        {
            "slow" => Task.Delay(TimeSpan.FromMinutes(1), ct).ContinueWith<HttpResponseMessage>(_ => throw new OperationCanceledException(ct), TaskScheduler.Default),
            "huge" => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(new string(' ', 600 * 1024) + "{}", Encoding.UTF8, "application/json") }),
            "redirecting" => Task.FromResult(new HttpResponseMessage(HttpStatusCode.TemporaryRedirect) { Headers = { Location = new("https://evil.test/token") } }),
            "broken" => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{\"access_token\":", Encoding.UTF8, "application/json") }),
            _ => Task.FromException<HttpResponseMessage>(new HttpRequestException("connection refused")),
        };
        var watch = Stopwatch.StartNew();
        var waiting = visitor.GetOnlyAsync(partner.Answer(request));
        var good = await other.SignInAsync(identity.Visitor());
        var page = await waiting;

        Assert.Equal(HttpStatusCode.SeeOther, good.Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(9)); // five, and what a busy machine adds
        Assert.NotNull(await FaultAsync(partner));
    }

    [Fact]
    public async Task Claims_about_other_companies_change_nothing()
    {
        var (partner, victim) = (await PartnerAsync(), await PartnerAsync());
        await identity.ProvenDomainAsync(victim, victim.Key + ".example");
        await victim.SignInAsync(identity.Visitor());
        var before = await identity.Database.ListAsync<string>("select subject from account where tenant_id = @TenantId", new { victim.TenantId });
        foreach (var (name, value) in new[] { ("email", $"boss@{victim.Key}.example"), ("tenant", victim.Key), ("tid", victim.Key), ("idp", victim.Scheme), ("administers", "installation") })
        {
            partner.Provider.UserInfo[name] = value;
        }

        partner.Provider.UserInfo["roles"] = new[] { "brand_admin", "partner_admin" };
        await partner.SignInAsync(identity.Visitor());

        Assert.Equal(before, await identity.Database.ListAsync<string>("select subject from account where tenant_id = @TenantId", new { victim.TenantId }));
        var made = await identity.Database.ListAsync<string>("select concat_ws('|', email_confirmed, administers, cardinality(roles)) from account where tenant_id = @TenantId", new { partner.TenantId });
        Assert.Equal(["f|0"], made);
    }

    [Theory]
    [InlineData("access_denied", "cancelled or did not let you in")]
    [InlineData("temporarily_unavailable", "does not answer at the moment")]
    [InlineData("<script>alert(1)</script>", "we do not accept")]
    public async Task An_error_of_the_provider_is_told_in_our_own_words(string error, string words)
    {
        var partner = await PartnerAsync();
        var visitor = identity.Visitor();

        var page = await visitor.GetOnlyAsync(partner.Answer(await partner.StartAsync(visitor), ("code", null), ("error", error), ("error_description", "<b>Call 0800 EVIL</b>")));

        Assert.Contains(words, page.Words);
        Assert.DoesNotContain("EVIL", page.Body);
    }

    [Theory]
    [InlineData("/federation/no-such-provider/start")]
    [InlineData("/federation/no-such-provider/signin?code=x&state=y")]
    [InlineData("/federation/%0A/signin?state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("/federation/%2e%2e/start?request=x")]
    public async Task What_is_no_provider_gets_an_error_page_and_no_exception(string address)
    {
        var page = await identity.Visitor().GetOnlyAsync(address);

        Assert.True((int)page.Status is >= 400 and < 500, $"{page.Status} {string.Join('\n', identity.Log.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal)))}");
        Assert.Null(page.Headers.Headers.Location);
    }

    [Fact]
    public async Task Neither_codes_nor_tokens_nor_secrets_get_into_log_or_audit()
    {
        var partner = await PartnerAsync();
        partner.Provider.Change = Changes["another audience"];
        string? token = null;
        partner.Provider.Replace = made => token = made;
        await AssertRefusedAsync(partner, ("code", "a-very-secret-code"));

        var written = string.Join('\n', identity.Log.Lines) + string.Join('\n', await identity.Database.ListAsync<string>("select details::text from audit_entry"));
        Assert.DoesNotContain("a-very-secret-code", written);
        Assert.DoesNotContain(token!.Split('.')[1], written);
        Assert.DoesNotContain("the secret of " + partner.Scheme, written);
    }

    Task<Partner> PartnerAsync() => identity.PartnerAsync("hostile-" + Interlocked.Increment(ref partners));

    async Task AssertRefusedAsync(Partner partner, params IEnumerable<(string Name, string? Value)> changes)
    {
        var (accounts, refusals) = (await identity.AccountsAsync(), (await identity.RefusalsAsync(partner.Scheme)).Count);
        var visitor = identity.Visitor();

        var page = await partner.SignInAsync(visitor, changes);

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Equal("The sign-in through your company did not work", page.Text("h1"));
        Assert.Null(visitor.Cookies.Find("__Host-identity"));
        Assert.Equal(accounts, await identity.AccountsAsync());
        Assert.Equal(refusals + 1, (await identity.RefusalsAsync(partner.Scheme)).Count);
    }

    Task<string?> FaultAsync(Partner partner) => identity.OneAsync<string?>("select fault from identity_provider where scheme = @Scheme", new { partner.Scheme });
}
