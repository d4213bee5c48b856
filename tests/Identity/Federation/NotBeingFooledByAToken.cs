using System.Net;
using Identity.Tests.OpenIdConnect;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Tokens;
using Support;

namespace Identity.Tests.Federation;

/// <summary>What a provider sends as its id_token, and what it says beside it.</summary>
public sealed class NotBeingFooledByAToken(FederatedIdentity identity) : IClassFixture<FederatedIdentity>
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

    [Fact]
    public async Task A_token_that_does_not_name_its_key_is_tried_with_the_published_ones_whether_one_or_several()
    {
        var (one, several) = (await PartnerAsync(), await PartnerAsync());
        several.Provider.Keys.Insert(0, new { kty = "RSA", use = "sig", alg = "RS256", kid = "another", n = WebEncoders.Base64UrlEncode(AnotherKey.Modulus!), e = WebEncoders.Base64UrlEncode(AnotherKey.Exponent!) });
        foreach (var partner in new[] { one, several })
        {
            partner.Provider.Change = token => token.SigningCredentials = HostileProvider.NamelessKey;
            string? sent = null;
            partner.Provider.Replace = token => sent = token;

            Assert.Equal(HttpStatusCode.SeeOther, (await partner.SignInAsync(identity.Visitor())).Status);
            Assert.False(TokenAnswer.HeaderOf(sent!).TryGetProperty("kid", out _));
        }
    }

    [Fact]
    public async Task A_token_that_names_no_key_and_fits_none_is_refused_without_asking_for_others()
    {
        var partner = await PartnerAsync();
        partner.Provider.Change = token => token.SigningCredentials = HostileProvider.ForeignNamelessKey;

        await AssertRefusedAsync(partner);
        await AssertRefusedAsync(partner);

        Assert.Single(partner.Provider.Asked, path => path is "/jwks");
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

    static System.Security.Cryptography.RSAParameters AnotherKey { get; } = System.Security.Cryptography.RSA.Create(2048).ExportParameters(false);

    Task<Partner> PartnerAsync() => identity.HostilePartnerAsync();

    Task AssertRefusedAsync(Partner partner, params IEnumerable<(string Name, string? Value)> changes) => identity.AssertRefusedAsync(partner, changes);
}
