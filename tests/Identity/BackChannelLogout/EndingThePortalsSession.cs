using System.Net;
using Support;

namespace Identity.Tests.BackChannelLogout;

/// <summary>The portal and identity, both as they are: what ends at the one ends at the other.</summary>
public sealed class EndingThePortalsSession : IAsyncLifetime
{
    readonly IdentityApp identity = new();
    PortalOfIdentity portal = null!;

    [Fact]
    public async Task Signed_out_at_identity_is_signed_out_at_the_portal()
    {
        var (atIdentity, atPortal, _) = await SignedInAtBothAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await atPortal.GetOnlyAsync("/no-such-page")).Status);

        await atIdentity.SubmitAsync("/sign-out");
        await identity.DeliverAsync();

        Assert.Equal(HttpStatusCode.Redirect, (await atPortal.GetOnlyAsync("/no-such-page")).Status);
        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from outbox_message where kind = 'back_channel_logout' and delivered_at is not null"));
    }

    [Fact]
    public async Task A_disabled_account_is_out_of_the_portal_too()
    {
        var (_, atPortal, account) = await SignedInAtBothAsync();

        await identity.Database.ExecuteAsync("update account set disabled_at = @now where subject = @Subject", new { now = identity.Clock.Now.UtcDateTime, account.Subject });
        await identity.DeliverAsync();

        Assert.Equal(HttpStatusCode.Redirect, (await atPortal.GetOnlyAsync("/no-such-page")).Status);
    }

    [Fact]
    public async Task Ended_by_hand_in_the_database_it_ends_as_well()
    {
        var (_, atPortal, _) = await SignedInAtBothAsync();

        await identity.Database.ExecuteAsync("set search_path = public; delete from identity.sign_in_session");
        await identity.DeliverAsync();

        Assert.Equal(HttpStatusCode.Redirect, (await atPortal.GetOnlyAsync("/no-such-page")).Status);
    }

    [Fact]
    public async Task Signed_out_at_the_portal_is_signed_out_at_identity_and_the_portal_takes_the_echo()
    {
        var (atIdentity, atPortal, _) = await SignedInAtBothAsync();

        var page = await atPortal.PressAsync(await atPortal.GetAsync("/"), "form[action='/sign-out']");
        var back = await atIdentity.GetOnlyAsync(new Uri(page.Header("Location")!).PathAndQuery);
        await identity.DeliverAsync();

        Assert.StartsWith("https://portal.test/signout-callback-oidc", back.Header("Location"));
        Assert.Equal("login_required", (await new RelyingParty(identity).AskAsync(atIdentity, ("prompt", "none")))["error"]);
        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from outbox_message where kind = 'back_channel_logout' and delivered_at is not null"));
    }

    public async Task InitializeAsync()
    {
        await identity.InitializeAsync();
        portal = new(identity);
        await portal.InitializeAsync();
        identity.Outside.Answer(IdentityApp.PortalUrl + "/signout-backchannel", async (request, ct) =>
        {
            using var wire = new HttpClient(portal.Server.CreateHandler());
            return await wire.PostAsync(request.RequestUri, new StringContent(await request.Content!.ReadAsStringAsync(ct), request.Content.Headers.ContentType), ct);
        });
    }

    public async Task DisposeAsync()
    {
        await portal.DisposeAsync();
        await identity.DisposeAsync();
    }

    async Task<(Visitor AtIdentity, Visitor AtPortal, TestAccount Account)> SignedInAtBothAsync()
    {
        var account = await identity.AnAccountAsync();
        var person = await portal.Given.ADistributor("上海云启");
        await portal.Database.ExecuteAsync("update person set subject = @Subject where person_id = @PersonId", new { account.Subject, person.PersonId });
        var (atIdentity, atPortal) = (await identity.SignedInAsync(account), portal.Anonymous());
        var sent = await atPortal.GetOnlyAsync("/sign-in");
        var answer = await atIdentity.GetOnlyAsync(new Uri(sent.Header("Location")!).PathAndQuery);
        var signedIn = await atPortal.GetOnlyAsync(new Uri(answer.Header("Location")!).PathAndQuery);
        Assert.Equal("/", signedIn.Header("Location"));
        return (atIdentity, atPortal, account);
    }
}
