using System.Net;
using Portal.Web;
using Support;

namespace Portal.Tests.Quotes;

/// <summary>A program that asks for a frozen file again is answered at once, and what is taken away from it is out of its reach half a second later.</summary>
public sealed class AskingForAFrozenFileAgain(QuotingPartner portal) : IClassFixture<QuotingPartner>
{
    [Fact]
    public async Task The_answer_is_the_same_to_the_byte_and_to_the_tag()
    {
        var (api, file) = (portal.Api(portal.Sales), await FileAsync());

        var first = await api.GetAsync(file);
        var again = await api.GetAsync(file);
        var known = await api.SendAsync(HttpMethod.Get, file, null, ("If-None-Match", first.Header("ETag")!));

        Assert.Equal((HttpStatusCode.OK, first.Text), (again.Status, again.Text));
        foreach (var header in new[] { "ETag", "Content-Type", "Content-Disposition", "Content-Length", "X-Content-Type-Options", "Cache-Control" })
        {
            Assert.Equal(first.Header(header), again.Header(header));
        }

        Assert.Equal((HttpStatusCode.NotModified, ""), (known.Status, known.Text));
    }

    [Fact]
    public async Task Another_company_gets_nothing_of_what_one_was_just_given()
    {
        var file = await FileAsync();
        await portal.Api(portal.Sales).GetAsync(file);

        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Rival).GetAsync(file)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await portal.ApiWith(null).GetAsync(file)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await portal.ApiWith("no token").GetAsync(file)).Status);
    }

    [Fact]
    public async Task The_other_language_and_the_other_kind_are_other_files()
    {
        var (api, file) = (portal.Api(portal.Sales), await FileAsync());

        var english = await api.GetAsync(file);

        Assert.NotEqual(english.Header("ETag"), (await api.GetAsync(file.Replace("language=en", "language=zh-CN", StringComparison.Ordinal))).Header("ETag"));
        Assert.Equal("application/pdf", (await api.GetAsync(file.Replace("/xlsx", "/pdf", StringComparison.Ordinal))).Header("Content-Type"));
    }

    [Fact]
    public async Task Whoever_is_shut_out_gets_it_for_half_a_second_more_at_most()
    {
        var (api, file) = (portal.Api(portal.Sales), await FileAsync());
        await api.GetAsync(file);

        await portal.Database.ExecuteAsync("update portal.person set disabled_at = now() where person_id = @PersonId", new { portal.Sales.PersonId });
        try
        {
            portal.Clock.Advance(FrozenFiles.Kept);
            Assert.NotEqual(HttpStatusCode.OK, (await api.GetAsync(file)).Status);
        }
        finally
        {
            await portal.Database.ExecuteAsync("update portal.person set disabled_at = null where person_id = @PersonId", new { portal.Sales.PersonId });
        }
    }

    async Task<string> FileAsync() => $"/api/v1/quotes/{await portal.SentAsync(portal.SignIn(portal.Sales))}/revisions/1/xlsx?language=en";
}
