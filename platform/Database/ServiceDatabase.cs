using System.Reflection;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Platform.Audit;
using Platform.Database.Embedded;

namespace Platform.Database;

/// <summary>
/// The database of one service, opened before the service is built: a server of the installation's own where a connection
/// string names one, the embedded server in the data folder where none does; with roles made and migrations applied.
/// </summary>
public sealed class ServiceDatabase : IAsyncDisposable
{
    const string DatabaseName = "partnerportal";

    ServiceDatabase(string service, NpgsqlDataSource app, NpgsqlDataSource? owner, EmbeddedPostgres? server) =>
        (Service, App, Owner, Server) = (service, app, owner, server);

    /// <summary>The service, which is also the schema: <c>portal</c> or <c>identity</c>.</summary>
    public string Service { get; }

    /// <summary>The pool of the application's role, which owns nothing and is subject to row-level security.</summary>
    public NpgsqlDataSource App { get; }

    /// <summary>Connections of the role that owns the schema; null where the installation keeps it from the service.</summary>
    public NpgsqlDataSource? Owner { get; }

    /// <summary>The embedded server, or null where a connection string names another.</summary>
    public EmbeddedPostgres? Server { get; }

    /// <summary>The files that were applied by this opening.</summary>
    public IReadOnlyList<string> Migrated { get; private set; } = [];

    /// <summary>
    /// Opens the database of a service. Settings: <c>ConnectionStrings:Portal</c> (or <c>Identity</c>) of the application's role
    /// and <c>ConnectionStrings:PortalOwner</c> for migrations; without the first, the embedded server in
    /// <see cref="DataFolder"/>, on <c>Portal:DatabasePort</c> if that is set.
    /// </summary>
    /// <param name="configuration">Where the settings are.</param>
    /// <param name="contentRoot">The program's folder, from which the default data folder is found.</param>
    /// <param name="service"><c>portal</c> or <c>identity</c>.</param>
    /// <param name="migrations">The assemblies that carry the service's migrations, besides platform itself.</param>
    /// <param name="logs">Where Npgsql and the start-up write their logs.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="CannotStartException">The database cannot be used; the message says why and what to do.</exception>
    public static async Task<ServiceDatabase> OpenAsync(IConfiguration configuration, string contentRoot, string service, IEnumerable<Assembly> migrations, ILoggerFactory? logs, CancellationToken ct)
    {
        logs ??= NullLoggerFactory.Instance;
        DapperSetup.Apply();
        var database = Configured(configuration, service, logs) ?? await EmbeddedAsync(configuration, contentRoot, service, logs, ct);
        try
        {
            await database.BringUpToDateAsync([typeof(Migrator).Assembly, .. migrations], ct);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        if (Owner is not null)
        {
            await Owner.DisposeAsync();
        }
    }

    static ServiceDatabase? Configured(IConfiguration configuration, string service, ILoggerFactory logs)
    {
        var setting = SettingOf(service);
        try
        {
            return configuration.GetConnectionString(setting) is { Length: > 0 } connectionString
                ? new(service, Pool(connectionString, service, logs), OwnerSource(configuration.GetConnectionString(setting + "Owner"), service, logs), null)
                : null;
        }
        catch (ArgumentException unreadable)
        {
            throw new CannotStartException($"ConnectionStrings__{setting} or ConnectionStrings__{setting}Owner cannot be read: {unreadable.Message}", unreadable);
        }
    }

    static async Task<ServiceDatabase> EmbeddedAsync(IConfiguration configuration, string contentRoot, string service, ILoggerFactory logs, CancellationToken ct)
    {
        var options = new EmbeddedPostgresOptions(DataFolder.Of(configuration, contentRoot)) { Port = configuration.GetValue<int?>("Portal:DatabasePort") };
        var server = await EmbeddedPostgres.StartAsync(options, logs.CreateLogger<EmbeddedPostgres>(), ct);
        await Bootstrap.RunAsync(server, DatabaseName, ct);
        return new(service,
            Pool(server.ConnectionString(service + "_app", DatabaseName), service, logs),
            OwnerSource(server.ConnectionString(service + "_owner", DatabaseName), service, logs),
            server);
    }

    async Task BringUpToDateAsync(IReadOnlyList<Assembly> migrations, CancellationToken ct)
    {
        try
        {
            if (Owner is not null)
            {
                Migrated = await Migrator.ApplyAsync(Owner, Service, migrations, ct);
            }
            else if (await Migrator.FindMissingAsync(App, migrations, ct) is { Count: > 0 } missing)
            {
                throw new CannotStartException($"The database lacks {missing.Count} migrations, the first {missing[0]}: set ConnectionStrings__{SettingOf(Service)}Owner for this start, or run the verb 'migrate' with it.");
            }
        }
        catch (NpgsqlException failure) when (failure.IsUnavailable() || failure is PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName })
        {
            throw new CannotStartException($"The database of {Service} cannot be reached: {(failure.InnerException ?? failure).Message}", failure);
        }
    }

    static string SettingOf(string service) => char.ToUpperInvariant(service[0]) + service[1..];

    static NpgsqlDataSource Pool(string connectionString, string service, ILoggerFactory logs)
    {
        var settings = Completed(connectionString, service);
        SetUnlessGiven(settings, "Max Auto Prepare", 100);
        // Nothing we say to a session outlives its transaction, so nothing has to be wiped off before the next one uses it.
        SetUnlessGiven(settings, "No Reset On Close", true);
        // A database that hangs is away: whoever waits at a screen is told so before going away too.
        SetUnlessGiven(settings, "Command Timeout", 15);
        SetUnlessGiven(settings, "Maximum Pool Size", string.Equals(service, "portal", StringComparison.Ordinal) ? 80 : 40);
        return Build(settings, logs);
    }

    static NpgsqlDataSource? OwnerSource(string? connectionString, string service, ILoggerFactory logs)
    {
        if (string.IsNullOrEmpty(connectionString))
        {
            return null;
        }

        var settings = Completed(connectionString, service);
        settings.Pooling = false; // used at the start only
        return Build(settings, logs);
    }

    static NpgsqlConnectionStringBuilder Completed(string connectionString, string service)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        SetUnlessGiven(settings, "Search Path", $"{service},public");
        SetUnlessGiven(settings, "Application Name", service);
        SetUnlessGiven(settings, "Timeout", 5);
        return settings;
    }

    static void SetUnlessGiven(NpgsqlConnectionStringBuilder settings, string keyword, object value)
    {
        // ContainsKey says yes to every keyword there is; this asks whether it was given.
        if (!settings.ShouldSerialize(keyword))
        {
            settings[keyword] = value;
        }
    }

    static NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings, ILoggerFactory logs) =>
        new NpgsqlDataSourceBuilder(settings.ConnectionString).UseLoggerFactory(logs).Build();
}

/// <summary>Registers what works on the database.</summary>
public static class ServiceDatabaseRegistration
{
    /// <summary>
    /// Registers the pool of the application's role, and for each scope a <see cref="CallerAccessor"/>, a <see cref="Db"/>,
    /// the audit and the outbox. An embedded server is watched and started again if it is killed.
    /// </summary>
    public static IServiceCollection AddServiceDatabase(this IServiceCollection services, ServiceDatabase database)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(database);
        services.AddSingleton(_ => database.App); // made by a factory, so that the host closes it with itself
        services.AddScoped<CallerAccessor>();
        services.AddScoped<Db>();
        services.AddScoped<AuditTrail>();
        services.AddScoped<Outbox.Outbox>();
        if (database.Server is { } server)
        {
            services.AddSingleton(server);
            services.AddHostedService<EmbeddedPostgresWatch>();
        }

        return services;
    }
}
