using Npgsql;
using Platform.Audit;
using Platform.Database;
using Shouldly;
using Support;

namespace Portal.Tests.PlatformRules;

public sealed class KeepingTheAudit : IAsyncLifetime
{
    TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.PortalAsync();

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task Each_act_on_a_record_carries_the_hash_of_the_one_before_it()
    {
        await RecordAsync("deal.registered", "D-1");
        await RecordAsync("deal.registered", "D-2");
        await RecordAsync("deal.approved", "D-1");

        var links = await database.ListAsync<string>("""
            select e.subject_number || ' ' || e.action || ' after ' || coalesce(b.action, 'nothing') || ', ' ||
                   case when e.hash = audit_hash(e.previous_hash, e) then 'whole' else 'broken' end
            from audit_entry e left join audit_entry b on b.hash = e.previous_hash
            order by e.audit_entry_id
            """);

        links.ShouldBe(["D-1 deal.registered after nothing, whole", "D-2 deal.registered after nothing, whole", "D-1 deal.approved after deal.registered, whole"]);
    }

    [Fact]
    public async Task Rivals_on_one_record_make_one_chain()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(turn => RecordAsync($"deal.viewed{turn}", "D-3")));

        (await database.ListAsync<string>("""
            with recursive chain as (
                select e.hash, 1 as length from audit_entry e where e.subject_number = 'D-3' and e.previous_hash is null
                union all
                select e.hash, c.length + 1 from chain c join audit_entry e on e.previous_hash = c.hash
            )
            select max(length) || ' of ' || (select count(*) from audit_entry where subject_number = 'D-3') from chain
            """)).ShouldBe(["40 of 40"]);
    }

    [Fact]
    public async Task Several_acts_of_one_statement_follow_each_other()
    {
        await using var db = database.As(Caller.System("job:test"));
        AuditAct[] acts = [new("deal.submitted", "deal", "D-10", [], null), new("deal.screened", "deal", "D-0", [], null), new("deal.approved", "deal", "D-10", [], null)];
        await db.InTransactionAsync(() => new AuditTrail(db, TimeProvider.System).RecordAsync(acts, CancellationToken.None), CancellationToken.None);

        (await database.ListAsync<string>("""
            select e.action || ' after ' || coalesce(b.action, 'nothing')
            from audit_entry e left join audit_entry b on b.hash = e.previous_hash
            where e.subject_number = 'D-10' order by e.audit_entry_id
            """)).ShouldBe(["deal.submitted after nothing", "deal.approved after deal.submitted"]);
    }

    [Fact]
    public async Task A_forked_chain_is_refused_even_to_who_switches_the_trigger_off()
    {
        await RecordAsync("deal.registered", "D-4");

        var refused = await Should.ThrowAsync<PostgresException>(() => database.ExecuteAsync("""
            set session_replication_role = replica;
            insert into audit_entry (happened_at, actor, action, subject_kind, subject_number, previous_hash, hash)
            values (now(), 'forger', 'deal.forged', 'deal', 'D-4', null, '\x00')
            """));

        refused.ConstraintName.ShouldBe("an_audit_chain_does_not_fork");
    }

    [Theory]
    [InlineData("app")]
    [InlineData("owner")]
    [InlineData("superuser")]
    public async Task Nobody_changes_or_removes_an_entry(string role)
    {
        await RecordAsync("deal.registered", "D-5");
        await using var connection = await database.OpenAsync(role);

        foreach (var attempt in new[] { "update audit_entry set actor = 'someone else'", "delete from audit_entry", "truncate audit_entry" })
        {
            await using var command = new NpgsqlCommand(attempt, connection);
            (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, attempt);
        }
    }

    [Fact]
    public async Task A_change_that_the_superuser_forces_breaks_the_chain()
    {
        await RecordAsync("deal.registered", "D-6");

        await database.ExecuteAsync("set session_replication_role = replica; update audit_entry set actor = 'someone else' where subject_number = 'D-6'");

        (await database.ListAsync<bool>("select hash = audit_hash(previous_hash, e) from audit_entry e where subject_number = 'D-6'")).ShouldBe([false]);
    }

    [Fact]
    public async Task What_is_rolled_back_leaves_no_entry()
    {
        await using var db = database.As(Caller.System("test"));
        var audit = new AuditTrail(db, TimeProvider.System);

        await Should.ThrowAsync<InvalidDataException>(() => db.InTransactionAsync(
            async () =>
            {
                await audit.RecordAsync("deal.registered", "deal", "D-7", null, null, CancellationToken.None);
                throw new InvalidDataException();
            }, CancellationToken.None));

        (await database.ListAsync<string>("select action from audit_entry where subject_number = 'D-7'")).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_entry_outside_a_transaction_is_a_bug()
    {
        await using var db = database.As(Caller.System("test"));

        await Should.ThrowAsync<InvalidOperationException>(() => new AuditTrail(db, TimeProvider.System).RecordAsync("deal.registered", "deal", "D-8", null, null, CancellationToken.None));
    }

    [Fact]
    public async Task An_entry_names_who_was_at_work()
    {
        await RecordAsync("deal.registered", "D-9");

        (await database.ListAsync<string>("select actor from audit_entry where subject_number = 'D-9'")).ShouldBe(["job:test"]);
    }

    async Task RecordAsync(string action, string number)
    {
        await using var db = database.As(Caller.System("job:test"));
        await db.InTransactionAsync(() => new AuditTrail(db, TimeProvider.System).RecordAsync(action, "deal", number, null, new { to = "approved" }, CancellationToken.None), CancellationToken.None);
    }
}
