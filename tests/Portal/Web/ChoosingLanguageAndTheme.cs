using System.Net;
using Shouldly;
using Support;

namespace Portal.Tests.Web;

public sealed class ChoosingLanguageAndTheme(PortalApp portal) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task The_page_stays_and_speaks_the_other_language_from_then_on()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("上海云启"));

        var page = await visitor.PressAsync(await visitor.GetAsync("/search?q=ab"), "[name=language]");

        page.Path.ShouldBe("/search?q=ab");
        page.Document.DocumentElement.GetAttribute("lang").ShouldBe("zh-CN");
        (await visitor.GetAsync("/")).Text("#waiting-title").ShouldBe("待办事项");
    }

    [Fact]
    public async Task The_theme_is_kept_and_also_holds_for_error_pages()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("杭州远见"));

        var page = await visitor.PressAsync(await visitor.GetAsync("/"), "[name=theme][value=dark]");

        page.Document.DocumentElement.GetAttribute("data-bs-theme").ShouldBe("dark");
        (await visitor.GetAsync("/no-such-page")).Document.DocumentElement.GetAttribute("data-bs-theme").ShouldBe("dark");
        page = await visitor.PressAsync(page, "[name=theme][value=auto]");
        page.Document.DocumentElement.GetAttribute("data-theme").ShouldBe("auto");
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    public async Task Nobody_is_led_elsewhere_by_a_choice(string elsewhere)
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("宁波启程"));
        var token = (await visitor.GetAsync("/")).Value("__RequestVerificationToken")!;

        var answer = await visitor.PostAsync("/preferences", ("theme", "dark"), ("returnUrl", elsewhere), ("__RequestVerificationToken", token));

        answer.Header("Location").ShouldBe("/");
    }

    [Fact]
    public async Task A_language_or_theme_that_is_not_there_is_refused()
    {
        var visitor = portal.SignIn(await portal.Given.ADistributor("苏州工坊"));
        var token = (await visitor.GetAsync("/")).Value("__RequestVerificationToken")!;

        (await visitor.PostAsync("/preferences", ("language", "tlh"), ("__RequestVerificationToken", token))).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await visitor.PostAsync("/preferences", ("theme", "pink"), ("__RequestVerificationToken", token))).Status.ShouldBe(HttpStatusCode.BadRequest);
    }
}
