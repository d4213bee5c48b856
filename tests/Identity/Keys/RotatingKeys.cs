using System.Net;
using System.Text.Json;
using Identity.Keys;
using Microsoft.Extensions.DependencyInjection;
using Platform.Jobs;
using Support;

namespace Identity.Tests.Keys;

public sealed class RotatingKeys : IAsyncLifetime
{
    readonly IdentityApp identity = new();

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public void The_clock_goes_on_between_the_plan_and_the_key_and_no_key_signs_before_it_was_there(string algorithm)
    {
        var planned = identity.Clock.Now.UtcDateTime;

        var key = identity.Services.GetRequiredService<KeyPairs>().Make(algorithm, planned.AddMilliseconds(1), planned);

        Assert.Equal(key.CreatedAt, key.SignsFrom);
    }

    [Fact]
    public async Task The_next_key_is_announced_two_weeks_before_it_signs_and_the_last_one_verifies_until_its_tokens_have_ended()
    {
        var first = Assert.Single(await PublishedAsync());
        await PassAsync(TimeSpan.FromDays(75));
        Assert.Equal([first], await PublishedAsync());

        await PassAsync(TimeSpan.FromDays(1));
        var second = Assert.Single((await PublishedAsync()).Except([first]));
        Assert.Equal(first, await SignsAsync());

        await PassAsync(TimeSpan.FromDays(14) - TimeSpan.FromMinutes(1));
        var (last, _) = await TokenAsync();
        Assert.Equal(first, KidOf(last));
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(second, await SignsAsync());
        Assert.Equal(HttpStatusCode.OK, await UserInfoAsync(last));

        await PassAsync(TimeSpan.FromHours(10));
        Assert.Equal([second, first], await PublishedAsync());
        await PassAsync(TimeSpan.FromSeconds(31));
        Assert.Equal([second], await PublishedAsync());
        Assert.Equal(["signing_key.announced", "signing_key.retired"], await identity.AuditAsync(first));
        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from signing_key where kid = @first and retired_at is not null and protected_key is null", new { first }));
    }

    [Fact]
    public async Task Tokens_of_both_kinds_verify_and_an_id_token_is_signed_as_its_client_asked()
    {
        await identity.AClientAsync("curve", client => client.IdentityTokenSigningAlgorithm = "ES256");
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());

        var tokens = await new RelyingParty(identity, "curve").TokensAsync(visitor);

        Assert.Equal("ES256", TokenAnswer.HeaderOf(tokens.IdToken).GetProperty("alg").GetString());
        Assert.Equal("ES256", TokenAnswer.HeaderOf(tokens.AccessToken).GetProperty("alg").GetString());
        Assert.Equal(HttpStatusCode.OK, await UserInfoAsync(tokens.AccessToken));
        Assert.NotNull((await new RelyingParty(identity, "curve").AskAsync(visitor, ("prompt", "none"), ("id_token_hint", tokens.IdToken)))["code"]);
        Assert.Equal("/signed-out", (await visitor.GetAsync("/connect/endsession?id_token_hint=" + tokens.IdToken)).Path);
    }

    [Fact]
    public async Task A_service_that_was_down_for_a_year_announces_all_the_same()
    {
        var first = await SignsAsync();

        await PassAsync(TimeSpan.FromDays(365));

        Assert.Equal(first, await SignsAsync());
        Assert.Equal(2, (await PublishedAsync()).Count);
        await PassAsync(TimeSpan.FromDays(14));
        Assert.NotEqual(first, await SignsAsync());
    }

    [Fact]
    public async Task By_hand_it_takes_as_long_as_others_keep_the_old_jwks()
    {
        var first = await SignsAsync();

        await AsTheProductAsync(keys => keys.RotateNowAsync(CancellationToken.None));
        var next = Assert.Single((await PublishedAsync()).Except([first]));
        Assert.Equal(first, await SignsAsync());
        await PassAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(next, await SignsAsync());
        Assert.Contains(first, await PublishedAsync());
    }

    [Fact]
    public async Task Rotated_by_hand_twice_one_key_is_announced_and_an_announced_one_is_brought_forward()
    {
        await PassAsync(TimeSpan.FromDays(80));
        var first = await SignsAsync();
        var announced = await PublishedAsync();

        await AsTheProductAsync(keys => keys.RotateNowAsync(CancellationToken.None));
        await AsTheProductAsync(keys => keys.RotateNowAsync(CancellationToken.None));
        await PassAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(announced, await PublishedAsync());
        Assert.Equal(announced.Except([first]).Single(), await SignsAsync());
        Assert.Contains("signing_key.brought_forward", await identity.AuditAsync(announced.Except([first]).Single()));
    }

    [Fact]
    public async Task A_stolen_key_counts_no_more_at_once_and_another_signs()
    {
        var (token, visitor) = await TokenAsync();
        var stolen = KidOf(token);

        await AsTheProductAsync(async keys => Assert.True(await keys.RevokeAsync(stolen, "the backup was stolen", CancellationToken.None)));

        Assert.DoesNotContain(stolen, await PublishedAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoAsync(token));
        Assert.NotEqual(stolen, await SignsAsync());
        Assert.NotNull((await new RelyingParty(identity).AskAsync(visitor, ("prompt", "none")))["code"]);
        Assert.Equal(["signing_key.announced", "signing_key.revoked"], await identity.AuditAsync(stolen));
        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from signing_key where kid = @stolen and protected_key is null and revoked_because = 'the backup was stolen'", new { stolen }));
        await AsTheProductAsync(async keys => Assert.False(await keys.RevokeAsync(stolen, "once more", CancellationToken.None)));
    }

    [Fact]
    public async Task An_announced_key_steps_in_for_a_stolen_one_and_one_that_was_stolen_before_its_day_never_signs()
    {
        var first = await SignsAsync();
        await PassAsync(TimeSpan.FromDays(77));
        var second = Assert.Single((await PublishedAsync()).Except([first]));

        await AsTheProductAsync(keys => keys.RevokeAsync(first, "stolen", CancellationToken.None));
        Assert.Equal(second, await SignsAsync());
        await PassAsync(TimeSpan.FromDays(77));
        var third = Assert.Single((await PublishedAsync()).Except([second]));
        await AsTheProductAsync(keys => keys.RevokeAsync(third, "stolen", CancellationToken.None));
        await PassAsync(TimeSpan.FromDays(10));
        Assert.Equal(second, await SignsAsync());
        await PassAsync(TimeSpan.FromDays(5));

        Assert.DoesNotContain(await SignsAsync(), new[] { first, second, third });
    }

    [Fact]
    public async Task Every_instance_hears_of_it_within_a_second()
    {
        var other = identity.Another();
        other.Start();
        var (token, _) = await TokenAsync();
        Assert.Equal(HttpStatusCode.OK, await UserInfoAsync(token, other));

        await AsTheProductAsync(keys => keys.RevokeAsync(KidOf(token), "stolen", CancellationToken.None));

        var seen = HttpStatusCode.OK;
        for (var tries = 0; tries < 20 && seen is HttpStatusCode.OK; tries++)
        {
            await Task.Delay(50);
            seen = await UserInfoAsync(token, other);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, seen);
        await other.DisposeAsync();
    }

    [Fact]
    public async Task Instances_that_rotate_at_the_same_moment_announce_one_key()
    {
        identity.Clock.Advance(TimeSpan.FromDays(80));
        var other = identity.Another();
        other.Start();

        await Task.WhenAll(new[] { identity, other, identity, other }.Select(instance => Task.Run(() => instance.Services.GetRequiredService<JobRunner>().RunAsync("rotate-keys", CancellationToken.None))));

        Assert.Equal(["ES256 2", "RS256 2"], await identity.Database.ListAsync<string>("select algorithm || ' ' || count(*) from signing_key group by algorithm order by algorithm"));
        await other.DisposeAsync();
    }

    [Fact]
    public async Task The_verbs_say_what_they_did()
    {
        var said = new StringWriter();

        await identity.AsTheProductAsync(services => services.GetRequiredService<KeyVerbs>().RotateAsync(said, CancellationToken.None));
        await identity.AsTheProductAsync(async services => Assert.Equal(1, await services.GetRequiredService<KeyVerbs>().RevokeAsync("unknown", null, said, CancellationToken.None)));

        Assert.Matches("^RS256  [A-Za-z0-9_-]{43}  signs from 2026-03-02 09:10:00 UTC\nES256  [A-Za-z0-9_-]{43}  signs from 2026-03-02 09:10:00 UTC\nThere is no key 'unknown' that still counts.\n$", said.ToString());
    }

    public Task InitializeAsync() => identity.InitializeAsync();

    public Task DisposeAsync() => identity.DisposeAsync();

    // Lets time pass, and what runs every hour run.
    async Task PassAsync(TimeSpan time)
    {
        identity.Clock.Advance(time);
        await identity.Services.GetRequiredService<JobRunner>().RunAsync("rotate-keys", CancellationToken.None);
        identity.Services.GetRequiredService<SigningKeys>().Forget();
    }

    async Task AsTheProductAsync(Func<RotateKeys, Task> work) => await identity.AsTheProductAsync(services => work(services.GetRequiredService<RotateKeys>()));

    // ES256, which access tokens are signed with.
    async Task<IReadOnlyList<string>> PublishedAsync()
    {
        using var program = identity.Program();
        var keys = JsonDocument.Parse(await program.GetStringAsync("/.well-known/openid-configuration/jwks")).RootElement.GetProperty("keys");
        return [.. keys.EnumerateArray().Where(key => key.GetProperty("alg").GetString() is "ES256").Select(key => key.GetProperty("kid").GetString()!)];
    }

    async Task<string> SignsAsync() => KidOf((await TokenAsync()).AccessToken);

    async Task<(string AccessToken, Visitor Visitor)> TokenAsync()
    {
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        return ((await new RelyingParty(identity).TokensAsync(visitor)).AccessToken, visitor);
    }

    static string KidOf(string token) => TokenAnswer.HeaderOf(token).GetProperty("kid").GetString()!;

    async Task<HttpStatusCode> UserInfoAsync(string accessToken, IdentityApp? at = null)
    {
        using var program = (at ?? identity).Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", accessToken);
        using var answer = await program.GetAsync("/connect/userinfo");
        return answer.StatusCode;
    }
}
