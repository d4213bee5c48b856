using System.Net;
using Support;

namespace Identity.Tests.Administration;

public sealed class LookingAfterPeople(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task An_invited_person_chooses_a_password_and_belongs_to_the_company_of_who_invited()
    {
        var administrator = await identity.AdministratorOfAsync("acme");
        await identity.TenantAsync("other");

        // A forger adds a field that the form does not have.
        var form = await administrator.GetAsync("/admin/people/new");
        Assert.False(form.Has("[name=Tenant]"));
        var page = await administrator.SubmitAsync(form, ("Email", "new.person@acme.test"), ("Name", "新同事"), ("Language", "zh-CN"));

        Assert.Equal(("新同事", "The account is there and the invitation on its way."), (page.Text("h1"), page.Text("[role=status]")));
        var mail = (await identity.DeliverAsync()).Single(mail => mail.To.Contains("new.person@acme.test", StringComparison.Ordinal));
        Assert.Contains("/password-reset/open?token=", mail.Link, StringComparison.Ordinal);
        Assert.Equal(["acme"], await identity.Database.ListAsync<string>("select t.key from account a join tenant t using (tenant_id) where a.email = 'new.person@acme.test'"));
        var subject = (await identity.Database.ListAsync<string>("select subject from account where email = 'new.person@acme.test'"))[0];
        Assert.Equal(["account.added", "account.invited", "invitation.link_made"], await identity.AuditAsync(subject));
    }

    [Fact]
    public async Task The_company_of_an_invitation_is_not_taken_from_what_a_tenants_administrator_sends()
    {
        var administrator = await identity.AdministratorOfAsync("acme");
        await identity.TenantAsync("other");
        var token = (await administrator.GetAsync("/admin/people/new")).Value("__RequestVerificationToken")!;

        await administrator.PostAsync("/admin/people/new", ("__RequestVerificationToken", token), ("Email", "smuggled@acme.test"), ("Name", "Smuggled"), ("Tenant", "other"));

        Assert.Equal(["acme"], await identity.Database.ListAsync<string>("select t.key from account a join tenant t using (tenant_id) where a.email = 'smuggled@acme.test'"));
    }

    [Theory]
    [InlineData("not an address", "Somebody", "Please enter an e-mail address, such as name@company.com.")]
    [InlineData("a@b.test", "", "Please enter the name, at most 100 characters.")]
    [InlineData("taken@acme.test", "Somebody", "This address has an account already. An address has one account; use another address, or look for the person in the list.")]
    public async Task A_refusal_names_the_field_and_keeps_what_was_typed(string email, string name, string refusal)
    {
        var administrator = await identity.AdministratorOfAsync("acme");
        if (email is "taken@acme.test")
        {
            await identity.APersonOfAsync("elsewhere", email: email);
        }

        var page = await administrator.SubmitAsync("/admin/people/new", ("Email", email), ("Name", name));

        Assert.Equal(refusal, page.Text(".wrong"));
        Assert.Equal((email, name), (page.Value("Email"), page.Value("Name")));
        await identity.Database.ExecuteAsync("delete from account where email = 'taken@acme.test'");
    }

    [Fact]
    public async Task Disabling_ends_sessions_and_tokens_at_once()
    {
        var administrator = await identity.AdministratorOfAsync("acme");
        var person = await identity.APersonOfAsync("acme");
        var visitor = await identity.SignedInAsync(person);
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", (await new RelyingParty(identity).TokensAsync(visitor)).AccessToken);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/connect/userinfo")).StatusCode);

        var page = await administrator.PressAsync(await administrator.GetAsync("/admin/people/" + person.Subject), "form[action$='/suspension']");

        Assert.Equal("The account is disabled; its sessions and tokens have ended.", page.Text("[role=status]"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/connect/userinfo")).StatusCode);
        await administrator.PressAsync(page, "form[action$='/suspension/end']");
        Assert.Equal(["0 account_disabled"], await identity.Database.ListAsync<string>("""
            select (select count(*) from sign_in_session s where s.account_id = a.account_id) || ' ' || g.revoked_because from account a join access_grant g using (account_id) where a.subject = @Subject
            """, person));
        Assert.Equal(["account.disabled", "account.enabled"], await identity.AuditAsync(person.Subject));
    }

    [Fact]
    public async Task An_administrator_unlocks_sends_links_and_ends_sessions()
    {
        var administrator = await identity.AdministratorOfAsync("acme");
        var person = await identity.APersonOfAsync("acme");
        await identity.Database.ExecuteAsync("update account set lockout_end = @until where subject = @Subject", new { person.Subject, until = identity.Clock.Now.UtcDateTime.AddMinutes(10) });
        await identity.SignedInAsync(person);
        await identity.SignedInAsync(person);
        var page = await administrator.GetAsync("/admin/people/" + person.Subject);
        Assert.Equal("locked", page.Text(".lead .state"));

        page = await administrator.PressAsync(page, "form[action$='/lock/end']");
        page = await administrator.PressAsync(page, "form[action$='/reset-link']");
        page = await administrator.PressAsync(page, "form[action*='/sessions/'][action$='/end']:not([action$='/sessions/end'])");
        Assert.Equal("The session has ended.", page.Text("[role=status]"));
        page = await administrator.PressAsync(page, "form[action$='/sessions/end']");

        Assert.Equal("active", page.Text(".lead .state"));
        Assert.Contains("The person is not signed in anywhere.", page.All(".empty"));
        Assert.Contains(await identity.DeliverAsync(), mail => mail.To.Contains(person.Email, StringComparison.Ordinal));
        Assert.Equal(["account.unlocked", "password_reset.asked_by_administrator", "session.ended", "sessions.ended", "password_reset.link_made"], await identity.AuditAsync(person.Subject));
    }

    [Fact]
    public async Task Nobody_disables_or_promotes_themselves()
    {
        var me = await identity.APersonOfAsync("acme", "tenant");
        var visitor = await identity.SignedInAsync(me);
        var page = await visitor.GetAsync("/admin/people/" + me.Subject);
        Assert.False(page.Has("form[action$='/suspension']"));
        Assert.False(page.Has("#administers-form"));
        var token = page.Value("__RequestVerificationToken")!;

        await visitor.PostAsync($"/admin/people/{me.Subject}/suspension", ("__RequestVerificationToken", token));
        await visitor.PostAsync($"/admin/people/{me.Subject}/administers", ("__RequestVerificationToken", token), ("administers", ""));

        Assert.Equal(["tenant "], await identity.Database.ListAsync<string>("select administers || ' ' || coalesce(disabled_at::text, '') from account where subject = @Subject", me));
    }

    [Fact]
    public async Task A_tenants_administrator_cannot_grant_the_installation_nor_touch_who_has_it()
    {
        var chief = await identity.APersonOfAsync("operator", "installation");
        await identity.APersonOfAsync("operator", "installation");
        var colleague = await identity.APersonOfAsync("operator");
        var visitor = await identity.AdministratorOfAsync("operator");
        var page = await visitor.GetAsync("/admin/people/" + chief.Subject);
        Assert.Equal("This person looks after the installation. Only others who do so can change the account.", page.All(".empty")[0]);
        Assert.False(page.Has("main form"));
        var token = (await visitor.GetAsync("/admin/people/new")).Value("__RequestVerificationToken")!;

        foreach (var act in new[] { "suspension", "reset-link", "sessions/end", "administers", "name", "lock/end" })
        {
            await visitor.PostAsync($"/admin/people/{chief.Subject}/{act}", ("__RequestVerificationToken", token), ("name", "Nobody"), ("administers", "tenant"));
        }

        var granting = await visitor.PostAsync($"/admin/people/{colleague.Subject}/administers", ("__RequestVerificationToken", token), ("administers", "installation"));

        Assert.Equal(HttpStatusCode.NotFound, granting.Status);
        Assert.Empty(await identity.AuditAsync(chief.Subject));
        Assert.Empty(await identity.AuditAsync(colleague.Subject));
    }

    [Fact]
    public async Task The_last_who_looks_after_the_installation_stays_also_when_two_remove_each_other()
    {
        await identity.Database.ExecuteAsync("update account set administers = null where administers = 'installation'");
        var one = await identity.APersonOfAsync("operator", "installation");
        var other = await identity.APersonOfAsync("operator", "installation");
        var (first, second) = (await identity.SignedInAsync(one), await identity.SignedInAsync(other));
        var pages = (First: await first.GetAsync("/admin/people/" + other.Subject), Second: await second.GetAsync("/admin/people/" + one.Subject));

        await Task.WhenAll(
            first.PressAsync(pages.First, "#administers-form", ("administers", "")),
            second.PressAsync(pages.Second, "form[action$='/suspension']"));

        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from standing_account where administers = 'installation'"));
    }

    [Fact]
    public async Task Giving_rights_wants_a_sign_in_of_the_last_quarter_of_an_hour()
    {
        var administrator = await identity.AdministratorOfAsync("acme");
        var person = await identity.APersonOfAsync("acme");
        identity.Clock.Advance(TimeSpan.FromMinutes(16));
        var page = await administrator.GetAsync("/admin/people/" + person.Subject);

        var answer = await administrator.PressAsync(page, "#administers-form", ("administers", "tenant"));

        Assert.Equal((HttpStatusCode.Forbidden, "Please sign in again"), (answer.Status, answer.Text("h1")));
        Assert.Empty(await identity.AuditAsync(person.Subject));
    }

    [Fact]
    public async Task The_list_is_searched_and_narrowed_and_a_sign_of_percent_is_only_a_sign()
    {
        var administrator = await identity.AdministratorOfAsync("lists");
        var zoe = await identity.APersonOfAsync("lists", name: "Zoë 100%");
        await identity.APersonOfAsync("lists", name: "Zacharias");
        await identity.Database.ExecuteAsync("update account set disabled_at = now() where subject = @Subject", zoe);

        Assert.Equal(["Zoë 100%"], (await administrator.GetAsync("/admin/people?words=%25")).All("tbody td:first-child"));
        Assert.Equal(["Zoë 100%"], (await administrator.GetAsync("/admin/people?state=disabled")).All("tbody td:first-child"));
        Assert.Equal("Nobody fits. Widen the search.", (await administrator.GetAsync("/admin/people?words=nobody-like-that")).Text(".empty"));
        Assert.Equal(HttpStatusCode.BadRequest, (await administrator.GetAsync("/admin/people?words=%00")).Status);
        Assert.Equal(HttpStatusCode.OK, (await administrator.GetAsync("/admin/people?page=999999999999&state=%27")).Status);
    }
}
