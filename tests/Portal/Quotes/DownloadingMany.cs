using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Portal.Documents;
using Portal.Quotes;
using Support;

namespace Portal.Tests.Quotes;

public sealed class DownloadingMany(QuotingPartner portal) : IClassFixture<QuotingPartner>
{
    [Fact]
    public async Task The_zip_holds_the_same_bytes_as_single_downloads_under_names_that_say_what_they_are()
    {
        var sales = portal.SignIn(portal.Sales);
        var (first, second, draft) = (await portal.SentAsync(sales), await portal.SentAsync(sales), await portal.DraftAsync(sales, ("D-1", 1, null)));

        var asked = await AskAsync(sales, [first, second, draft], ["pdf", "xlsx"], ["en", "zh-CN"]);
        Assert.Contains("1 quote has never been sent", asked.Words, StringComparison.Ordinal);
        Assert.Equal("0", asked.Document.QuerySelector("progress")!.GetAttribute("value"));
        await portal.Services.GetRequiredService<RunQuoteBundles>().RunNextAsync(default);
        var done = await sales.GetAsync(asked.Path);
        var zip = await sales.GetAsync(asked.Path + "/content");

        Assert.Contains("8 files are ready.", done.Words, StringComparison.Ordinal);
        var files = Entries(zip.Bytes);
        Assert.Equal(8, files.Count);
        foreach (var number in new[] { first, second })
        {
            foreach (var (kind, language) in new[] { ("pdf", "en"), ("pdf", "zh-CN"), ("xlsx", "en"), ("xlsx", "zh-CN") })
            {
                Assert.Equal((await sales.GetAsync($"/quotes/{number}/revisions/1/{kind}?language={language}")).Bytes, files[$"{number}-1 杭州云栖科技有限公司 {language}.{kind}"]);
            }
        }

        Assert.Equal(["quote_bundle.asked", "quote_bundle.downloaded"], await portal.Database.ListAsync<string>(
            "select action from portal.audit_entry where subject_number = @number order by action", new { number = asked.Path.Split('/')[^1] }));
    }

    [Fact]
    public async Task All_that_the_filter_finds_and_nothing_of_others()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/withdrawal']", ("reason", "no longer needed"));
        var rival = portal.SignIn(portal.Rival);

        var asked = await AskAsync(sales, [], ["xlsx"], ["en"], "?status=withdrawn", all: true);
        var refused = await AskAsync(rival, [number], ["pdf"], ["en"]);
        var nothing = await AskAsync(rival, [], ["pdf"], ["en"], all: true);
        await portal.Services.GetRequiredService<RunQuoteBundles>().RunNextAsync(default);

        Assert.Equal([$"{number}-1 杭州云栖科技有限公司.xlsx"], Entries((await sales.GetAsync(asked.Path + "/content")).Bytes).Keys);
        Assert.Contains($"There is no quote {number}.", refused.Words, StringComparison.Ordinal);
        Assert.Contains("No quote is chosen.", nothing.Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await rival.GetAsync(asked.Path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await rival.GetAsync(asked.Path + "/content")).Status);
    }

    [Fact]
    public async Task A_program_asks_waits_and_downloads()
    {
        var number = await portal.SentAsync(portal.SignIn(portal.Sales));
        var api = portal.Api(portal.Sales);

        var asked = await api.PostAsync("/api/v1/quote-bundles", new { quotes = new[] { number }, kinds = new[] { "pdf" }, languages = new[] { "en" } });
        var address = asked.Response.Headers.Location!.AbsolutePath;
        var early = await api.GetAsync(address + "/content");
        await portal.Services.GetRequiredService<RunQuoteBundles>().RunNextAsync(default);
        var done = await api.GetAsync(address);
        var zip = await api.GetAsync(done.Json.GetProperty("content").GetString()!);

        Assert.Equal(HttpStatusCode.Accepted, asked.Status);
        Assert.Equal((HttpStatusCode.Conflict, "quote-bundle-state"), (early.Status, early.Problem));
        Assert.Equal("done", done.Json.GetProperty("status").GetString());
        Assert.Equal("application/zip", zip.Response.Content.Headers.ContentType!.MediaType);
        var file = Assert.Single(Entries(await zip.Response.Content.ReadAsByteArrayAsync()));
        var single = await api.GetAsync($"/api/v1/quotes/{number}/revisions/1/pdf?language=en");
        Assert.Equal($"\"{Convert.ToHexStringLower(SHA256.HashData(file.Value))}\"", single.Header("ETag"));
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Rival).GetAsync(address)).Status);
        var wrong = await api.PostAsync("/api/v1/quote-bundles", new { quotes = Enumerable.Range(0, 501).Select(place => $"Q-{place}"), kinds = new[] { "pdf" } });
        Assert.Contains("500", wrong.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_stopped_makes_nothing_any_more()
    {
        var sales = portal.SignIn(portal.Sales);
        var asked = await AskAsync(sales, [await portal.SentAsync(sales)], ["xlsx"], ["en"]);

        var stopped = await sales.PressAsync(asked, "form[action$='/cancellation']");
        await portal.Services.GetRequiredService<RunQuoteBundles>().RunNextAsync(default);

        Assert.Contains("It was stopped.", stopped.Words, StringComparison.Ordinal);
        Assert.Equal(asked.Path, (await sales.GetAsync(asked.Path + "/content")).Path);
    }

    [Fact]
    public async Task A_frozen_file_is_not_sent_again_to_who_has_it()
    {
        var number = await portal.SentAsync(portal.SignIn(portal.Sales));
        var api = portal.Api(portal.Sales);
        var address = $"/api/v1/quotes/{number}/revisions/1/xlsx?language=en";

        var first = await api.GetAsync(address);
        var again = await api.SendAsync(HttpMethod.Get, address, null, ("If-None-Match", first.Header("ETag")!));
        var other = await api.SendAsync(HttpMethod.Get, address, null, ("If-None-Match", "\"0\""));

        Assert.Equal($"\"{Convert.ToHexStringLower(SHA256.HashData(await first.Response.Content.ReadAsByteArrayAsync()))}\"", first.Header("ETag"));
        Assert.Equal((HttpStatusCode.NotModified, ""), (again.Status, again.Text));
        Assert.Equal(HttpStatusCode.OK, other.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Rival).SendAsync(HttpMethod.Get, address, null, ("If-None-Match", first.Header("ETag")!))).Status);
    }

    [Theory]
    [InlineData("../../etc/passwd", "etc passwd")]
    [InlineData("C:\\Windows\\evil.exe", "C Windows evil exe")]
    [InlineData("杭州云栖（中国）科技有限公司", "杭州云栖（中国）科技有限公司")]
    [InlineData("\u202Egpj.exe", "gpj exe")]
    [InlineData("...", "")]
    public void A_customers_name_is_no_path(string name, string safe) => Assert.Equal(safe, ZipAnswer.SafeName(name));

    static Dictionary<string, byte[]> Entries(byte[] content)
    {
        using var zip = new ZipArchive(new MemoryStream(content));
        return zip.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using var copy = new MemoryStream();
            using var stream = entry.Open();
            stream.CopyTo(copy);
            return copy.ToArray();
        }, StringComparer.Ordinal);
    }

    static async Task<Page> AskAsync(Visitor visitor, string[] numbers, string[] kinds, string[] languages, string filter = "", bool all = false)
    {
        var form = await visitor.GetAsync("/quotes/new");
        var hidden = new[] { "__RequestVerificationToken", "form_key" }.Select(name => (name, form.Value(name))).Where(field => field.Item2 is not null).Select(field => (field.name, field.Item2!));
        var fields = hidden.Append(("scope", all ? "all" : "chosen"))
            .Concat(numbers.Select(number => ("numbers", number))).Concat(kinds.Select(kind => ("kinds", kind))).Concat(languages.Select(language => ("languages", language)));
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        return await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/quotes/bundles" + filter) { Content = content }, follow: true);
    }
}
