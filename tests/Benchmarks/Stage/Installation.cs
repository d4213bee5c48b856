using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Platform.Database;
using Platform.Database.Embedded;
using Portal.Web;

namespace Benchmarks.Stage;

/// <summary>
/// An installation of the product that lives for one benchmark: a database of its own in a folder of its own, with or without the demo in it, and
/// identity and portal as processes on free ports when asked for. Nothing of it is left afterwards.
/// </summary>
sealed class Installation : IAsyncDisposable
{
    const string DatabaseName = "partnerportal";

    readonly string dataFolder = Path.Combine(Path.GetTempPath(), "partnerportal-benchmark-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..8]);
    readonly List<IAsyncDisposable> running = [];
    readonly Dictionary<string, string> settings;
    Dictionary<string, string> portalSettings = [];
    EmbeddedPostgres? server;
    WebApplication? acts;

    Installation()
    {
        Portal = new($"http://localhost:{Service.FreePort()}");
        Identity = new($"http://localhost:{Service.FreePort()}");
        settings = new(StringComparer.Ordinal)
        {
            ["Portal__Url"] = Portal.GetLeftPart(UriPartial.Authority),
            ["Identity__Url"] = Identity.GetLeftPart(UriPartial.Authority),
            ["Portal__DataFolder"] = dataFolder,
            // As in Production, but on this machine and without https: no development tools in the way of a request.
            ["ASPNETCORE_ENVIRONMENT"] = "Benchmark",
            ["Logging__LogLevel__Default"] = "Warning",
            ["RateLimits__Enabled"] = "false",
            ["Documents__WarmAtStart"] = "false",
        };
    }

    /// <summary>What the portal wrote last before it was ended; for whoever looks for why something could not be measured.</summary>
    public static string? LastWords { get; private set; }

    /// <summary>Where the portal answers.</summary>
    public Uri Portal { get; }

    /// <summary>Where identity answers.</summary>
    public Uri Identity { get; }

    /// <summary>The portal's process, once it is started.</summary>
    public Service? PortalService { get; private set; }

    /// <summary>Identity's process, once it is started.</summary>
    public Service? IdentityService { get; private set; }

    /// <summary>Makes the database, and writes the demo into it where it is asked for.</summary>
    public static async Task<Installation> BeginAsync(bool withDemo, CancellationToken ct)
    {
        var installation = new Installation();
        try
        {
            Say($"Making a database in {installation.dataFolder} ...");
            installation.server = await EmbeddedPostgres.StartAsync(new(installation.dataFolder) { Settings = Statements.ServerSettings }, NullLogger.Instance, ct);
            var verb = withDemo ? "seed" : "migrate";
            await installation.IdentityVerbAsync([verb], ct);
            await installation.PortalVerbAsync([verb], ct);
            await installation.GatherStatisticsAsync(ct);
            Directory.CreateDirectory(installation.Folder);
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts identity and portal, with settings of this benchmark's own.</summary>
    public async Task ServeAsync(IReadOnlyDictionary<string, string> more, CancellationToken ct)
    {
        var all = settings.Concat(more).GroupBy(setting => setting.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
        portalSettings = all;
        Say("Starting identity and portal ...");
        running.Add(IdentityService = await Service.StartAsync(ServiceFolder("identity"), "Identity", Identity, all, ct));
        running.Add(PortalService = await Service.StartAsync(ServiceFolder("portal"), "Portal", Portal, all, ct));
    }

    /// <summary>Kills the portal, and starts another one whose clock goes wrong by so much.</summary>
    public async Task KillPortalAsync(TimeSpan clockShift, CancellationToken ct)
    {
        await PortalService!.KillAsync();
        running.Remove(PortalService);
        await PortalService.DisposeAsync();
        portalSettings["Clock__Shift"] = clockShift.ToString("c", CultureInfo.InvariantCulture);
        running.Add(PortalService = await Service.StartAsync(ServiceFolder("portal"), "Portal", Portal, portalSettings, ct));
    }

    /// <summary>Kills PostgreSQL (SIGKILL to the server's first process), and starts it again, which recovers what was committed.</summary>
    public async Task KillDatabaseAsync(CancellationToken ct)
    {
        if (server!.ServerProcess is { } process)
        {
            using var killed = System.Diagnostics.Process.GetProcessById(process);
            killed.Kill();
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // Its other processes notice within a moment; until then they hold the memory they share.
                await Task.Delay(500, ct);
                server = await EmbeddedPostgres.StartAsync(new(dataFolder) { Settings = Statements.ServerSettings }, NullLogger.Instance, ct);
                return;
            }
            catch (Exception notYet) when (attempt < 40 && notYet is Platform.CannotStartException or InvalidOperationException or NpgsqlException)
            {
                // Once more.
            }
        }
    }

    /// <summary>Does what autovacuum would do within a minute, and writes to the disk what was filled, which the database would do beside the measure for minutes; a measure cannot wait for either, nor do without.</summary>
    public async Task GatherStatisticsAsync(CancellationToken ct)
    {
        await using var source = Connect("postgres");
        await using var gather = source.CreateCommand("vacuum analyze");
        gather.CommandTimeout = 0;
        await gather.ExecuteNonQueryAsync(ct);
        await using var write = source.CreateCommand("checkpoint");
        write.CommandTimeout = 0;
        await write.ExecuteNonQueryAsync(ct);
    }

    /// <summary>
    /// Closes the orders that a round has placed, as if they had been delivered meanwhile: nobody has ten thousand open orders, and those who grant credit look at all of them.
    /// </summary>
    public async Task CloseOrdersAsync(CancellationToken ct, string status = "submitted")
    {
        await using var source = Connect("postgres");
        await using var close = source.CreateCommand($"set session_replication_role = replica; update purchase_order set status = 'closed' where status = '{status}'; set session_replication_role = origin");
        close.CommandTimeout = 0;
        await close.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Lends everybody who has a limit as much as hundreds of orders a second need: an order is still checked against it, and none has to wait for finance.</summary>
    public async Task RaiseLimitsAsync(CancellationToken ct)
    {
        await using var source = Connect("postgres");
        await using var raise = source.CreateCommand("""
            insert into credit_limit (seller_id, buyer_id, currency, amount, valid, reason, set_at)
            select distinct on (seller_id, buyer_id, currency) seller_id, buyer_id, currency, 10000000000000, daterange(current_date, null), 'For as much as the benchmark orders', now()
            from credit_limit
            """);
        await raise.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Runs a verb of identity.</summary>
    public Task<string> IdentityVerbAsync(IReadOnlyList<string> arguments, CancellationToken ct) => Service.RunVerbAsync(ServiceFolder("identity"), "Identity", arguments, settings, ct);

    /// <summary>Runs a verb of the portal.</summary>
    public Task<string> PortalVerbAsync(IReadOnlyList<string> arguments, CancellationToken ct) => Service.RunVerbAsync(ServiceFolder("portal"), "Portal", arguments, settings, ct);

    /// <summary>Connections of one of the product's roles: <c>portal_app</c>, <c>portal_owner</c>.</summary>
    public NpgsqlDataSource Connect(string role) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(server!.ConnectionString(role, DatabaseName)) { SearchPath = "portal,public", MaxAutoPrepare = 100, MaxPoolSize = 20 });

    /// <summary>The processor time used so far.</summary>
    public Spent Spent => new(
        PortalService is { } portal ? Processor.Milliseconds(portal.ProcessId) : 0, IdentityService is { } identity ? Processor.Milliseconds(identity.ProcessId) : 0,
        server?.ServerProcess is { } process ? Processor.Milliseconds(process) : 0, Environment.CpuUsage.TotalTime.TotalMilliseconds);

    /// <summary>A folder for files of this benchmark, gone at its end.</summary>
    public string Folder => Path.Combine(dataFolder, "benchmark");

    /// <summary>Does something with the portal's own acts, inside this process.</summary>
    public async Task<T> ActAsync<T>(Caller caller, Func<IServiceProvider, Task<T>> work, CancellationToken ct)
    {
        acts ??= await PortalApplication.BuildAsync([.. settings.Select(setting => $"--{setting.Key.Replace("__", ":", StringComparison.Ordinal)}={setting.Value}"), "--environment=Benchmark", "--applicationName=Portal"], isServing: false, ct);
        await using var scope = acts.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = caller;
        return await work(scope.ServiceProvider);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        LastWords = PortalService?.LastWords();
        foreach (var service in Enumerable.Reverse(running))
        {
            await service.DisposeAsync();
        }

        if (acts is not null)
        {
            await acts.DisposeAsync();
        }

        if (server is not null)
        {
            await EmbeddedPostgres.StopAsync(dataFolder, CancellationToken.None);
        }

        Forget();
    }

    /// <summary>Tells the person who waits.</summary>
    public static void Say(string text) => Console.WriteLine(text);

    /// <summary>The repository.</summary>
    public static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PartnerPortal.sln")))
            {
                return folder.FullName;
            }
        }

        throw new CannotMeasureException("The benchmarks run from the repository.");
    }

    static string ServiceFolder(string service) => Path.Combine(Repository(), service);

    void Forget()
    {
        if (!Directory.Exists(dataFolder))
        {
            return;
        }

        // Where the database stands elsewhere, the folder holds a link to it.
        if (new DirectoryInfo(Path.Combine(dataFolder, "postgres")).ResolveLinkTarget(returnFinalTarget: true) is { Exists: true } elsewhere)
        {
            Directory.Delete(elsewhere.FullName, recursive: true);
        }

        Directory.Delete(dataFolder, recursive: true);
    }
}
