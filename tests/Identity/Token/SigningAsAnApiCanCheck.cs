using Npgsql;
using Support;

namespace Identity.Tests.Token;

public sealed class SigningAsAnApiCanCheck(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Theory]
    [InlineData("old.api", "ES256")]
    [InlineData("modern.api", "ES256")]
    [InlineData("rsa.api", "RS256")]
    [InlineData("old.api rsa.api", "RS256")]
    [InlineData("old.api modern.api", "ES256")]
    public async Task The_token_is_signed_so_that_all_its_APIs_can_check_it(string scope, string algorithm)
    {
        var answer = await AskAsync("erp-" + scope.Replace(' ', '-'), scope);

        Assert.Equal(algorithm, TokenAnswer.HeaderOf(answer.AccessToken).GetProperty("alg").GetString());
    }

    [Fact]
    public async Task There_is_no_token_for_APIs_that_agree_on_no_signature()
    {
        var answer = await AskAsync("erp-of-both", "modern.api rsa.api");

        Assert.Equal("invalid_scope", answer.Error);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    public async Task An_API_cannot_be_registered_for_what_we_never_sign_with(string algorithm)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => RegisterAsync("weak.api", algorithm));

        Assert.Equal("an_api_takes_signatures_we_make", refused.ConstraintName);
    }

    async Task<TokenAnswer> AskAsync(string client, string scope)
    {
        await RegisterAsync("old.api", "ES256", "RS256");
        await RegisterAsync("modern.api", "ES256");
        await RegisterAsync("rsa.api", "RS256");
        await identity.AClientAsync(client, settings =>
        {
            settings.AllowedGrantTypes = ["client_credentials"];
            settings.RedirectUris = [];
            settings.AllowedScopes = ["old.api", "modern.api", "rsa.api"];
        });
        return await new RelyingParty(identity, client).TokenAsync([new("grant_type", "client_credentials"), new("scope", scope)]);
    }

    Task RegisterAsync(string name, params string[] algorithms) => identity.Database.ExecuteAsync(
        "insert into api_resource (name, display_name, scopes, allowed_access_token_signing_algorithms) values (@name, @name, array[@name], @algorithms) on conflict do nothing", new { name, algorithms });
}
