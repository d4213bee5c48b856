using System.Net;
using Support;

namespace Identity.Tests.PushedAuthorization;

public sealed class BindingAKey(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task A_proof_that_comes_with_the_request_binds_the_code_to_its_key()
    {
        await identity.AClientAsync("bound", _ => { });
        var visitor = await identity.SignedInAsync(await identity.AnAccountAsync());
        var bound = new RelyingParty(identity, "bound") { Key = new() };

        var good = await CodeAsync(bound, visitor);
        Assert.Equal("DPoP", (await bound.RedeemAsync(good))["token_type"]);

        var stolen = await CodeAsync(bound, visitor);
        bound.Key = new();
        Assert.Equal("invalid_grant", (await bound.RedeemAsync(stolen)).Error);
    }

    [Fact]
    public async Task A_proof_of_another_key_than_the_one_that_is_named_is_refused()
    {
        await identity.AClientAsync("bound", _ => { });
        var key = new DPoPKey();
        var bound = new RelyingParty(identity, "bound") { Key = key };

        Assert.Equal(HttpStatusCode.Created, (await bound.PushAsync(("dpop_jkt", key.Thumbprint))).Status);
        Assert.Equal("invalid_dpop_proof", (await bound.PushAsync(("dpop_jkt", new DPoPKey().Thumbprint))).Error);
    }

    static async Task<string> CodeAsync(RelyingParty client, Visitor visitor) => new AuthorizationAnswer(await visitor.GetOnlyAsync(client.Pushed(await client.PushAsync()))).Code;
}
