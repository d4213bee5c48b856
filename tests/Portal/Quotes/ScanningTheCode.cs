using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Portal.Tests.Documents;
using Support;

namespace Portal.Tests.Quotes;

/// <summary>The code on the PDF of a sent quote, read by somebody who has the paper and no account.</summary>
public sealed partial class ScanningTheCode(QuotingPartner portal) : IClassFixture<QuotingPartner>
{
    static readonly (string, object?)[] Signature = [("Accept.Signer", "王敏"), ("Accept.Title", "采购经理"), ("Accept.Typed", "王敏"), ("Accept.Agreed", true), ("Accept.Zone", "Asia/Shanghai")];

    [FactWithProgram("qpdf")]
    public async Task It_leads_to_the_page_where_the_quote_is_accepted()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);

        var page = await portal.Anonymous().SubmitAsync(await ScanAsync(sales, number), Signature);

        Assert.Contains("You have accepted this quotation.", page.Words, StringComparison.Ordinal);
        Assert.Equal("accepted", await portal.StatusAsync(number));
        Assert.Contains("Code on the PDF", (await sales.GetAsync($"/quotes/{number}")).Words, StringComparison.Ordinal);
    }

    [FactWithProgram("qpdf")]
    public async Task Each_language_has_its_own_and_opens_in_it_whoever_was_the_first_to_open_the_file()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var english = await ScanAsync(portal.SignIn(portal.DealDesk), number);
        var chinese = await ScanAsync(portal.Anonymous(), number, "zh-CN", english + "/pdf?language=zh-CN");

        Assert.NotEqual(english, chinese);
        Assert.Contains("Accept this quotation", (await portal.Anonymous().GetAsync(english)).Words, StringComparison.Ordinal);
        Assert.Contains("接受报价", (await portal.Anonymous().GetAsync(chinese)).Words, StringComparison.Ordinal);
        Assert.Equal(chinese, await ScanAsync(sales, number, "zh-CN"));
    }

    [FactWithProgram("qpdf")]
    public async Task Of_many_who_open_the_file_at_once_all_get_the_same_code()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);

        var codes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ScanAsync(portal.SignIn(portal.Sales), number)));

        Assert.Single(codes.Distinct(StringComparer.Ordinal));
        Assert.Equal(1, await SecretsAsync(number));
        Assert.Equal(HttpStatusCode.OK, (await portal.Anonymous().GetAsync(codes[0])).Status);
    }

    [FactWithProgram("qpdf")]
    public async Task Revoked_it_opens_nothing_is_not_renewed_and_leaves_the_other_links_alone()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var code = await ScanAsync(sales, number);
        var mailed = await QuotingPartner.LinkAsync(sales, number);
        var link = (await portal.Database.ListAsync<string>("select l.number from portal.quote_link l join portal.quote q using (quote_id) where q.number = @number and l.is_printed", new { number })).Single();

        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/links/{link}/revocation']");

        Assert.Equal(HttpStatusCode.Gone, (await portal.Anonymous().GetAsync(code)).Status);
        Assert.Equal(HttpStatusCode.OK, (await portal.Anonymous().GetAsync(mailed)).Status);
        var page = await sales.GetAsync($"/quotes/{number}");
        Assert.False(page.Has($"form[action='/quotes/{number}/links/{link}/renewal']"));
        Assert.Contains("cannot be renewed, because it is printed", (await portal.Api(portal.Sales).PostAsync($"/api/v1/quotes/{number}/links/{link}/renewal", new { })).Text, StringComparison.Ordinal);
    }

    [FactWithProgram("qpdf")]
    public async Task A_new_revision_has_a_new_one_and_ends_the_old()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var old = await ScanAsync(sales, number);
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/revisions']");
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/sending']");

        var fresh = await ScanAsync(sales, number, path: $"/quotes/{number}/revisions/2/pdf?language=en");

        Assert.Equal(HttpStatusCode.Gone, (await portal.Anonymous().GetAsync(old)).Status);
        Assert.Equal(HttpStatusCode.OK, (await portal.Anonymous().GetAsync(fresh)).Status);
    }

    [FactWithProgram("qpdf")]
    public async Task A_draft_and_a_signed_copy_have_none()
    {
        var sales = portal.SignIn(portal.Sales);
        var draft = await portal.DraftAsync(sales, ("D-1", 1, null));
        var signed = await portal.SentAsync(sales);
        await portal.Anonymous().SubmitAsync(await ScanAsync(sales, signed), Signature);

        Assert.Empty(await LinksAsync((await sales.GetAsync($"/quotes/{draft}/draft-pdf?language=en")).Bytes));
        Assert.Empty(await LinksAsync((await sales.GetAsync($"/quotes/{signed}/revisions/1/signed?language=en")).Bytes));
    }

    [FactWithProgram("pdftotext")]
    public async Task A_draft_on_paper_says_that_it_is_one_on_each_page()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.DraftAsync(sales, ("D-1", 1, null));
        using var file = new PdfFile((await sales.GetAsync($"/quotes/{number}/draft-pdf?language=zh-CN")).Bytes);

        Assert.Contains("草稿", (await Programs.RunAsync("pdftotext", "-raw", file.Path, "-")).Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Rival).GetAsync($"/quotes/{number}/draft-pdf")).Status);
    }

    /// <summary>Where the code of a PDF leads, without the host.</summary>
    static async Task<string> ScanAsync(Visitor visitor, string number, string language = "en", string? path = null) =>
        Assert.Single(await LinksAsync((await visitor.GetAsync(path ?? $"/quotes/{number}/revisions/1/pdf?language={language}")).Bytes));

    static async Task<List<string>> LinksAsync(byte[] pdf)
    {
        using var file = new PdfFile(pdf);
        return [.. Address().Matches(await Programs.RunAsync("qpdf", "--json=2", "--json-stream-data=none", file.Path)).Select(match => new Uri(match.Groups[1].Value).PathAndQuery)];
    }

    async Task<int> SecretsAsync(string number) => (await portal.Database.ListAsync<int>(
        "select count(*)::int from portal.quote_link_secret s join portal.quote_link l using (quote_link_id) join portal.quote q using (quote_id) where q.number = @number", new { number })).Single();

    [GeneratedRegex("\"/URI\": \"u:(http[^\"]+)\"")]
    private static partial Regex Address();
}
