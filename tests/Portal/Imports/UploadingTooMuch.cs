using System.Net;
using System.Net.Http.Headers;
using Shouldly;
using Support;

namespace Portal.Tests.Imports;

public sealed class UploadingTooMuch(UploadingTooMuch.SmallPortal portal) : IClassFixture<UploadingTooMuch.SmallPortal>
{
    [Fact]
    public async Task A_file_above_the_limit_is_refused_with_the_limit_before_it_is_read()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("大文件商贸"));

        var refused = await visitor.SubmitAsync("/imports/new?kind=customers", ("file", new TestFile("customers.csv", new byte[2 * 1024 * 1024])));

        refused.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        refused.Text("#file-problem").ShouldContain("1 MB");
    }

    [Fact]
    public async Task A_file_just_above_the_limit_is_refused_in_the_same_words()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("略大商贸"));

        var refused = await visitor.SubmitAsync("/imports/new?kind=customers", ("file", new TestFile("customers.csv", new byte[(1024 * 1024) + 1])));

        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.Text("#file-problem").ShouldContain("1 MB");
    }

    [Fact]
    public async Task The_page_says_how_large_a_file_may_be_before_it_is_chosen()
    {
        var page = await portal.SignIn(await portal.Given.ADistributor("先说商贸")).GetAsync("/imports/new");

        page.Text("#file-hint").ShouldContain("1 MB");
    }

    [Fact]
    public async Task An_upload_without_a_length_ends_at_the_limit()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("无长度商贸"));
        var form = await visitor.GetAsync("/imports/new");
        using var parts = new MultipartFormDataContent
        {
            { new StringContent(form.Value("__RequestVerificationToken")!), "__RequestVerificationToken" },
            { new StringContent("customers"), "kind" },
            { new ByteArrayContent(new byte[2 * 1024 * 1024]), "file", "customers.csv" },
        };
        var endless = new StreamContent(new MemoryStream(await parts.ReadAsByteArrayAsync()));
        endless.Headers.ContentType = MediaTypeHeaderValue.Parse(parts.Headers.ContentType!.ToString());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/imports") { Content = endless };
        request.Headers.TransferEncodingChunked = true;

        var refused = await visitor.SendAsync(request, follow: false);

        ((int)refused.Status).ShouldBeInRange(400, 422);
    }

    public sealed class SmallPortal : PortalApp
    {
        protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["Documents:UploadMegabytes"] = "1" };
    }
}
