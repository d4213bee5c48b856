using System.Diagnostics;
using Platform.Database;
using Shouldly;
using Support;

namespace Portal.Tests.PlatformRules;

public sealed class CloningATestDatabase(Xunit.Abstractions.ITestOutputHelper output)
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
    public async Task A_clone_takes_less_than_a_second()
    {
        await using (await TestDatabase.PortalAsync())
        {
        }

        var watch = Stopwatch.StartNew();
        await using var database = await TestDatabase.PortalAsync();
        output.WriteLine($"{watch.ElapsedMilliseconds} ms");

        watch.ElapsedMilliseconds.ShouldBeLessThan(1000);
    }
}
