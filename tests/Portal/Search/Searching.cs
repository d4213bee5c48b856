using Microsoft.Extensions.DependencyInjection;
using Portal.Search;
using Shouldly;
using Support;

namespace Portal.Tests.Search;

public sealed class Searching(Searching.PortalWithTwoSources portal) : IClassFixture<Searching.PortalWithTwoSources>
{
    [Fact]
    public async Task Finds_are_grouped_by_what_they_are_in_the_sources_order()
    {
        var page = await portal.SignIn(await portal.Given.ADistributor("上海云启")).GetAsync("/search?q=云栖");

        page.All(".card-title").ShouldContain("Stock");
        page.All(".waiting-text").ShouldBe(["云栖D-1", "云栖S-1"]);
        page.Document.QuerySelector(".card-actions a")!.GetAttribute("href").ShouldBe("/stock?q=%E4%BA%91%E6%A0%96");
    }

    [Fact]
    public async Task While_typing_only_the_part_is_answered()
    {
        var part = await portal.SignIn(await portal.Given.ADistributor("杭州远见")).GetPartAsync("/search/as-you-type?q=云栖");

        part.Has("main").ShouldBeFalse();
        part.All("[role=option]").ShouldBe(["云栖D-1", "云栖S-1", "Show all finds"]);
    }

    [Theory]
    [InlineData("/search", "Type at least 2 characters")]
    [InlineData("/search?q=%20a%20", "Type at least 2 characters")]
    [InlineData("/search?q=nothing", "Nothing found for “nothing”")]
    [InlineData("/search?q=<script>alert(1)</script>", "Nothing found for “<script>alert(1)</script>”")]
    public async Task It_says_when_there_is_nothing_to_show(string address, string sentence)
    {
        var page = await portal.SignIn(await portal.Given.ADistributor("宁波启程")).GetAsync(address);

        page.Text(".empty-title").ShouldBe(sentence);
    }

    public sealed class PortalWithTwoSources : PortalApp
    {
        // In place of the features' own.
        protected override void Change(IServiceCollection services)
        {
            foreach (var own in services.Where(service => service.ServiceType == typeof(ISearchSource)).ToList())
            {
                services.Remove(own);
            }

            services
                .AddScoped<ISearchSource>(_ => new Source("web.nav.stock", 2, "S-1", "/stock?q="))
                .AddScoped<ISearchSource>(_ => new Source("web.nav.deals", 1, "D-1", null));
        }
    }

    sealed record Source(string TextKey, int Order, string Number, string? List) : ISearchSource
    {
        public string? ListFor(string words) => List is null ? null : List + Uri.EscapeDataString(words);

        public Task<IReadOnlyList<SearchHit>> FindAsync(string words, int limit, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<SearchHit>>("云栖".Contains(words, StringComparison.Ordinal) ? [new("云栖", Number, "/search")] : []);
    }
}
