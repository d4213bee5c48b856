using System.Net;
using Identity.Administration;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Support;

namespace Identity.Tests.Administration;

public sealed class ComingIn(IdentityApp identity) : IClassFixture<IdentityApp>
{
    IEnumerable<ActionDescriptor> Actions => identity.Services.GetRequiredService<IActionDescriptorCollectionProvider>().ActionDescriptors.Items.Where(AdministrationGate.IsAdministration);

    [Fact]
    public void Every_action_says_whom_it_is_for() => Assert.Equal([], Actions.Where(action => AdministrationGate.AudienceOf(action) is null).Select(action => action.DisplayName));

    [Fact]
    public void Every_item_of_the_menu_leads_to_a_page_for_the_same_people()
    {
        var pages = Actions.ToLookup(action => "/" + action.AttributeRouteInfo!.Template);
        var wrong = AdministrationMenu.For(new Administrator { Administers = "installation" })
            .Where(item => !pages[item.Path].Any(action => AdministrationGate.AudienceOf(action)!.Who == item.For));

        Assert.Equal([], wrong.Select(item => item.Path));
    }

    [Fact]
    public async Task Whoever_administers_nothing_finds_nothing()
    {
        await identity.TenantAsync("acme");
        var visitors = new[] { await identity.SignedInAsync(await identity.AnAccountAsync()), await identity.SignedInAsync(await identity.APersonOfAsync("acme")) };
        foreach (var action in Actions)
        {
            var path = PathOf(action);
            foreach (var visitor in visitors)
            {
                var page = IsPost(action) ? await visitor.PostAsync(path) : await visitor.GetOnlyAsync(path);
                Assert.True(page.Status is HttpStatusCode.NotFound, $"{path} answered {page.Status}");
                Assert.DoesNotContain("Administration", page.Words, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Who_is_not_signed_in_is_sent_to_sign_in_and_can_send_nothing()
    {
        foreach (var action in Actions)
        {
            var page = IsPost(action) ? await identity.Visitor().PostAsync(PathOf(action)) : await identity.Visitor().GetOnlyAsync(PathOf(action));
            Assert.Equal(IsPost(action) ? HttpStatusCode.NotFound : HttpStatusCode.SeeOther, page.Status);
        }
    }

    [Fact]
    public async Task A_tenants_administrator_finds_nothing_of_the_installations()
    {
        var visitor = await identity.AdministratorOfAsync("acme");
        foreach (var action in Actions.Where(action => AdministrationGate.AudienceOf(action)!.Who is Administrators.Installation))
        {
            var page = IsPost(action) ? await visitor.PostAsync(PathOf(action)) : await visitor.GetOnlyAsync(PathOf(action));
            Assert.True(page.Status is HttpStatusCode.NotFound, $"{PathOf(action)} answered {page.Status}");
        }
    }

    [Fact]
    public async Task A_form_without_its_token_changes_nothing()
    {
        var visitor = await identity.AdministratorOfEverythingAsync();
        foreach (var action in Actions.Where(IsPost))
        {
            var page = await visitor.PostAsync(PathOf(action));
            Assert.True(page.Status is HttpStatusCode.BadRequest, $"{PathOf(action)} answered {page.Status}");
        }
    }

    [Theory]
    [InlineData("update account set administers = null where subject = @Subject")]
    [InlineData("update account set disabled_at = now() where subject = @Subject")]
    [InlineData("update tenant set disabled_at = now() where tenant_id = (select tenant_id from account where subject = @Subject)")]
    public async Task Rights_end_with_the_next_request(string sql)
    {
        var person = await identity.APersonOfAsync("short", "tenant");
        var visitor = await identity.SignedInAsync(person);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetOnlyAsync("/admin")).Status);

        await identity.Database.ExecuteAsync(sql, person);

        Assert.NotEqual(HttpStatusCode.OK, (await visitor.GetOnlyAsync("/admin")).Status);
        await identity.Database.ExecuteAsync("update tenant set disabled_at = null");
    }

    [Theory]
    [InlineData("en", "Overview")]
    [InlineData("zh-CN", "概览")]
    public async Task The_overview_speaks_the_readers_language(string language, string title)
    {
        var visitor = await identity.AdministratorOfAsync("acme");
        visitor.Language = language;

        var page = await visitor.GetAsync("/admin");

        Assert.Equal((HttpStatusCode.OK, title), (page.Status, page.Text("h1")));
    }

    [Fact]
    public async Task The_start_page_shows_the_way_to_administrators_only()
    {
        Assert.True((await (await identity.AdministratorOfAsync("acme")).GetAsync("/")).Has("a[href='/admin']"));
        Assert.False((await (await identity.SignedInAsync(await identity.APersonOfAsync("acme"))).GetAsync("/")).Has("a[href='/admin']"));
        Assert.False((await identity.Visitor().GetAsync("/")).Has("a[href='/admin']"));
    }

    static bool IsPost(ActionDescriptor action) => action.EndpointMetadata.OfType<Microsoft.AspNetCore.Routing.IHttpMethodMetadata>().Any(methods => methods.HttpMethods.Contains("POST"));

    // Whatever the parameters are called, there is nothing of that name.
    static string PathOf(ActionDescriptor action) => "/" + System.Text.RegularExpressions.Regex.Replace(action.AttributeRouteInfo!.Template!, @"\{[^}]*\}", "1");
}
