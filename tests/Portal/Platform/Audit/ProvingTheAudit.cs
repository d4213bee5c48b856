using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Database;
using Platform.Jobs;
using Shouldly;
using Support;

namespace Portal.Tests.PlatformRules.AuditRules;

/// <summary>A superuser, whom neither rights nor policies nor triggers stop, changes the audit; the check finds it.</summary>
public sealed class ProvingTheAudit : IAsyncLifetime
{
    readonly PortalApp portal = new();
    int before;

    public async Task InitializeAsync()
    {
        await portal.InitializeAsync();
        // The first look at the audit makes the key that receipts are signed with, which is an act of its own.
        await CheckAsync();
        before = (await portal.Database.ListAsync<int>("select count(*)::integer from audit_entry")).Single();
        await ActAsync("D-1", "deal.submitted", "deal.approved", "deal.won");
        await ActAsync("D-2", "deal.submitted");
        await SealAsync();
        await ActAsync("D-2", "deal.rejected");
        await SealAsync();
    }

    public Task DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task An_untouched_audit_is_whole()
    {
        await ActAsync("D-3", "deal.submitted");

        var (acts, seals, findings) = await CheckAsync();

        findings.ShouldBeEmpty();
        (acts, seals).ShouldBe((before + 6, 2));
    }

    [Fact]
    public async Task An_edited_act_is_found()
    {
        await AsSuperuserAsync("update audit_entry set actor = 'somebody else' where action = 'deal.approved'");

        (await CheckAsync()).Findings.ShouldHaveSingleItem().ShouldMatch("^Act [0-9]+ on deal D-1 was edited: its content does not fit its hash.$");
    }

    [Fact]
    public async Task An_edited_act_with_its_hashes_made_anew_is_found_by_the_seal()
    {
        await AsSuperuserAsync("""
            update audit_entry set actor = 'somebody else' where action = 'deal.won';
            update audit_entry e set hash = audit_hash(e.previous_hash, e) where action = 'deal.won'
            """);

        var findings = (await CheckAsync()).Findings;

        findings.ShouldContain(finding => finding.StartsWith("Seal 1 of 2026-03-02", StringComparison.Ordinal) && finding.EndsWith("does not fit the acts it binds: one of them, or a seal before it, was changed.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_function_that_was_replaced_to_say_yes_does_not_help()
    {
        await AsSuperuserAsync("""
            update audit_entry set details = '{"amount": 1}' where action = 'deal.approved';
            create or replace function audit_hash(previous bytea, entry audit_entry) returns bytea language sql stable as 'select entry.hash'
            """);

        (await CheckAsync()).Findings.ShouldHaveSingleItem().ShouldContain("was edited");
    }

    [Fact]
    public async Task An_act_taken_out_of_the_middle_is_found()
    {
        await AsSuperuserAsync("delete from audit_entry where action = 'deal.approved'");

        var findings = (await CheckAsync()).Findings;

        findings.ShouldContain(finding => finding.Contains("on deal D-1 does not follow act", StringComparison.Ordinal));
        findings.ShouldContain(finding => finding.EndsWith($"binds {before + 4} acts, of which 1 are missing.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_last_act_of_a_record_taken_out_is_found()
    {
        await AsSuperuserAsync("delete from audit_entry where action = 'deal.won'");

        (await CheckAsync()).Findings.ShouldContain(finding => finding.EndsWith($"binds {before + 4} acts, of which 1 are missing.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_whole_record_taken_out_is_found()
    {
        await AsSuperuserAsync("delete from audit_entry where subject_number = 'D-1'");

        (await CheckAsync()).Findings.ShouldContain(finding => finding.EndsWith($"binds {before + 4} acts, of which 3 are missing.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_act_taken_out_before_it_was_sealed_is_found()
    {
        await ActAsync("D-4", "deal.submitted");
        await AsSuperuserAsync("delete from audit_entry where subject_number = 'D-4'");

        (await CheckAsync()).Findings.ShouldHaveSingleItem().ShouldEndWith("waits for a seal but is not there: it was taken out.");
    }

    [Fact]
    public async Task Acts_that_changed_places_are_found()
    {
        await AsSuperuserAsync("""
            alter table audit_entry alter column audit_entry_id drop identity;
            update audit_entry set audit_entry_id = -1 where action = 'deal.approved';
            update audit_entry set audit_entry_id = -2 where action = 'deal.won';
            update audit_entry set audit_entry_id = (select max(n) from unnest(@ids) n) where audit_entry_id = -1;
            update audit_entry set audit_entry_id = (select min(n) from unnest(@ids) n) where audit_entry_id = -2
            """, new { ids = (await portal.Database.ListAsync<long>("select audit_entry_id from audit_entry where action in ('deal.approved', 'deal.won')")).ToArray() });

        (await CheckAsync()).Findings.ShouldContain(finding => finding.Contains("does not follow act", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_act_put_in_past_the_product_is_found()
    {
        await AsSuperuserAsync("""
            insert into audit_entry (happened_at, actor, action, subject_kind, subject_number, hash)
            values (now(), 'U-1', 'deal.approved', 'deal', 'D-9', '');
            update audit_entry e set hash = audit_hash(null, e) where subject_number = 'D-9'
            """);

        (await CheckAsync()).Findings.ShouldHaveSingleItem().ShouldMatch("^Act [0-9]+ on deal D-9 is in no seal and does not wait for one: it was put in past the product.$");
    }

    [Fact]
    public async Task A_seal_made_without_the_key_is_found()
    {
        await AsSuperuserAsync("update audit_seal set sealed_at = sealed_at - interval '1 day' where audit_seal_id = 2");

        (await CheckAsync()).Findings.ShouldHaveSingleItem().ShouldEndWith("was changed or made by somebody else: its signature is not ours.");
    }

    [Fact]
    public async Task A_seal_taken_out_is_found()
    {
        await AsSuperuserAsync("delete from audit_seal where audit_seal_id = 1");

        (await CheckAsync()).Findings.ShouldContain("Seal 2 comes where 1 should: seals are missing.");
    }

    [Fact]
    public async Task The_newest_seal_taken_out_with_its_acts_is_found()
    {
        await AsSuperuserAsync("delete from audit_seal where audit_seal_id = 2; delete from audit_entry where action = 'deal.rejected'");

        (await CheckAsync()).Findings.ShouldHaveSingleItem().ShouldBe("The last seal is 1, but 2 was noted outside the database: the newest seals were taken out or changed.");
    }

    [Fact]
    public async Task Nobody_but_the_product_sees_or_makes_seals()
    {
        var admin = await portal.Given.SomebodyOfTheBrand("brand_admin");
        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, admin.Subject));

        (await db.ListAsync<long>("select audit_seal_id from audit_seal", null, CancellationToken.None)).ShouldBeEmpty();
        (await db.ExecuteAsync("delete from audit_unsealed", null, CancellationToken.None)).ShouldBe(0);
    }

    Task ActAsync(string number, params string[] actions) => portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<Db>().InTransactionAsync(async () =>
    {
        foreach (var action in actions)
        {
            await services.GetRequiredService<AuditTrail>().RecordAsync([new(action, "deal", number, [], new { number })], CancellationToken.None);
        }
    }, CancellationToken.None));

    Task SealAsync() => portal.Services.GetRequiredService<JobRunner>().RunAsync("seal-audit", CancellationToken.None);

    Task<(long Acts, long Seals, IReadOnlyList<string> Findings)> CheckAsync() =>
        portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<AuditCheck>().RunAsync(CancellationToken.None));

    // Triggers and foreign keys off, as only a superuser can.
    Task AsSuperuserAsync(string sql, object? args = null) => portal.Database.ExecuteAsync("set session_replication_role = replica;" + sql, args);
}
