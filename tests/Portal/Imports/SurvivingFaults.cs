using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Imports;
using Support;

namespace Portal.Tests.Imports;

/// <summary>A portal whose writer of products can be made to wait or to break in the middle of a file.</summary>
public sealed class TroubledPortal : PortalApp
{
    /// <summary>What happens after so many rows.</summary>
    public Func<CancellationToken, Task>? AtRow { get; set; }

    protected override void Change(IServiceCollection services)
    {
        services.Remove(services.Single(service => service.ImplementationType == typeof(ProductsWriter)));
        services.AddScoped<IImportWriter>(provider => new Trouble(this, provider));
    }

    /// <summary>Writes prices as the product does, after something happened once products were written by hand.</summary>
    sealed class Trouble(TroubledPortal portal, IServiceProvider services) : IImportWriter
    {
        public string Kind => "products";

        public async Task<IReadOnlyDictionary<string, long>> WriteAsync(ImportRun run, CancellationToken ct)
        {
            var figures = await new ProductsWriter(services.GetRequiredService<Portal.Catalog.AddProducts>(), services.GetRequiredService<RowsOnce>()).WriteAsync(run, ct);
            if (portal.AtRow is { } trouble)
            {
                await trouble(ct);
            }

            return figures;
        }
    }
}

public sealed class SurvivingFaults : IClassFixture<TroubledPortal>, IAsyncLifetime
{
    const string Csv = "sku,name,line\nSF-1,One,Faults\nSF-2,Two,Faults\n";

    readonly TroubledPortal portal;
    ImportDesk desk = null!;
    Import import = null!;

    public SurvivingFaults(TroubledPortal portal) => this.portal = portal;

    public async Task InitializeAsync()
    {
        portal.AtRow = null;
        await portal.Database.ExecuteAsync("delete from product where sku like 'SF-%'");
        desk = new(portal, await portal.Given.SomebodyOfTheBrand("brand_admin"));
        import = await desk.GivenAsync("products", Csv);
        await desk.StartAsync(import);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    Task<List<string>> SkusAsync() => portal.Database.ListAsync<string>("select sku from product where sku like 'SF-%' order by 1");

    RunImports AnotherInstance => ActivatorUtilities.CreateInstance<RunImports>(portal.Services);

    [Fact]
    public async Task A_runner_that_died_is_followed_by_another_that_begins_again()
    {
        // What a killed instance leaves: the import in its hands, refusals of a first attempt, and no row of the file, for its transaction is gone.
        await portal.Database.ExecuteAsync("""
            update import set status = 'running', runner = 'killed', lease_until = @until, attempts = 1, rows_read = 1 where number = @Number;
            insert into import_refusal (import_id, row_number, text_key) select import_id, 2, 'imports.refused.missing' from import where number = @Number
            """, new { import.Number, until = portal.Clock.Now.UtcDateTime.AddSeconds(30) });
        Assert.Null(await AnotherInstance.RunNextAsync(default));
        Assert.Empty(await SkusAsync());

        portal.Clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(import.Number, await AnotherInstance.RunNextAsync(default));
        Assert.Equal(("done", 2L), await desk.FindAsync(import) is var ended ? (ended.Status, ended.RowsTaken) : default);
        Assert.Empty(await desk.RefusalsAsync(import));
        Assert.Equal(["SF-1", "SF-2"], await SkusAsync());
    }

    [Fact]
    public async Task A_runner_that_was_only_slow_stores_nothing_once_another_has_taken_over()
    {
        var (reached, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        portal.AtRow = async _ =>
        {
            portal.AtRow = null;
            reached.SetResult();
            await goOn.Task;
        };
        var slow = Task.Run(() => desk.RunNextAsync());
        await reached.Task;
        await portal.Database.ExecuteAsync("update import set runner = 'another' where number = @Number", new { import.Number });

        goOn.SetResult();
        await slow;

        Assert.Empty(await SkusAsync());
        Assert.Equal("running", (await desk.FindAsync(import)).Status);
        portal.Clock.Advance(RunImport.Lease + TimeSpan.FromSeconds(1));
        Assert.Equal(import.Number, await AnotherInstance.RunNextAsync(default));
        Assert.Equal(["SF-1", "SF-2"], await SkusAsync());
    }

    [Fact]
    public async Task Two_instances_never_run_the_same_import()
    {
        var ran = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => AnotherInstance.RunNextAsync(default))));

        Assert.Equal([import.Number], ran.OfType<string>());
        Assert.Equal(1, (await portal.Database.ListAsync<long>("select count(*) from audit_entry where subject_number = @Number and action = 'import.done'", new { import.Number })).Single());
    }

    [Fact]
    public async Task A_cancelled_import_leaves_nothing()
    {
        var reached = new TaskCompletionSource();
        portal.AtRow = async ct =>
        {
            reached.SetResult();
            await Task.Delay(TimeSpan.FromSeconds(30), ct);
        };
        var running = Task.Run(() => desk.RunNextAsync());
        await reached.Task;

        Assert.Equal(new ImportOutcome.Done("running"), await desk.CancelAsync(import));
        await running;

        Assert.Equal("cancelled", (await desk.FindAsync(import)).Status);
        Assert.Empty(await SkusAsync());
        portal.AtRow = null;
        Assert.Equal("done", (await desk.RunAsync(import)).Status);
    }

    [Fact]
    public async Task One_that_only_waits_is_cancelled_at_once()
    {
        Assert.Equal(new ImportOutcome.Done("cancelled"), await desk.CancelAsync(import));

        Assert.Null(await desk.RunNextAsync());
        Assert.IsType<ImportOutcome.TooLate>(await desk.CancelAsync(import));
    }

    [Fact]
    public async Task A_fault_of_ours_leaves_nothing_and_is_told_without_its_inside()
    {
        portal.AtRow = _ => throw new InvalidOperationException("secret inside");

        await desk.RunNextAsync();

        var ended = await desk.FindAsync(import);
        Assert.Equal("failed", ended.Status);
        Assert.DoesNotContain("secret", desk.Say(ended.Problem!), StringComparison.Ordinal);
        Assert.Empty(await SkusAsync());
    }

    [Fact]
    public async Task A_database_that_goes_away_puts_the_import_back()
    {
        portal.AtRow = async ct =>
        {
            portal.AtRow = null;
            await portal.Database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%'");
            await Task.Delay(100, ct);
        };

        await desk.RunNextAsync();
        Assert.Equal("queued", (await desk.FindAsync(import)).Status);
        Assert.Empty(await SkusAsync());

        await desk.RunNextAsync();
        Assert.Equal("done", (await desk.FindAsync(import)).Status);
    }

    [Fact]
    public async Task One_that_kills_every_runner_is_given_up()
    {
        await portal.Database.ExecuteAsync("update import set status = 'running', runner = 'killed', lease_until = @until, attempts = @most where number = @Number",
            new { import.Number, until = portal.Clock.Now.UtcDateTime.AddSeconds(-1), most = ImportLedger.MostAttempts });

        Assert.Null(await desk.RunNextAsync());

        Assert.Equal(("failed", "imports.problem.gave_up"), await desk.FindAsync(import) is var ended ? (ended.Status, ended.Problem!.TextKey) : default);
    }

    [Fact]
    public async Task How_far_it_has_come_is_seen_while_it_runs()
    {
        var (reached, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        portal.AtRow = async _ =>
        {
            reached.SetResult();
            await goOn.Task;
        };
        var running = Task.Run(() => desk.RunNextAsync());
        await reached.Task;

        var seen = await desk.FindAsync(import);
        for (var look = 0; look < 50 && seen.RowsRead == 0; look++)
        {
            await Task.Delay(100);
            seen = await desk.FindAsync(import);
        }

        goOn.SetResult();
        await running;
        Assert.Equal(("running", 2L, 1m), (seen.Status, seen.RowsRead, seen.Progress));
        Assert.NotEmpty(await portal.Database.ListAsync<long>("select 1::bigint from outbox_message where kind = 'live' and payload ->> 'kind' = 'imports'"));
    }
}
