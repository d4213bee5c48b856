using System.Net;
using Shouldly;
using Support;

namespace Portal.Tests.Partners;

public sealed class KeepingPartners(PortalApp portal) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task A_channel_manager_takes_a_new_distributor_in_and_a_reseller_below_it()
    {
        var visitor = portal.SignIn(await portal.Given.SomebodyOfTheBrand("channel_manager"));

        var distributor = await visitor.SubmitAsync("/partners/new", ("Form.Facts.Name", "华信"), ("Form.Facts.NameLatin", "Huaxin"), ("Form.Facts.PartnerType", "distributor"), ("Form.Facts.Code", "K-HX"), ("Form.Facts.AnnualSales", "186000000.50"));
        var reseller = await visitor.SubmitAsync($"/partners/new?upstream={distributor.Path.Split('/')[^1]}", ("Form.Facts.Name", "江南办公"), ("Form.Facts.PartnerType", "reseller"));

        distributor.Text("h1").ShouldBe("华信");
        distributor.Text(".flash-done").ShouldContain("华信 is a partner now.");
        reseller.All(".breadcrumb a").ShouldBe(["Partners", "Northlight", "Huaxin"]);
        (await portal.Database.ListAsync<string>("select action from audit_entry where subject_kind = 'partner' and subject_number = @number", new { number = distributor.Path.Split('/')[^1] })).ShouldBe(["partner.added"]);
    }

    [Fact]
    public async Task What_is_wrong_stands_at_its_field_and_what_was_typed_stays()
    {
        var visitor = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));
        await visitor.SubmitAsync("/partners/new", ("Form.Facts.Name", "First"), ("Form.Facts.Code", "TWICE"));

        var page = await visitor.SubmitAsync("/partners/new", ("Form.Facts.Name", "Second"), ("Form.Facts.Code", "TWICE"), ("Form.Upstream", ""));
        var nameless = await visitor.SubmitAsync("/partners/new", ("Form.Facts.Name", "  "), ("Form.Facts.YearOpened", "12"), ("Form.Upstream", "NOWHERE"));

        page.Text(".field-problem").ShouldBe("Another partner has this code.");
        page.Document.QuerySelector("[name='Form.Facts.Name']")!.GetAttribute("value").ShouldBe("Second");
        nameless.All(".field-problem").ShouldBe(["Enter the company's name.", "Give the year with four digits."]);
    }

    [Fact]
    public async Task A_double_click_makes_one_partner()
    {
        var visitor = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));
        var form = await visitor.GetAsync("/partners/new");

        var pages = await Task.WhenAll(visitor.SubmitAsync(form, ("Form.Facts.Name", "Once")), visitor.SubmitAsync(form, ("Form.Facts.Name", "Once")));

        pages.Select(page => page.Text("h1")).ShouldBe(["Once", "Once"]);
        (await portal.Database.ListAsync<string>("select name from partner where name = 'Once'")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Two_who_edit_at_once_do_not_overwrite_each_other()
    {
        var partner = await portal.Given.APartner("Contested", "distributor");
        var visitor = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));
        var (first, second) = (await visitor.GetAsync($"/partners/{partner.Number}/edit"), await visitor.GetAsync($"/partners/{partner.Number}/edit"));
        await visitor.SubmitAsync(first, ("Form.Facts.City", "Shanghai"));

        var page = await visitor.SubmitAsync(second, ("Form.Facts.City", "Beijing"));

        page.Text(".flash-problem").ShouldContain("Somebody else changed this meanwhile.");
        (await portal.Database.ListAsync<string>("select city from partner where number = @Number", new { partner.Number })).ShouldBe(["Shanghai"]);
    }

    [Fact]
    public async Task A_move_that_would_close_a_loop_is_refused_with_a_clear_message()
    {
        var top = await portal.Given.APartner("Loop top", "distributor");
        var low = await portal.Given.APartner("Loop low", "reseller", top);
        var visitor = portal.SignIn(await portal.Given.SomebodyOfTheBrand("brand_admin"));

        var page = await visitor.SubmitAsync($"/partners/{top.Number}/place/edit", ("Upstream", low.Number));
        var moved = await visitor.SubmitAsync($"/partners/{low.Number}/place/edit", ("Upstream", (await portal.Given.TheBrand()).Number.ToLowerInvariant()));

        page.Text(".field-problem").ShouldBe("A company cannot be placed below itself or below one that buys from it.");
        moved.Text(".flash-done").ShouldContain("has moved");
    }

    [Fact]
    public async Task A_suspension_bites_with_the_next_click_and_needs_a_reason()
    {
        var person = await portal.Given.ADistributor("Suspended one");
        var (partner, theirs) = (person.Partner, portal.SignIn(person));
        var brand = portal.SignIn(await portal.Given.SomebodyOfTheBrand("channel_manager"));
        (await theirs.GetAsync("/partners")).Status.ShouldBe(HttpStatusCode.OK);

        (await brand.SubmitAsync($"/partners/{partner.Number}", ("reason", " "))).Text(".flash-problem").ShouldContain("Give a reason");
        var page = await brand.SubmitAsync($"/partners/{partner.Number}", ("reason", "Unpaid invoices"));

        page.All(".flash-problem")[^1].ShouldContain("Unpaid invoices");
        (await theirs.GetAsync("/partners")).Text("h1").ShouldBe("We do not know you here yet");
        (await portal.Api(person).GetAsync("/api/v1/partners")).Problem.ShouldBe("unknown-person");

        await brand.PressAsync(await brand.GetAsync($"/partners/{partner.Number}"), "form[action$='/suspension/delete']");
        (await theirs.GetAsync("/partners")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_partner_sees_its_branch_but_changes_no_company()
    {
        var huaxin = await portal.Given.ADistributor("Branch Huaxin");
        var jiangnan = await portal.Given.AReseller("Branch Jiangnan", huaxin.Partner);
        await portal.Given.AReseller("Branch store", jiangnan.Partner);
        var rival = await portal.Given.ADistributor("Branch rival");
        var visitor = portal.SignIn(huaxin);

        (await visitor.GetAsync("/partners")).All("tbody td:first-child a").ShouldBe(["Branch Jiangnan", "Branch store"]);
        (await visitor.GetAsync("/partners/tree")).All(".branch > li a:first-child").ShouldBe(["Branch Jiangnan"]);
        (await visitor.GetPartAsync($"/partners/{jiangnan.Partner.Number}/branch")).All("li a").ShouldBe(["Branch store"]);
        (await visitor.GetAsync($"/partners/{rival.Partner.Number}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await visitor.GetAsync($"/partners/{jiangnan.Partner.Number}/edit")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await visitor.GetAsync("/partners/new")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await visitor.GetAsync($"/partners/{jiangnan.Partner.Number}")).All("button").ShouldNotContain("Suspend");
    }

    [Fact]
    public async Task Of_the_company_it_buys_from_a_partner_sees_the_address_and_no_more()
    {
        var huaxin = await portal.Given.APartner("Upstream Huaxin", "distributor", level: "platinum");
        await portal.Database.ExecuteAsync("update partner set annual_sales = 123456789, address = 'Main Street 1' where partner_id = @PartnerId", new { huaxin.PartnerId });
        var jiangnan = await portal.Given.AReseller("Upstream Jiangnan", huaxin);
        var visitor = portal.SignIn(jiangnan);

        var page = await visitor.GetAsync($"/partners/{huaxin.Number}");
        var answer = await portal.Api(jiangnan).GetAsync($"/api/v1/partners/{huaxin.Number}");

        page.Document.Body!.TextContent.ShouldContain("Main Street 1");
        page.Document.Body!.TextContent.ShouldNotContain("123,456,789");
        page.Document.Body!.TextContent.ShouldNotContain("Platinum");
        answer.Text.ShouldContain("Main Street 1");
        answer.Text.ShouldNotContain("123456789");
        answer.Text.ShouldNotContain("platinum");
    }

    [Fact]
    public async Task The_list_is_searched_filtered_and_exported()
    {
        var visitor = portal.SignIn(await portal.Given.SomebodyOfTheBrand("finance"));
        await portal.Given.APartner("Findable % one", "store", level: "gold");
        await portal.Given.APartner("Findable two", "agent");

        (await visitor.GetAsync("/partners?q=findable")).All("tbody td:first-child a").ShouldBe(["Findable % one", "Findable two"]);
        (await visitor.GetAsync("/partners?q=findable+%25")).All("tbody td:first-child a").ShouldBe(["Findable % one"]);
        (await visitor.GetAsync("/partners?q=findable&type=agent")).All("tbody td:first-child a").ShouldBe(["Findable two"]);
        (await visitor.GetAsync("/partners?q=findable&sort=-level&level=gold")).All("tbody td:first-child a").ShouldBe(["Findable % one"]);
        var file = await visitor.GetAsync("/partners/export?q=findable");
        file.Headers.Content.Headers.ContentType!.MediaType.ShouldBe("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        file.Bytes[..2].ShouldBe("PK"u8.ToArray());
    }

    [Fact]
    public async Task Channel_managers_are_named_by_the_administrator()
    {
        var partner = await portal.Given.APartner("Looked after", "distributor");
        var (channel, admin) = (await portal.Given.SomebodyOfTheBrand("channel_manager"), await portal.Given.SomebodyOfTheBrand("brand_admin"));
        var visitor = portal.SignIn(admin);

        await visitor.SubmitAsync($"/partners/{partner.Number}", ("people", new[] { channel.Number }));

        (await portal.Database.ListAsync<long>("select person_id from partner_channel_manager where partner_id = @PartnerId", new { partner.PartnerId })).ShouldBe([channel.PersonId]);
        var forged = await visitor.SubmitAsync($"/partners/{partner.Number}", ("people", new[] { admin.Number }));
        forged.Text(".flash-problem").ShouldContain("Only channel managers");
    }
}
