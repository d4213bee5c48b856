using System.Net;
using Support;

namespace Identity.Tests.Federation;

/// <summary>Companies whose provider does wrong things, and what becomes of a sign-in there.</summary>
static class HostilePartners
{
    static int partners;

    /// <summary>One of its own for each test.</summary>
    public static Task<Partner> HostilePartnerAsync(this FederatedIdentity identity) => identity.PartnerAsync("hostile-" + Interlocked.Increment(ref partners));

    /// <summary>Sees that a sign-in there gets nobody in, makes no account, says nothing of why, and is recorded.</summary>
    public static async Task AssertRefusedAsync(this FederatedIdentity identity, Partner partner, params IEnumerable<(string Name, string? Value)> changes)
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
}
