using Shouldly;
using Support;

namespace Portal.Tests.PlatformRules;

public sealed class CloningATestDatabase
{
    [Fact]
    public async Task Every_clone_has_the_tables_and_none_of_the_others_rows()
    {
        await using var first = await TestDatabase.PortalAsync();
        await using var second = await TestDatabase.PortalAsync();
        await first.ExecuteAsync("insert into outbox_message (kind, payload, created_at, not_before) values ('test', '{}', now(), now())");

        (await first.ListAsync<string>("select kind from outbox_message")).ShouldBe(["test"]);
        (await second.ListAsync<string>("select kind from outbox_message")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_dead_run_left_is_dropped_and_what_a_live_one_uses_is_not()
    {
        await using var live = await TestDatabase.PortalAsync();
        await live.ExecuteAsync("create database c_1_1");

        await (await TestServer.GetAsync()).DropLeftoversAsync();

        (await live.ListAsync<string>("select datname::text from pg_database where datname in ('c_1_1', @Name)", new { live.Name })).ShouldBe([live.Name]);
    }
}
