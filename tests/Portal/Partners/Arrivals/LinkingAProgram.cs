using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Portal.Web;
using Shouldly;
using Support;

namespace Portal.Tests.Partners.Arrivals;

/// <summary>An administrator takes a program into the own company whose token does not say which company is its.</summary>
public sealed class LinkingAProgram(PortalApp portal) : IClassFixture<PortalApp>
{
    const string Path = "/api/v1/partners";

    [Fact]
    public async Task With_the_code_that_the_api_told_it()
    {
        var admin = await portal.Given.APerson(await portal.Given.APartner("Linker", "distributor"), "partner_admin");
        var visitor = portal.SignIn(admin);
        var api = portal.ApiWith(portal.IdentityProvider.AccessToken("erp-1"));
        var refused = await api.GetAsync(Path);
        (refused.Status, refused.Problem).ShouldBe((HttpStatusCode.Forbidden, "unknown-client"));

        var page = await visitor.SubmitAsync("/people/programs/new", ("Form.ClientId", "erp-1"), ("Form.LinkCode", Code(refused)), ("Form.Name", "SAP"), ("Form.Roles", new[] { "sales", "purchasing" }));

        (page.Path, page.Text(".flash-done")).ShouldBe(("/people", "The program erp-1 works for your company now."));
        page.All("tbody td:first-child").ShouldContain("SAP Program erp-1");
        (await api.GetAsync(Path)).Status.ShouldBe(HttpStatusCode.OK);
        (await portal.RowsOf("erp-1")).ShouldBe([$"api_client {admin.Partner.Number} purchasing,sales portal"]);
        (await portal.Database.ListAsync<string>("select e.actor || ' ' || e.action from audit_entry e join person p on p.number = e.subject_number where p.subject = 'erp-1'")).ShouldBe([$"{admin.Number} person.linked"]);
    }

    [Theory]
    [InlineData("of another program")]
    [InlineData("made up")]
    [InlineData("too old")]
    [InlineData("changed")]
    public async Task Without_it_nobody_takes_a_strangers_program(string wrong)
    {
        var admin = await portal.Given.APerson(await portal.Given.APartner("Thief " + wrong, "distributor"), "partner_admin");
        var code = Code(await portal.ApiWith(portal.IdentityProvider.AccessToken(wrong is "of another program" ? "erp-mine" : "erp-theirs")).GetAsync(Path));
        if (wrong is "too old")
        {
            portal.Clock.Advance(TimeSpan.FromHours(24));
        }

        var typed = wrong switch { "made up" => "CfDJ8A", "changed" => code[..^4] + "AAAA", _ => code };
        var answer = await portal.SignIn(admin).SubmitAsync("/people/programs/new", ("Form.ClientId", "erp-theirs"), ("Form.LinkCode", typed), ("Form.Roles", new[] { "sales" }));

        answer.Text(".field-problem").ShouldContain("This code is not the one of this program, or it is too old.");
        (await portal.RowsOf("erp-theirs")).ShouldBe([]);
    }

    [Fact]
    public async Task A_role_is_needed_and_none_of_the_brands_is_given()
    {
        var visitor = portal.SignIn(await portal.Given.APerson(await portal.Given.APartner("Roles", "distributor"), "partner_admin"));
        var code = Code(await portal.ApiWith(portal.IdentityProvider.AccessToken("erp-roles")).GetAsync(Path));

        var page = await visitor.SubmitAsync("/people/programs/new", ("Form.ClientId", "erp-roles"), ("Form.LinkCode", code));
        page.Text(".flash-problem").ShouldStartWith("Choose at least one role");
        page = await visitor.SubmitAsync(page, ("Form.Roles", new[] { "brand_admin" }));
        page.Text(".flash-problem").ShouldBe("This role does not exist in this company.");

        (await portal.RowsOf("erp-roles")).ShouldBe([]);
    }

    [Fact]
    public async Task A_program_belongs_to_one_company()
    {
        var code = Code(await portal.ApiWith(portal.IdentityProvider.AccessToken("erp-once")).GetAsync(Path));
        async Task<Page> LinkAsync(string company) => await portal.SignIn(await portal.Given.APerson(await portal.Given.APartner(company, "distributor"), "partner_admin"))
            .SubmitAsync("/people/programs/new", ("Form.ClientId", "erp-once"), ("Form.LinkCode", code), ("Form.Roles", new[] { "sales" }));

        var pages = await Task.WhenAll(LinkAsync("First"), LinkAsync("Second"), LinkAsync("Third"));

        pages.Count(page => page.Has(".flash-done")).ShouldBe(1);
        pages.Count(page => page.All(".flash-problem") is ["This sign-in belongs to somebody already."]).ShouldBe(2);
        (await portal.RowsOf("erp-once")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task It_is_the_administrators_to_do()
    {
        var sales = await portal.Given.APerson(await portal.Given.APartner("Sellers", "distributor"), "sales", "purchasing");

        (await portal.SignIn(sales).GetAsync("/people/programs/new")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Past_every_screen_an_administrator_adds_a_program_to_the_own_company_and_nothing_else()
    {
        var (mine, other) = (await portal.Given.ADistributor("Mine"), await portal.Given.ADistributor("Other"));
        var sales = await portal.Given.APerson(mine.Partner, "sales");
        const string Insert = "insert into person (number, partner_id, kind, issuer, subject, name, created_at) values (@number, @company, @kind, 'https://identity.test', @number, 'x', now())";
        async Task<string?> Refusal(TestPerson who, TestPartner company, string kind)
        {
            await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, who.Subject));
            try
            {
                await db.ExecuteAsync(Insert, new { number = PublicNumber.New("U"), company = company.PartnerId, kind }, CancellationToken.None);
                return null;
            }
            catch (PostgresException refused)
            {
                return refused.SqlState;
            }
        }

        (await Refusal(mine, mine.Partner, "api_client")).ShouldBeNull();
        (await Refusal(mine, mine.Partner, "person")).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await Refusal(mine, other.Partner, "api_client")).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await Refusal(sales, mine.Partner, "api_client")).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task The_command_line_links_one_too()
    {
        var partner = await portal.ACompany("BY-CLI");
        var output = new StringWriter();

        await portal.InScopeAsync(Caller.System("test"), async services =>
            (await services.GetServices<IVerb>().Single(verb => verb.Name == "add-person")
                .RunAsync(["--program", "SAP", "-", TestIdentityProvider.Issuer, "erp-cli", "BY-CLI", "sales"], output, CancellationToken.None)).ShouldBe(0));

        (await portal.RowsOf("erp-cli")).ShouldBe(["api_client BY-CLI sales portal"]);
        (await portal.Database.ListAsync<string?>("select email from person where subject = 'erp-cli'")).ShouldBe([null]);
        partner.Name.ShouldBe("Company BY-CLI");
    }

    static string Code(ApiAnswer answer) => answer.Json.GetProperty("linkCode").GetString()!;
}
