using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using Platform.Database;
using Platform.OpenIdConnect;
using Portal.Web;
using Xunit;

namespace Support;

/// <summary>
/// The portal as it is, on a database of the test class's own, with a clock that the test moves and an identity provider that
/// signs what it is told. Use it as a class fixture: <c>public sealed class RegisteringADeal(PortalApp portal) : IClassFixture&lt;PortalApp&gt;</c>.
/// </summary>
public class PortalApp : IAsyncLifetime
{
    readonly PortalApp? first;
    TestDatabase? database;
    Factory? factory;
    bool ownMails;

    /// <summary>A portal of its own.</summary>
    public PortalApp()
        : this(null)
    {
    }

    PortalApp(PortalApp? first) => (this.first, Clock) = (first, first?.Clock ?? new());

    /// <summary>The clock of the portal.</summary>
    public TestClock Clock { get; }

    /// <summary>The identity provider the portal trusts.</summary>
    public TestIdentityProvider IdentityProvider { get; private set; } = null!;

    /// <summary>The portal's database.</summary>
    public TestDatabase Database => first?.database ?? database ?? throw new InvalidOperationException("The portal has not been started.");

    /// <summary>What is there before a test begins.</summary>
    public Given Given { get; private set; } = null!;

    /// <summary>The portal's services.</summary>
    public IServiceProvider Services => factory!.Services;

    /// <summary>The server, for requests that no browser would send.</summary>
    public Microsoft.AspNetCore.TestHost.TestServer Server => factory!.Server;

    /// <summary>What the portal wrote to its log, warnings and worse.</summary>
    public TestLog Log { get; } = new();

    /// <summary>Settings of this portal that differ from the product's own; override to add some.</summary>
    protected virtual IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>();

    /// <summary>True for a portal that listens on a free port of this machine, for tests with a real browser.</summary>
    protected virtual bool Listens => false;

    /// <summary>Where a portal that listens is reached: <c>http://localhost:PORT</c>.</summary>
    public Uri Address => factory!.ClientOptions.BaseAddress;

    /// <summary>Replaces what lies outside the building, or adds endpoints of a test's own.</summary>
    protected virtual void Change(IServiceCollection services)
    {
    }

    /// <summary>Delivers what waits in the outbox, and answers the mails that have gone out since the last time.</summary>
    public async Task<IReadOnlyList<TestMail>> MailsAsync()
    {
        var options = Services.GetRequiredService<Platform.Mail.MailOptions>();
        if (!ownMails)
        {
            (options.Folder, ownMails) = (Path.Combine(Path.GetTempPath(), "partnerportal-test-mails-" + Guid.NewGuid().ToString("N")), true);
        }

        while (await Services.GetRequiredService<Platform.Outbox.OutboxDelivery>().DeliverDueAsync(CancellationToken.None) > 0)
        {
        }

        return TestMail.ReadAndRemove(options.Folder);
    }

    /// <summary>Another instance on the same database, not started yet.</summary>
    public PortalApp Another() => new(this);

    /// <summary>A browser in which that person is signed in; <paramref name="sid"/> is what the identity provider calls its session.</summary>
    public Visitor SignIn(TestPerson person, string? sid = null) => SignIn(TestIdentityProvider.Issuer, person.Subject, person.Name, sid);

    /// <summary>A browser in which somebody is signed in whom the portal may or may not know.</summary>
    public Visitor SignIn(string issuer, string subject, string name, string? sid = null)
    {
        var visitor = Anonymous();
        visitor.Cookies.Add(IssueCookie(issuer, subject, name, sid));
        return visitor;
    }

    /// <summary>A browser in which nobody is signed in.</summary>
    public Visitor Anonymous() => new(factory!.Server.CreateHandler());

    /// <summary>A program that calls the API with a valid token of that person or API client.</summary>
    public ApiClient Api(TestPerson caller) => ApiWith(IdentityProvider.AccessToken(caller.Subject));

    /// <summary>A program that calls the API with that bearer token, or with none.</summary>
    public ApiClient ApiWith(string? bearerToken) => new(factory!.Server.CreateHandler(), bearerToken);

    /// <summary>Does something with the portal's own services, on behalf of a caller; a job or a command would be the product itself.</summary>
    public async Task<T> InScopeAsync<T>(Caller caller, Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = caller;
        return await work(scope.ServiceProvider);
    }

    /// <inheritdoc cref="InScopeAsync{T}"/>
    public Task InScopeAsync(Caller caller, Func<IServiceProvider, Task> work) =>
        InScopeAsync(caller, async services =>
        {
            await work(services);
            return true;
        });

    /// <inheritdoc/>
    public virtual async Task InitializeAsync()
    {
        database = first is null ? await TestDatabase.PortalAsync() : null;
        IdentityProvider = first?.IdentityProvider ?? new(Clock);
        Given = first?.Given ?? new(Database, Clock);
        factory = new Factory(this);
        if (Listens)
        {
            factory.UseKestrel(0);
        }

        factory.StartServer();
    }

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (factory is not null)
        {
            await factory.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    /// <summary>The session cookie with which that person is signed in, for a browser that is not a <see cref="Visitor"/>.</summary>
    public string SessionOf(TestPerson person) => IssueCookie(TestIdentityProvider.Issuer, person.Subject, person.Name, sid: null).Value.ToString();

    // The portal's own sign-in handler begins the session, as it does after the identity provider's answer.
    SetCookieHeaderValue IssueCookie(string issuer, string subject, string name, string? sid)
    {
        using var scope = Services.CreateScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        http.Request.Scheme = "https";
        var identity = new ClaimsIdentity([new("iss", issuer), new("sub", subject), new("name", name)], OpenIdConnectSetup.Scheme, "name", "role");
        if (sid is not null)
        {
            identity.AddClaim(new("sid", sid));
        }

        http.SignInAsync(PortalAuthentication.Page, new ClaimsPrincipal(identity)).GetAwaiter().GetResult();
        return SetCookieHeaderValue.ParseList(http.Response.Headers.SetCookie).Single(cookie => cookie.Name == "__Host-portal");
    }

    sealed class Factory(PortalApp portal) : WebApplicationFactory<ICurrentPerson>
    {
        static readonly string Files = Path.Combine(Path.GetTempPath(), "partnerportal-test-files-" + Environment.UserName);

        protected override IHost CreateHost(IHostBuilder builder)
        {
            builder.UseSettings(portal.Database.Settings, new Dictionary<string, string?>
            {
                ["Portal:Url"] = "https://portal.test",
                ["Portal:DataFolder"] = Files,
                ["Identity:Url"] = TestIdentityProvider.Issuer,
                ["Outbox:Enabled"] = "false",
                ["Jobs:Enabled"] = "false",
                ["RateLimits:Enabled"] = "false",
                ["Documents:WarmAtStart"] = "false",
                ["Documents:Workers"] = "1",
            }, portal.Settings);
            return base.CreateHost(builder);
        }

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Testing");
            builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(portal.Log));
            builder.ConfigureTestServices(services =>
            {
                services.AddSingleton<TimeProvider>(portal.Clock);
                services.AddHttpClient(ProviderMetadata.HttpClientName).ConfigurePrimaryHttpMessageHandler(portal.IdentityProvider.Network);
                portal.Change(services);
            });
        }

        protected override void ConfigureClient(HttpClient client) => client.BaseAddress = new Uri("https://portal.test");
    }
}
