using Platform.Database;
using Portal.Kpis;
using Support;

namespace Portal.Tests.Kpis;

/// <summary>What is made of all partners' figures is made once for each state of the figures, and no change goes unseen.</summary>
public sealed class KeepingWhatIsMadeOfAll : IAsyncLifetime
{
    readonly KeptFigures kept = new();
    TestDatabase database = null!;
    int made;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.PortalAsync();
        await Channel.MakeAsync(database);
    }

    public async Task DisposeAsync()
    {
        kept.Dispose();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Many_who_ask_at_once_and_again_get_what_was_made_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AskAsync()));
        await AskAsync();

        Assert.Equal(1, made);
    }

    [Fact]
    public async Task Another_question_is_another_answer()
    {
        await AskAsync("the north");
        await AskAsync("the south");
        await AskAsync("the north");

        Assert.Equal(2, made);
    }

    [Theory]
    [InlineData("insert into kpi_delta (partner_id, metric, product_line_id, day, value) values (101, 'sell_in', null, '2026-03-30', 5); select kpi_fold()")]
    [InlineData("update partner set partner_level = case partner_level when 'gold' then 'silver' else 'gold' end where partner_id = (select max(partner_id) from partner)")]
    [InlineData("insert into territory (code, name, name_zh) values ('ZZ', 'Elsewhere', '别处')")]
    [InlineData("update kpi_definition set name = name || '.'")]
    [InlineData("delete from kpi_target")]
    public async Task A_change_is_seen_by_the_next_who_asks(string change)
    {
        await AskAsync();
        await database.ExecuteAsync("set search_path = portal, public; " + change.Replace("101", Channel.Store.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        await AskAsync();

        Assert.Equal(2, made);
    }

    [Fact]
    public async Task A_change_that_is_undone_changes_nothing()
    {
        await AskAsync();
        await using (var connection = await database.OpenAsync("superuser"))
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await ChangeAsync(connection);
            await transaction.RollbackAsync();
        }

        await AskAsync();

        Assert.Equal(1, made);
    }

    [Fact]
    public async Task Of_two_changes_at_once_the_one_that_began_first_and_ended_last_is_seen_too()
    {
        await using var first = await database.OpenAsync("superuser");
        await using var began = await first.BeginTransactionAsync();
        await ChangeAsync(first);
        await database.ExecuteAsync("set search_path = portal, public; update kpi_target set value = value");
        await AskAsync();

        await began.CommitAsync();
        await AskAsync();

        Assert.Equal(2, made);
    }

    [Fact]
    public async Task A_fold_takes_away_the_rows_before_its_own()
    {
        await database.ExecuteAsync("set search_path = portal, public; update kpi_target set value = value; update kpi_target set value = value; select kpi_fold()");

        Assert.Equal([1L], await database.ListAsync<long>("select count(*) from portal.kpi_change"));
    }

    [Fact]
    public async Task Whoever_may_see_nothing_of_the_figures_may_not_read_the_changes_either()
    {
        await database.ExecuteAsync("set search_path = portal, public; update kpi_target set value = value");
        await using var db = database.As(Caller.Nobody);

        Assert.Empty(await db.ListAsync<long>("select kpi_change_id from kpi_change", null, default));
    }

    static async Task ChangeAsync(Npgsql.NpgsqlConnection connection)
    {
        await using var command = new Npgsql.NpgsqlCommand("update portal.territory set name = name", connection);
        await command.ExecuteNonQueryAsync();
    }

    async Task AskAsync(string question = "the channel")
    {
        await using var db = database.As(Caller.System("test"));
        await kept.GetAsync(question, db, () => Task.FromResult("answer " + Interlocked.Increment(ref made).ToString(System.Globalization.CultureInfo.InvariantCulture)), default);
    }
}
