using Identity.Clients;
using Microsoft.Extensions.DependencyInjection;

namespace Support;

/// <summary>An API that asks identity about the tokens it is shown (RFC 7662).</summary>
/// <param name="identity">Where.</param>
/// <param name="name">As which API.</param>
public sealed class ResourceServer(IdentityApp identity, string name = "portal.api")
{
    /// <summary>Its secret.</summary>
    public string Secret { get; init; } = "the secret of the API " + name;

    /// <summary>An API with a secret; another than the portal's has a scope of its own name.</summary>
    public static async Task<ResourceServer> RegisterAsync(IdentityApp identity, string name = "portal.api")
    {
        var server = new ResourceServer(identity, name);
        await identity.Database.ExecuteAsync("insert into api_resource (name, display_name, scopes) values (@name, @name, array[@name]) on conflict do nothing", new { name });
        await identity.AsTheProductAsync(services => services.GetRequiredService<RegisterApiSecret>().RunAsync(name, server.Secret, "test", CancellationToken.None));
        return server;
    }

    /// <summary>Asks about a token.</summary>
    public Task<TokenAnswer> AskAsync(string token, string? hint = null) =>
        new RelyingParty(identity, name) { Secret = Secret }.CallAsync("/connect/introspect", [new("token", token), new("token_type_hint", hint)]);

    /// <summary>Whether a token counts.</summary>
    public async Task<bool> AcceptsAsync(string token) => (await AskAsync(token)).Body.GetProperty("active").GetBoolean();
}
