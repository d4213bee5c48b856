using System.Net;
using Identity.Invitations;
using Identity.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Support;

namespace Identity.Tests.Invitations;

public sealed class BeingInvited(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    const string Password = "seven quiet otters";

    int people;

    public async Task InitializeAsync()
    {
        await identity.Database.ExecuteAsync("truncate throttle");
        await identity.DeliverAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_mail_in_the_persons_language_names_the_company_and_leads_to_a_password()
    {
        var tenant = await TenantAsync("huaxin", "华信办公");
        await InviteAsync(tenant, "wang@huaxin.test", "王小明", "zh-CN", "tenant");
        var mail = Assert.Single(await identity.DeliverAsync());
        Assert.Equal(("wang@huaxin.test", "华信办公 邀请您使用 PartnerPortal"), (mail.To, mail.Subject));
        Assert.Contains("3 天内有效", mail.Text);

        var visitor = identity.Visitor();
        var page = await visitor.GetAsync(mail.Link);
        Assert.Equal(("Welcome", "You were invited to PartnerPortal. Choose the password with which you sign in from now on."), (page.Text("h1"), page.Text(".lead")));
        var done = await visitor.SubmitAsync(page, ("Password", Password), ("Repeated", Password));

        Assert.Equal("/password-reset/done", done.Path);
        Assert.Null(visitor.Cookies.Find("__Host-identity"));
        // Who looks after a company sets up a second factor first.
        Assert.Equal("/account/authenticator", (await visitor.SubmitAsync("/sign-in", ("Email", "wang@huaxin.test"), ("Password", Password))).Path);
        Assert.Equal(["t tenant"], await identity.Database.ListAsync<string>("select left(email_confirmed::text, 1) || ' ' || administers from account where email = 'wang@huaxin.test'"));
    }

    [Fact]
    public async Task The_link_works_once_and_for_three_days()
    {
        var tenant = await TenantAsync();
        var (email, late) = (Email(), Email());
        await InviteAsync(tenant, email);
        await InviteAsync(tenant, late);
        var mails = await identity.DeliverAsync();
        identity.Clock.Advance(TimeSpan.FromDays(3) - TimeSpan.FromMinutes(1));
        var visitor = identity.Visitor();
        await visitor.SubmitAsync(await visitor.GetAsync(mails.Single(mail => mail.To == email).Link), ("Password", Password), ("Repeated", Password));

        Assert.Equal(HttpStatusCode.BadRequest, (await identity.Visitor().GetAsync(mails.Single(mail => mail.To == email).Link)).Status);
        identity.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.BadRequest, (await identity.Visitor().GetAsync(mails.Single(mail => mail.To == late).Link)).Status);
    }

    [Fact]
    public async Task Who_has_not_answered_is_invited_again_and_who_has_an_account_is_not()
    {
        var (tenant, other) = (await TenantAsync(), await TenantAsync());
        var email = Email();

        Assert.True(Assert.IsType<AccountInvited.Sent>(await InviteAsync(tenant, email)).IsNew);
        Assert.False(Assert.IsType<AccountInvited.Sent>(await InviteAsync(tenant, email)).IsNew);
        Assert.IsType<AccountInvited.Taken>(await InviteAsync(other, email));
        Assert.Equal(2, (await identity.DeliverAsync()).Count);
        Assert.IsType<AccountInvited.Taken>(await InviteAsync(tenant, (await identity.AnAccountAsync()).Email));
        Assert.Empty(await identity.DeliverAsync());
    }

    [Fact]
    public async Task A_company_that_is_disabled_invites_nobody_and_its_links_open_nothing()
    {
        var tenant = await TenantAsync();
        await InviteAsync(tenant, Email());
        var mail = Assert.Single(await identity.DeliverAsync());
        await identity.Database.ExecuteAsync("update tenant set disabled_at = now() where tenant_id = @tenant", new { tenant });

        Assert.IsType<AccountInvited.NoTenant>(await InviteAsync(tenant, Email()));
        Assert.Equal(HttpStatusCode.BadRequest, (await identity.Visitor().GetAsync(mail.Link)).Status);
    }

    [Fact]
    public async Task Only_people_of_the_operator_are_invited_to_look_after_the_installation()
    {
        var tenant = await TenantAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => InviteAsync(tenant, Email(), administers: "installation"));
        Assert.Empty(await identity.DeliverAsync());
    }

    string Email() => $"invited{++people}.{Guid.NewGuid():N}@company.test";

    async Task<long> TenantAsync(string? key = null, string name = "Company")
    {
        var id = 0L;
        await identity.AsTheProductAsync(async services =>
            id = (await services.GetRequiredService<TenantStore>().SaveAsync(key ?? "t" + Guid.NewGuid().ToString("N")[..8], name, isOperator: false, CancellationToken.None)).TenantId);
        return id;
    }

    async Task<AccountInvited> InviteAsync(long tenant, string email, string name = "Ann Example", string language = "en", string? administers = null)
    {
        AccountInvited? invited = null;
        await identity.AsTheProductAsync(async services => invited = await services.GetRequiredService<InviteAccount>().RunAsync(tenant, email, name, language, administers, CancellationToken.None));
        return invited!;
    }
}
