using System.Net;
using Identity.Administration.Audit;
using Support;

namespace Identity.Tests.Administration;

public sealed class ReadingTheAudit(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task A_tenant_reads_what_was_done_to_its_own_and_who_of_the_operator_did_it_has_no_name()
    {
        var chief = await identity.SignedInAsync(await identity.APersonOfAsync("operator", "installation", "Grace Operator"));
        var mine = await identity.APersonOfAsync("acme", name: "Mia Mine");
        var foreign = await identity.APersonOfAsync("rival", name: "Rita Rival");
        foreach (var person in new[] { mine, foreign })
        {
            await chief.PressAsync(await chief.GetAsync("/admin/people/" + person.Subject), "form[action$='/suspension']");
        }

        var page = await (await identity.AdministratorOfAsync("acme")).GetAsync("/admin/audit");

        Assert.Contains("account disabled", page.All("tbody td:nth-child(3)"));
        Assert.Contains("Mia Mine", page.All("tbody td:nth-child(4)"));
        Assert.Contains("somebody of another company", page.All("tbody td:nth-child(2)"));
        Assert.DoesNotContain("Grace Operator", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(foreign.Subject, page.Body, StringComparison.Ordinal);
        var whole = await chief.GetAsync("/admin/audit");
        Assert.Contains("Grace Operator", whole.All("tbody td:nth-child(2)"));
        Assert.Contains("Rita Rival", whole.All("tbody td:nth-child(4)"));
    }

    [Fact]
    public async Task What_a_tenants_person_and_program_did_with_tokens_is_its_own_too()
    {
        var tenantId = await identity.TenantAsync("tokens");
        await identity.AClientAsync("tokens-erp", client => (client.TenantId, client.AllowedGrantTypes, client.RedirectUris, client.AllowedScopes) = (tenantId, ["client_credentials"], [], ["portal.api"]));
        await new RelyingParty(identity, "tokens-erp").TokenAsync(new Dictionary<string, string?> { ["grant_type"] = "client_credentials", ["scope"] = "portal.api" });
        var person = await identity.APersonOfAsync("tokens", "tenant");
        var visitor = await identity.SignedInAsync(person);
        await new RelyingParty(identity).TokensAsync(visitor);

        var acts = (await visitor.GetAsync("/admin/audit")).All("tbody td:nth-child(3)");

        Assert.Contains("token issued to a program", acts);
        Assert.Contains("code redeemed", acts);
        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from audit_entry where action = 'client.registered' and subject_number = 'tokens-erp' and partner_ids = array[@tenantId]", new { tenantId }));
    }

    [Fact]
    public async Task It_is_narrowed_by_day_person_act_and_thing()
    {
        var chief = await identity.AdministratorOfEverythingAsync();
        var one = await identity.APersonOfAsync("narrow", name: "One");
        await chief.PressAsync(await chief.GetAsync("/admin/people/" + one.Subject), "form[action$='/sessions/end']");
        await chief.PressAsync(await chief.GetAsync("/admin/people/" + one.Subject), "form[action$='/suspension']");
        var today = identity.Clock.Today;

        Assert.Equal(["account disabled", "all sessions ended"], await ActsAsync(chief, $"subject={one.Subject}"));
        Assert.Equal(["account disabled", "all sessions ended"], await ActsAsync(chief, $"subject={one.Email}"));
        Assert.Equal(["account disabled"], await ActsAsync(chief, $"subject={one.Subject}&act=account"));
        Assert.Equal(["all sessions ended"], await ActsAsync(chief, $"subject={one.Subject}&act=sessions.ended"));
        Assert.Equal(["account disabled", "all sessions ended"], await ActsAsync(chief, $"tenant=narrow&from={today:yyyy-MM-dd}&to={today:yyyy-MM-dd}"));
        Assert.Equal([], await ActsAsync(chief, $"tenant=narrow&to={today.AddDays(-1):yyyy-MM-dd}"));
        Assert.Equal([], await ActsAsync(chief, "tenant=no-such-tenant"));
        Assert.Equal([], await ActsAsync(chief, $"subject={one.Subject}&actor={one.Email}"));
        Assert.Equal(HttpStatusCode.OK, (await chief.GetAsync("/admin/audit?from=yesterday&before=x&act=%27%3B--")).Status);
    }

    [Fact]
    public async Task It_is_read_page_by_page()
    {
        var visitor = await identity.AdministratorOfAsync("pages");
        var person = await identity.APersonOfAsync("pages");
        for (var i = 0; i < 51; i++)
        {
            await visitor.PressAsync(await visitor.GetAsync("/admin/people/" + person.Subject), "form[action$='/sessions/end']");
        }

        var first = await visitor.GetAsync("/admin/audit");
        Assert.Equal(50, first.All("tbody tr").Count);
        var second = await visitor.GetAsync(first.Document.QuerySelector("a[rel=next]")!.GetAttribute("href")!);

        Assert.Single(second.All("tbody tr"));
        Assert.False(second.Has("a[rel=next]"));
    }

    [Fact]
    public async Task The_file_holds_the_same_and_taking_it_is_recorded()
    {
        var person = await identity.APersonOfAsync("export", "tenant", "=cmd|' /C calc'!A0");
        var visitor = await identity.SignedInAsync(person);
        await visitor.PressAsync(await visitor.GetAsync("/admin/people/" + person.Subject), "form[action$='/reset-link']");

        var file = await visitor.GetOnlyAsync("/admin/audit/export?act=password_reset");

        Assert.Equal("text/csv; charset=utf-8", file.Header("Content-Type"));
        Assert.Equal("attachment; filename=\"audit-20260302-0900.csv\"", file.Header("Content-Disposition"));
        Assert.Equal(new byte[] { 0xEF, 0xBB, 0xBF }, file.Bytes[..3]);
        var lines = file.Body.Trim('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("id,time_utc,actor,actor_name,action,subject_kind,subject,subject_name,details,correlation_id", lines[0]);
        Assert.Contains($"account:{person.Subject},'=cmd|' /C calc'!A0,password_reset.asked_by_administrator,account,{person.Subject}", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, lines.Length);
        Assert.Contains("audit.exported", await identity.AuditAsync(person.Subject));
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"no\"", "\"say \"\"no\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("+1", "'+1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    public void A_cell_is_quoted_and_harmless(string? text, string cell) => Assert.Equal(cell, AuditCsv.Cell(text));

    [Fact]
    public async Task The_chain_of_hashes_holds_with_the_tenants_filled_in()
    {
        await identity.APersonOfAsync("chain", "tenant");
        var (_, _, findings) = (0L, 0L, Array.Empty<string>());
        await identity.AsTheProductAsync(async services =>
        {
            var check = (Platform.Audit.AuditCheck)services.GetService(typeof(Platform.Audit.AuditCheck))!;
            (_, _, var found) = await check.RunAsync(CancellationToken.None);
            findings = [.. found];
        });

        Assert.Equal([], findings);
    }

    static async Task<IReadOnlyList<string>> ActsAsync(Visitor visitor, string query) => (await visitor.GetAsync("/admin/audit?" + query)).All("tbody td:nth-child(3)");
}
