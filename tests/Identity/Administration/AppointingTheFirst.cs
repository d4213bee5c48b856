using Identity.Administration.People;
using Microsoft.Extensions.DependencyInjection;
using Platform.Web;
using Support;

namespace Identity.Tests.Administration;

public sealed class AppointingTheFirst : IAsyncLifetime
{
    const string Password = "seven quiet otters";

    readonly IdentityApp identity = new();

    public Task InitializeAsync() => identity.InitializeAsync();

    public Task DisposeAsync() => identity.DisposeAsync();

    [Fact]
    public async Task The_brand_becomes_the_operator_and_its_first_person_looks_after_everything()
    {
        var (exitCode, printed) = await AppointAsync("anna@company.test", "Anna Berg");
        Assert.Equal(0, exitCode);
        Assert.StartsWith("anna@company.test looks after the installation of PartnerPortal now; their subject is ", printed);
        Assert.Contains("Within 3 days, choose a password at https://identity.test/", printed);

        var visitor = identity.Visitor();
        await visitor.SubmitAsync(await visitor.GetAsync(LinkIn(printed)), ("Password", Password), ("Repeated", Password));
        await visitor.SubmitAsync("/sign-in", ("Email", "anna@company.test"), ("Password", Password));

        Assert.Equal(["partnerportal PartnerPortal true everybody"], await identity.Database.ListAsync<string>("select key || ' ' || name || ' ' || is_operator || ' ' || second_factor from tenant"));
        Assert.Equal(["Anna Berg installation"], await identity.Database.ListAsync<string>("select a.name || ' ' || administers from account a join tenant using (tenant_id) where is_operator"));
        Assert.Contains("tenant.added", await identity.AuditAsync("partnerportal"));
    }

    [Fact]
    public async Task Repeated_it_changes_nothing_and_prints_a_link_until_a_password_was_chosen()
    {
        await AppointAsync("anna@company.test");

        var again = await AppointAsync("ANNA@company.test", "Another Name");
        Assert.Equal(0, again.ExitCode);
        Assert.StartsWith("anna@company.test looks after the installation of PartnerPortal already; their subject is ", again.Printed);
        Assert.Equal("Welcome", (await identity.Visitor().GetAsync(LinkIn(again.Printed))).Text("h1"));
        await identity.Database.ExecuteAsync("update account set password_hash = 'x'");
        Assert.DoesNotContain("https://", (await AppointAsync("anna@company.test")).Printed);
        Assert.Equal([1L, 1L], await identity.Database.ListAsync<long>("select count(*) from tenant union all select count(*) from account"));
    }

    [Fact]
    public async Task Ten_at_the_same_moment_make_one_operator_and_one_account()
    {
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AppointAsync("anna@company.test")));

        Assert.Equal([1L, 1L], await identity.Database.ListAsync<long>("select count(*) from tenant union all select count(*) from account"));
    }

    [Fact]
    public async Task Somebody_who_was_there_already_is_appointed_and_keeps_the_password()
    {
        var account = await identity.AnAccountAsync();

        var (exitCode, printed) = await AppointAsync(account.Email);

        Assert.Equal(0, exitCode);
        Assert.Equal($"{account.Email} looks after the installation of PartnerPortal now; their subject is {account.Subject}.", printed.Trim());
        Assert.Equal(["account.administers_changed"], await identity.AuditAsync(account.Subject));
    }

    [Fact]
    public async Task The_operator_that_is_there_is_taken_whatever_it_is_called()
    {
        await identity.TenantAsync("operator");

        Assert.Contains("of Company operator now", (await AppointAsync("anna@company.test")).Printed);
        Assert.Equal(["operator"], await identity.Database.ListAsync<string>("select key from tenant"));
    }

    [Fact]
    public async Task Nobody_of_another_company_and_nobody_disabled_is_appointed()
    {
        var (theirs, gone) = (await identity.APersonOfAsync("acme", "tenant"), await identity.AnAccountAsync());
        await identity.Database.ExecuteAsync("update account set disabled_at = now() where subject = @Subject", gone);

        Assert.Equal((1, $"{theirs.Email} belongs to another company than PartnerPortal, and only people of the operator look after the installation."), Trimmed(await AppointAsync(theirs.Email)));
        Assert.Equal((1, $"The account of {gone.Email} is disabled."), Trimmed(await AppointAsync(gone.Email)));
        Assert.Equal((1, "'nobody' is not an e-mail address."), Trimmed(await AppointAsync("nobody")));
        Assert.Equal([0L], await identity.Database.ListAsync<long>("select count(*) from account where administers = 'installation'"));
    }

    [Fact]
    public async Task A_company_that_has_the_brands_key_does_not_become_the_operator()
    {
        await identity.TenantAsync("partnerportal");

        Assert.Equal((1, "A company has the key 'partnerportal' of the operator. Name the brand with Brand__Name as it is called."), Trimmed(await AppointAsync("anna@company.test")));
        Assert.Equal([0L], await identity.Database.ListAsync<long>("select count(*) from tenant where is_operator"));
    }

    [Theory]
    [InlineData("Northlight", "northlight")]
    [InlineData("北光 Northlight", "northlight")]
    [InlineData("Müller & Söhne GmbH", "muller-sohne-gmbh")]
    [InlineData("北光", "brand")]
    [InlineData("New", "brand")]
    [InlineData(" – ", "brand")]
    public void A_brands_name_becomes_a_key(string name, string key) => Assert.Equal(key, BrandName.KeyOf(name));

    static string LinkIn(string printed) => printed[printed.IndexOf("https://", StringComparison.Ordinal)..].Trim();

    static (int ExitCode, string Printed) Trimmed((int ExitCode, string Printed) answer) => (answer.ExitCode, answer.Printed.Trim());

    async Task<(int ExitCode, string Printed)> AppointAsync(string email, string? name = null)
    {
        var (output, exitCode) = (new StringWriter(), 0);
        await identity.AsTheProductAsync(async services => exitCode = await services.GetRequiredService<AddAdministratorVerb>().RunAsync(email, name, null, output, CancellationToken.None));
        return (exitCode, output.ToString());
    }
}
