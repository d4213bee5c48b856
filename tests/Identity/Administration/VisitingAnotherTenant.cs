using System.Net;
using System.Text.RegularExpressions;
using Identity.Administration;
using Identity.Scim;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Support;

namespace Identity.Tests.Administration;

/// <summary>An administrator of one tenant tries every address under /admin with the names of another tenant's things.</summary>
public sealed partial class VisitingAnotherTenant(IdentityApp identity) : IClassFixture<IdentityApp>, IAsyncLifetime
{
    readonly Dictionary<string, string> names = [];
    Visitor intruder = null!;
    string token = "";

    IEnumerable<ActionDescriptor> Actions => identity.Services.GetRequiredService<IActionDescriptorCollectionProvider>().ActionDescriptors.Items.Where(AdministrationGate.IsAdministration);

    public async Task InitializeAsync()
    {
        var person = await identity.APersonOfAsync("rival", name: "Rita Rival");
        await identity.SignedInAsync(person);
        var tenantId = await identity.TenantAsync("rival");
        await identity.AClientAsync("rival-erp", client =>
        {
            client.TenantId = tenantId;
            client.AllowedGrantTypes = ["client_credentials"];
            client.RedirectUris = [];
            client.AllowedScopes = ["portal.api"];
        });
        names["subject"] = person.Subject;
        names["key"] = "rival";
        names["clientId"] = "rival-erp";
        names["sid"] = (await identity.Database.ListAsync<string>("select sid from sign_in_session s join account a using (account_id) where a.subject = @Subject limit 1", person))[0];
        names["secretId"] = (await identity.Database.ListAsync<long>("select client_secret_id from client_secret s join registered_client c using (registered_client_id) where c.client_id = 'rival-erp'"))[0].ToString(System.Globalization.CultureInfo.InvariantCulture);
        names["kid"] = (await identity.Database.ListAsync<string>("select kid from signing_key limit 1"))[0];
        names["name"] = "portal.api";
        await identity.AsTheProductAsync(services => services.GetRequiredService<ChangeScimTokens>().AddAsync(tenantId, "rival's directory", CancellationToken.None));
        names["scimToken"] = (await identity.Database.ListAsync<string>("select number from scim_token where tenant_id = @tenantId", new { tenantId }))[0];
        names["scheme"] = (await identity.Database.ListAsync<string>("""
            insert into identity_provider (tenant_id, scheme, display_name, issuer, client_id, token_endpoint_auth_method, created_at, updated_at)
            values (@tenantId, 'rival-login', 'Rita''s login', 'https://login.rival.test', 'us', 'private_key_jwt', now(), now())
            on conflict (scheme) do update set display_name = excluded.display_name returning scheme
            """, new { tenantId }))[0];
        names["id"] = (await identity.Database.ListAsync<long>("""
            insert into tenant_domain (tenant_id, domain, token, created_at) values (@tenantId, 'rita.example', 'token', now())
            on conflict (tenant_id, domain) do update set token = excluded.token returning tenant_domain_id
            """, new { tenantId }))[0].ToString(System.Globalization.CultureInfo.InvariantCulture);
        intruder = await identity.AdministratorOfAsync("acme");
        token = (await intruder.GetAsync("/admin/people/new")).Value("__RequestVerificationToken")!;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Every_address_answers_that_there_is_nothing_and_nothing_changes()
    {
        var before = await StateAsync();
        var visited = 0;
        foreach (var action in Actions.Where(action => Parameter().IsMatch(action.AttributeRouteInfo!.Template!)))
        {
            var path = "/" + Parameter().Replace(action.AttributeRouteInfo!.Template!, parameter => Uri.EscapeDataString(names[parameter.Groups["name"].Value]));
            var page = IsPost(action)
                ? await intruder.PostAsync(path, ("__RequestVerificationToken", token), ("name", "Taken Over"), ("language", "en"), ("administers", "tenant"), ("ClientName", "Taken Over"), ("days", "30"), ("sid", names["sid"]))
                : await intruder.GetOnlyAsync(path);

            Assert.True(page.Status is HttpStatusCode.NotFound, $"{path} answered {page.Status}: {page.Words}");
            visited++;
        }

        Assert.True(visited > 10);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task No_list_shows_anything_of_the_other_even_when_asked_for_it_by_name()
    {
        foreach (var action in Actions.Where(action => !IsPost(action) && !Parameter().IsMatch(action.AttributeRouteInfo!.Template!) && AdministrationGate.AudienceOf(action)!.Who is Administrators.Tenant))
        {
            var page = await intruder.GetOnlyAsync($"/{action.AttributeRouteInfo!.Template}?tenant=rival&words=rival&subject={names["subject"]}&actor={names["subject"]}");

            Assert.True(page.Status is HttpStatusCode.OK, $"{page.Path} answered {page.Status}");
            Assert.DoesNotContain("Rita", page.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("Company rival", page.Body, StringComparison.Ordinal);
            Assert.DoesNotContain(names["sid"], page.Body, StringComparison.Ordinal);
        }
    }

    static bool IsPost(ActionDescriptor action) => action.EndpointMetadata.OfType<Microsoft.AspNetCore.Routing.IHttpMethodMetadata>().Any(methods => methods.HttpMethods.Contains("POST"));

    // Of everything an administrator may change; the own session's time of last use is not among it.
    async Task<string> StateAsync() => (await identity.Database.ListAsync<string>("""
        select concat_ws(';',
            (select string_agg(a::text, '|' order by account_id) from account a),
            (select string_agg(t::text, '|' order by tenant_id) from tenant t),
            (select string_agg(c::text, '|' order by registered_client_id) from registered_client c),
            (select string_agg(s::text, '|' order by client_secret_id) from client_secret s),
            (select string_agg(r::text, '|' order by api_resource_id) from api_resource r),
            (select string_agg(s.sid, '|' order by sign_in_session_id) from sign_in_session s),
            (select string_agg(p::text, '|' order by identity_provider_id) from identity_provider p),
            (select string_agg(d::text, '|' order by tenant_domain_id) from tenant_domain d),
            (select count(*) from outbox_message),
            (select count(*) from audit_entry))
        """))[0];

    [GeneratedRegex(@"\{(?<name>[^}:?]+)[^}]*\}")]
    private static partial Regex Parameter();
}
