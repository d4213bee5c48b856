using Microsoft.Extensions.DependencyInjection;
using Portal.Start;
using Shouldly;
using Support;

namespace Portal.Tests.Start;

public sealed class BeginningTheDay(BeginningTheDay.PortalWithWork portal) : IClassFixture<BeginningTheDay.PortalWithWork>
{
    [Fact]
    public async Task What_is_urgent_stands_first_and_what_does_not_wait_is_left_out()
    {
        portal.Waiting = [new("web.nav.deals", 3, "/search?q=deals", "file-certificate"), new("web.nav.orders", 0, "/", "inbox"), new("web.nav.stock", 1200, "/", "packages") { IsUrgent = true, Detail = "since Monday" }];

        var page = await portal.SignIn(await portal.Given.ADistributor("上海云启")).GetAsync("/");

        page.All(".waiting").ShouldBe(["Stocksince Monday 1,200", "Deal registrations 3"]);
        page.Document.QuerySelectorAll(".waiting")[1].GetAttribute("href").ShouldBe("/search?q=deals");
    }

    [Fact]
    public async Task What_is_watched_comes_after_what_somebody_waits_for_and_each_says_why()
    {
        portal.Waiting =
        [
            new("web.nav.stock", 1, "/", "packages") { IsWatched = true, Sentence = "Huaxin: stock lasts 200 days" }, new("deals.waiting.drafts", 2, "/deals", "pencil"),
            new("web.nav.kpis", 1, "/", "target") { IsWatched = true, IsUrgent = true, Sentence = "Huaxin: far behind" },
        ];

        var page = await portal.SignIn(await portal.Given.ADistributor("温州观澜")).GetAsync("/");

        page.All(".waiting").ShouldBe(["Huaxin: far behindKPIs Urgent", "Deal drafts to submitA draft protects nobody 2", "Huaxin: stock lasts 200 daysStock"]);
    }

    [Fact]
    public async Task Figures_stand_in_their_order()
    {
        portal.Figures = [new("web.nav.stock", "7", 200), new("web.nav.kpis", "86.2%", 10) { Note = "of the target" }];

        var page = await portal.SignIn(await portal.Given.ADistributor("杭州远见")).GetAsync("/");

        page.All(".figure").ShouldBe(["KPIs 86.2% of the target", "Stock 7"]);
    }

    [Fact]
    public async Task Where_nothing_waits_the_page_says_so()
    {
        portal.Waiting = [];

        var page = await portal.SignIn(await portal.Given.ADistributor("宁波启程")).GetAsync("/");

        page.Text(".empty-title").ShouldBe("Nothing waits for you");
    }

    [Fact]
    public async Task The_menu_leads_to_the_pages_from_wherever_one_is()
    {
        var page = await portal.SignIn(await portal.Given.ADistributor("无锡启明")).GetAsync("/profile");

        page.Document.QuerySelectorAll(".side-menu nav a").Select(link => link.GetAttribute("href")).Take(2).ShouldBe(["/", "/deals"]);
    }

    [Fact]
    public async Task The_list_alone_is_answered_to_an_open_page()
    {
        portal.Waiting = [new("web.nav.deals", 3, "/", "inbox")];

        var part = await portal.SignIn(await portal.Given.ADistributor("苏州工坊")).GetPartAsync("/waiting");

        part.Has("main").ShouldBeFalse();
        part.All(".waiting").Count.ShouldBe(1);
    }

    public sealed class PortalWithWork : PortalApp, IWaitingSource, IFigureSource
    {
        public IReadOnlyList<Waiting> Waiting { get; set; } = [];

        public IReadOnlyList<Figure> Figures { get; set; } = [];

        Task<IReadOnlyList<Waiting>> IWaitingSource.FindAsync(CancellationToken ct) => Task.FromResult(Waiting);

        Task<IReadOnlyList<Figure>> IFigureSource.FindAsync(CancellationToken ct) => Task.FromResult(Figures);

        // In place of the features' own.
        protected override void Change(IServiceCollection services)
        {
            foreach (var own in services.Where(service => service.ServiceType == typeof(IWaitingSource) || service.ServiceType == typeof(IFigureSource)).ToList())
            {
                services.Remove(own);
            }

            services.AddSingleton<IWaitingSource>(this).AddSingleton<IFigureSource>(this);
        }
    }
}
