using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Identity.BackChannelLogout;
using Identity.Clients;
using Identity.Users;
using Identity.Web;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using Platform.Database;
using Platform.GuardedHttp;
using Platform.Outbox;
using Xunit;

namespace Support;

/// <summary>
/// Identity as it is, on a database of the test class's own, with a clock that the test moves. Two of them may share a database: two
/// instances of one service.
/// </summary>
public class IdentityApp : IAsyncLifetime
{
    /// <summary>Its issuer.</summary>
    public const string Issuer = "https://identity.test";

    /// <summary>Where the portal would be.</summary>
    public const string PortalUrl = "https://portal.test";

    /// <summary>The secret of the client <c>portal</c>.</summary>
    public const string PortalSecret = "a secret of the portal: 100% for/tests";

    /// <summary>The password of accounts that are made without one being named.</summary>
    public const string Password = "correct horse battery staple";

    // Few rounds: the tests sign in hundreds of times. Those who care about the rounds ask for the product's.
    static readonly AccountPasswordHasher Hasher = new(1000);

    static readonly string PasswordHash = Hasher.HashPassword(new(), Password);

    readonly IdentityApp? first;
    readonly string files;
    readonly bool ownsFiles;
    TestDatabase? database;
    Factory? factory;
    int accounts;

    /// <summary>An identity of its own.</summary>
    public IdentityApp()
        : this(null, new(timersStandStill: true))
    {
    }

    IdentityApp(IdentityApp? first, TestClock clock)
    {
        this.first = first;
        files = first?.files ?? Path.Combine(Path.GetTempPath(), "partnerportal-test-identity-" + Guid.NewGuid().ToString("N"));
        ownsFiles = first is null;
        Clock = clock;
    }

    /// <summary>The clock of identity.</summary>
    public TestClock Clock { get; }

    /// <summary>The database.</summary>
    public TestDatabase Database => first?.database ?? database ?? throw new InvalidOperationException("Identity has not been started.");

    /// <summary>What identity wrote to its log, warnings and worse.</summary>
    public TestLog Log { get; } = new();

    /// <summary>Its address: <see cref="Issuer"/>, or where it listens.</summary>
    public string Address { get; private set; } = Issuer;

    /// <summary>True for one that listens on a free port of this machine, for tests with a real browser.</summary>
    protected virtual bool Listens => false;

    /// <summary>The servers of others that identity calls.</summary>
    public Outside Outside { get; } = new();

    /// <summary>The data folder.</summary>
    public string Files => files;

    /// <summary>Identity's services.</summary>
    public IServiceProvider Services => factory!.Services;

    /// <summary>Settings that differ from those of all tests.</summary>
    protected virtual IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>();

    /// <summary>Puts something else in the place of what is outside the building.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    /// <summary>Another instance on the same database, not started yet.</summary>
    public IdentityApp Another() => new(this, Clock);

    /// <summary>A browser.</summary>
    public Visitor Visitor() => new(Wire(), Address);

    /// <summary>A browser in which somebody is signed in since now, with as much as their company asks for.</summary>
    /// <param name="account">Who.</param>
    /// <param name="amr">What they have shown, where it is to be just that.</param>
    public async Task<Visitor> SignedInAsync(TestAccount account, params string[] amr)
    {
        var visitor = Visitor();
        visitor.Cookies.Add(new SetCookieHeaderValue("__Host-identity", await BeginSessionAsync(account, amr)));
        return visitor;
    }

    /// <summary>A program that speaks the protocol.</summary>
    public HttpClient Program() => new(Wire()) { BaseAddress = new Uri(Address) };

    /// <summary>The wire to identity, for a service that is to use it.</summary>
    public HttpMessageHandler Wire() => Listens ? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false } : factory!.Server.CreateHandler();

    /// <summary>An account that can sign in with <see cref="Password"/>.</summary>
    public async Task<TestAccount> AnAccountAsync(string? email = null, string name = "Ann Example", string language = "en")
    {
        email ??= $"person{Interlocked.Increment(ref accounts)}@company.test";
        var account = new TestAccount(Guid.NewGuid().ToString("N"), email, name);
        await Database.ExecuteAsync("""
            insert into account (subject, email, normalized_email, email_confirmed, name, language, password_hash, security_stamp, concurrency_stamp, created_at, updated_at)
            values (@Subject, @Email, upper(@Email), true, @Name, @language, @PasswordHash, 'stamp', 'stamp', @Now, @Now)
            """, new { account.Subject, account.Email, account.Name, language, PasswordHash, Now = Clock.Now.UtcDateTime });
        return account;
    }

    /// <summary>A client beside the portal, with a secret like its name.</summary>
    public Task AClientAsync(string clientId, Action<Client> change, string? secret = null) => AsTheProductAsync(services =>
    {
        var client = new Client { ClientId = clientId, ClientName = clientId, AllowedGrantTypes = ["authorization_code"], RedirectUris = [$"https://{clientId}.test/cb"], AllowedScopes = ["openid"] };
        change(client);
        return services.GetRequiredService<RegisterClient>().RunAsync(client, secret ?? SecretOf(clientId), "test", CancellationToken.None);
    });

    /// <summary>The secret of a client made by <see cref="AClientAsync"/>.</summary>
    public static string SecretOf(string clientId) => "the secret of " + clientId;

    /// <summary>Does something with identity's own services, as the product itself.</summary>
    public async Task AsTheProductAsync(Func<IServiceProvider, Task> work)
    {
        await using var scope = Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("test");
        await work(scope.ServiceProvider);
    }

    /// <summary>Delivers what is in the outbox.</summary>
    /// <returns>The mails that went out, oldest first.</returns>
    public async Task<IReadOnlyList<TestMail>> DeliverAsync()
    {
        while (await Services.GetRequiredService<OutboxDelivery>().DeliverDueAsync(CancellationToken.None) > 0)
        {
        }

        return TestMail.ReadAndRemove(Path.Combine(files, "mail"));
    }

    /// <summary>The audit's actions about something, oldest first.</summary>
    public Task<List<string>> AuditAsync(string subjectNumber) =>
        Database.ListAsync<string>("select action from audit_entry where subject_number = @subjectNumber order by audit_entry_id", new { subjectNumber });

    /// <inheritdoc/>
    public virtual async Task InitializeAsync()
    {
        database = first is null ? await TestDatabase.IdentityAsync() : null;
        Start();
        await Task.CompletedTask;
    }

    /// <summary>Starts on the database it has.</summary>
    public void Start()
    {
        factory = new Factory(this);
        if (!Listens)
        {
            _ = factory.Server;
            return;
        }

        // The issuer is known before the port is taken.
        var port = FreePort();
        Address = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}");
        factory.UseKestrel(port);
        factory.StartServer();
    }

    /// <summary>Stops the service; its database and files stay.</summary>
    public async Task DisposeOfInstanceAsync()
    {
        if (factory is not null)
        {
            await factory.DisposeAsync();
            factory = null;
        }
    }

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        await DisposeOfInstanceAsync();

        if (database is not null)
        {
            await database.DisposeAsync();
        }

        if (ownsFiles && Directory.Exists(files))
        {
            Directory.Delete(files, recursive: true);
        }
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    async Task<string> BeginSessionAsync(TestAccount account, string[] amr)
    {
        var key = Secret.New();
        await Database.ExecuteAsync("""
            insert into sign_in_session (key_hash, sid, account_id, amr, authenticated_at, last_seen_at, ends_at)
            select @hash, @sid, account_id, case when cardinality(@amr) > 0 then @amr when is_required then '{pwd,otp,mfa}' else '{pwd}' end, @now, @now, @now + interval '10 hours'
            from account join second_factor_rule using (account_id) where subject = @Subject
            """, new { hash = Secret.Hash(key), sid = Secret.NewName(), now = Clock.Now.UtcDateTime, account.Subject, amr });
        return key;
    }

    sealed class Factory(IdentityApp identity) : WebApplicationFactory<Account>
    {
        protected override IHost CreateHost(IHostBuilder builder)
        {
            builder.UseSettings(identity.Database.Settings, new Dictionary<string, string?>
            {
                ["Portal:Url"] = PortalUrl,
                ["Portal:DataFolder"] = identity.files,
                ["Portal:ClientSecret"] = PortalSecret,
                ["Identity:Url"] = identity.Address,
                ["Outbox:Enabled"] = "false",
                ["Jobs:Enabled"] = "false",
            }, identity.Settings);
            return base.CreateHost(builder);
        }

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Testing");
            builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(identity.Log));
            builder.ConfigureTestServices(services =>
            {
                services.AddSingleton<TimeProvider>(identity.Clock);
                services.AddSingleton<IPasswordHasher<Account>>(Hasher);
                foreach (var name in new[] { GuardedFetch.HttpClientName, TellClient.PortalHttpClient })
                {
                    services.AddHttpClient(name).ConfigurePrimaryHttpMessageHandler(() => identity.Outside);
                }
                (identity.first ?? identity).Configure(services);
            });
        }

        protected override void ConfigureClient(HttpClient client) => client.BaseAddress = new Uri(identity.Address);
    }
}

/// <summary>An account of a test.</summary>
public sealed record TestAccount(string Subject, string Email, string Name);
