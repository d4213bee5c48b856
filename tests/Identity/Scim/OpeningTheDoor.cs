using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Identity.Scim;
using Identity.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Support;

namespace Identity.Tests.Scim;

/// <summary>Tokens of directories, and what everybody behind the door is told (RFC 7644, 2 and 4).</summary>
public sealed class OpeningTheDoor(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer scim_guess")]
    [InlineData("Basic c2NpbTpndWVzcw==")]
    public async Task Without_a_token_nothing_opens(string? authorization)
    {
        foreach (var path in new[] { "Users", "Users/x", "Groups", "ServiceProviderConfig", "Schemas", "ResourceTypes", "Me", "Bulk" })
        {
            using var program = identity.Program();
            var request = new HttpRequestMessage(HttpMethod.Get, "/scim/v2/" + path);
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
            var answer = await program.SendAsync(request);
            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests, path);
        }
    }

    [Fact]
    public async Task Guessing_is_held_back_but_keeps_nobody_else_out()
    {
        var (directory, guesser) = (await Directory.OfANewTenantAsync(identity), new Directory(identity, "scim_guess"));
        for (var i = 0; i < 30; i++)
        {
            await guesser.SendAsync(HttpMethod.Get, "Users");
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await guesser.SendAsync(HttpMethod.Get, "Users")).Status);
        Assert.Equal(HttpStatusCode.OK, (await directory.SendAsync(HttpMethod.Get, "Users")).Status);
    }

    [Fact]
    public async Task Two_tokens_overlap_a_third_has_to_wait_and_a_revoked_one_is_dead_at_once()
    {
        var first = await Directory.OfANewTenantAsync(identity);
        var second = new Directory(identity, (await AddTokenAsync(first.TenantId))!);
        Assert.Null(await AddTokenAsync(first.TenantId));
        Assert.Equal(HttpStatusCode.OK, (await first.SendAsync(HttpMethod.Get, "Users")).Status);
        Assert.Equal(HttpStatusCode.OK, (await second.SendAsync(HttpMethod.Get, "Users")).Status);

        await identity.AsTheProductAsync(async services =>
        {
            var oldest = (await services.GetRequiredService<ScimTokenStore>().ListAsync(first.TenantId, CancellationToken.None))[^1];
            Assert.False(await services.GetRequiredService<ChangeScimTokens>().RevokeAsync(first.TenantId + 1, oldest.Number, CancellationToken.None));
            Assert.True(await services.GetRequiredService<ChangeScimTokens>().RevokeAsync(first.TenantId, oldest.Number, CancellationToken.None));
        });

        Assert.NotEqual(HttpStatusCode.OK, (await first.SendAsync(HttpMethod.Get, "Users")).Status);
        Assert.Equal(HttpStatusCode.OK, (await second.SendAsync(HttpMethod.Get, "Users")).Status);
        Assert.NotNull(await AddTokenAsync(first.TenantId));
    }

    [Fact]
    public async Task A_token_ends_after_a_year()
    {
        await using var own = new IdentityAppOfATest();
        await own.InitializeAsync();
        var directory = await Directory.OfANewTenantAsync(own);
        own.Clock.Advance(TimeSpan.FromDays(364));
        Assert.Equal(HttpStatusCode.OK, (await directory.SendAsync(HttpMethod.Get, "Users")).Status);

        own.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(HttpStatusCode.Unauthorized, (await directory.SendAsync(HttpMethod.Get, "Users")).Status);
    }

    [Fact]
    public async Task The_directory_of_a_disabled_tenant_is_refused_at_once()
    {
        var directory = await Directory.OfANewTenantAsync(identity);
        Assert.Equal(HttpStatusCode.OK, (await directory.SendAsync(HttpMethod.Get, "Users")).Status);

        await identity.AsTheProductAsync(services => services.GetRequiredService<TenantStore>().SetEnabledAsync(directory.TenantId, enabled: false, CancellationToken.None));

        Assert.NotEqual(HttpStatusCode.OK, (await directory.SendAsync(HttpMethod.Get, "Users")).Status);
    }

    [Fact]
    public async Task Tokens_are_kept_as_hashes_and_said_nowhere()
    {
        var directory = await Directory.OfANewTenantAsync(identity);

        Assert.Equal([32], await identity.Database.ListAsync<int>("select octet_length(hash) from scim_token where tenant_id = @TenantId", new { directory.TenantId }));
        Assert.Empty(await identity.Database.ListAsync<string>("select details::text from audit_entry where details::text like '%' || @Token || '%'", new { directory.Token }));
        Assert.DoesNotContain(identity.Log.Lines, line => line.Contains(directory.Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_we_say_of_ourselves_is_true()
    {
        var directory = await Directory.OfANewTenantAsync(identity);

        var config = (await directory.SendAsync(HttpMethod.Get, "ServiceProviderConfig")).Body;
        Assert.Equal((true, false, true, 200, false, true, true), (
            config.GetProperty("patch").GetProperty("supported").GetBoolean(), config.GetProperty("bulk").GetProperty("supported").GetBoolean(),
            config.GetProperty("filter").GetProperty("supported").GetBoolean(), config.GetProperty("filter").GetProperty("maxResults").GetInt32(),
            config.GetProperty("changePassword").GetProperty("supported").GetBoolean(), config.GetProperty("sort").GetProperty("supported").GetBoolean(), config.GetProperty("etag").GetProperty("supported").GetBoolean()));
        Assert.Equal("2", (await directory.SendAsync(HttpMethod.Get, "ResourceTypes"))["totalResults"]);
        Assert.Equal("/Users", (await directory.SendAsync(HttpMethod.Get, "ResourceTypes/User"))["endpoint"]);
        var schema = await directory.SendAsync(HttpMethod.Get, "Schemas/urn:ietf:params:scim:schemas:core:2.0:User");
        var shown = (await directory.SendAsync(HttpMethod.Get, "Users/" + await directory.AddAsync("ann@company.test", person => person["externalId"] = "1"))).Body.EnumerateObject().Select(member => member.Name);
        Assert.Equal(schema.Body.GetProperty("attributes").EnumerateArray().Select(attribute => attribute.GetProperty("name").GetString()!).Order(), shown.Except(["schemas", "id", "meta"]).Order());
        Assert.Equal(HttpStatusCode.Forbidden, (await directory.SendAsync(HttpMethod.Get, "Schemas?filter=x")).Status);
        Assert.Equal(HttpStatusCode.NotImplemented, (await directory.SendAsync(HttpMethod.Get, "Me")).Status);
        Assert.Equal(HttpStatusCode.NotImplemented, (await directory.SendAsync(HttpMethod.Post, "Bulk")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await directory.SendAsync(HttpMethod.Get, "ResourceTypes/Device")).Status);
    }

    [Fact]
    public async Task A_body_is_scim_or_json_and_not_larger_than_it_must_be()
    {
        var directory = await Directory.OfANewTenantAsync(identity);
        using var program = identity.Program();
        foreach (var (body, type, status) in new[]
        {
            ("userName=ann", "application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType), ("{", "application/json", HttpStatusCode.BadRequest),
            ("{\"userName\":\"a\",\"userName\":\"b\"}", "application/scim+json", HttpStatusCode.BadRequest), (new string('[', 5000), "application/scim+json", HttpStatusCode.BadRequest),
        })
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/scim/v2/Users") { Content = new StringContent(body, Encoding.UTF8, type) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", directory.Token);
            Assert.Equal(status, (await program.SendAsync(request)).StatusCode);
        }
    }

    async Task<string?> AddTokenAsync(long tenantId)
    {
        string? token = null;
        await identity.AsTheProductAsync(async services => token = await services.GetRequiredService<ChangeScimTokens>().AddAsync(tenantId, "another", CancellationToken.None));
        return token;
    }

    sealed class IdentityAppOfATest : IdentityApp, IAsyncDisposable
    {
        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
    }
}
