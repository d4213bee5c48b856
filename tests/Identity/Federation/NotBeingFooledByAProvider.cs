using System.Net;
using System.Text;
using Platform.GuardedHttp;
using Support;

namespace Identity.Tests.Federation;

public sealed class NotBeingFooledByAProvider(FederatedIdentity identity) : IClassFixture<FederatedIdentity>
{
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
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async Task<HttpResponseMessage> SaysNothingAsync(CancellationToken ct)
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            throw new InvalidOperationException("Nobody gives up.");
        }

        partner.Provider.Instead = (_, ct) => how switch
        {
            "slow" => SaysNothingAsync(ct),
            "huge" => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(new string(' ', 600 * 1024) + "{}", Encoding.UTF8, "application/json") }),
            "redirecting" => Task.FromResult(new HttpResponseMessage(HttpStatusCode.TemporaryRedirect) { Headers = { Location = new("https://evil.test/token") } }),
            "broken" => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{\"access_token\":", Encoding.UTF8, "application/json") }),
            _ => Task.FromException<HttpResponseMessage>(new HttpRequestException("connection refused")),
        };
        var waiting = visitor.GetOnlyAsync(partner.Answer(request));
        var good = await other.SignInAsync(identity.Visitor());
        if (how is "slow")
        {
            await asked.Task;
            identity.Clock.Advance(GuardedFetch.Patience);
        }

        var page = await waiting;

        Assert.Equal(HttpStatusCode.SeeOther, good.Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
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

    Task<Partner> PartnerAsync() => identity.HostilePartnerAsync();

    Task AssertRefusedAsync(Partner partner, params IEnumerable<(string Name, string? Value)> changes) => identity.AssertRefusedAsync(partner, changes);

    Task<string?> FaultAsync(Partner partner) => identity.OneAsync<string?>("select fault from identity_provider where scheme = @Scheme", new { partner.Scheme });
}
