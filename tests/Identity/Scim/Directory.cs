using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Scim;
using Identity.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Support;

namespace Identity.Tests.Scim;

/// <summary>The directory of a tenant, as it speaks SCIM.</summary>
sealed class Directory(IdentityApp identity, string token)
{
    const string MediaType = "application/scim+json";

    /// <summary>Whose it is.</summary>
    public long TenantId { get; private init; }

    /// <summary>Its token.</summary>
    public string Token { get; } = token;

    /// <summary>A directory of a new tenant.</summary>
    public static async Task<Directory> OfANewTenantAsync(IdentityApp identity, string? provenDomain = null)
    {
        var (tenantId, token) = (0L, "");
        await identity.AsTheProductAsync(async services =>
        {
            var key = "t" + Guid.NewGuid().ToString("N")[..12];
            tenantId = (await services.GetRequiredService<TenantStore>().SaveAsync(key, "Company " + key, isOperator: false, CancellationToken.None)).TenantId;
            token = (await services.GetRequiredService<ChangeScimTokens>().AddAsync(tenantId, "directory", CancellationToken.None))!;
        });
        if (provenDomain is not null)
        {
            await identity.Database.ExecuteAsync("insert into tenant_domain (tenant_id, domain, token, proven_at, created_at) values (@tenantId, @provenDomain, 'proof', @Now, @Now)",
                new { tenantId, provenDomain, Now = identity.Clock.Now.UtcDateTime });
        }

        return new(identity, token) { TenantId = tenantId };
    }

    /// <summary>A person as directories send them.</summary>
    public static JsonObject Person(string userName, Action<JsonObject>? change = null)
    {
        var person = new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:User"),
            ["userName"] = userName,
            ["name"] = new JsonObject { ["givenName"] = "Ann", ["familyName"] = "Example" },
            ["emails"] = new JsonArray(new JsonObject { ["value"] = userName, ["type"] = "work", ["primary"] = true }),
        };
        change?.Invoke(person);
        return person;
    }

    /// <summary>A PATCH.</summary>
    public static JsonObject Patch(params JsonObject[] operations) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:PatchOp"),
        ["Operations"] = new JsonArray(operations),
    };

    /// <summary>An operation of a PATCH.</summary>
    public static JsonObject Operation(string op, string? path, JsonNode? value)
    {
        var operation = new JsonObject { ["op"] = op };
        if (path is not null)
        {
            operation["path"] = path;
        }

        if (value is not null)
        {
            operation["value"] = value;
        }

        return operation;
    }

    /// <summary>Enters a person.</summary>
    /// <returns>The id.</returns>
    public async Task<string> AddAsync(string userName, Action<JsonObject>? change = null)
    {
        var answer = await SendAsync(HttpMethod.Post, "Users", Person(userName, change));
        Assert.True(answer.Status is HttpStatusCode.Created, answer.Text);
        return answer["id"]!;
    }

    /// <summary>Sends a request.</summary>
    public async Task<ScimAnswer> SendAsync(HttpMethod method, string path, JsonNode? body = null, string? ifMatch = null, string? ifNoneMatch = null)
    {
        using var program = identity.Program();
        var request = new HttpRequestMessage(method, "/scim/v2/" + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, MediaType);
        }

        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        var response = await program.SendAsync(request);
        return new(response.StatusCode, response, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The user names of a list.</summary>
    public async Task<string[]> UserNamesAsync(string filter)
    {
        var answer = await SendAsync(HttpMethod.Get, "Users?filter=" + Uri.EscapeDataString(filter));
        Assert.True(answer.Status is HttpStatusCode.OK, answer.Text);
        return [.. answer.Body.GetProperty("Resources").EnumerateArray().Select(person => person.GetProperty("userName").GetString()!).Order(StringComparer.Ordinal)];
    }
}

/// <summary>What SCIM answered.</summary>
sealed record ScimAnswer(HttpStatusCode Status, HttpResponseMessage Headers, string Text)
{
    /// <summary>The answer as JSON.</summary>
    public JsonElement Body => JsonDocument.Parse(Text).RootElement;

    /// <summary>An attribute as text.</summary>
    public string? this[string name] => Body.TryGetProperty(name, out var value) ? value.ToString() : null;

    /// <summary>The version.</summary>
    public string? ETag => Headers.Headers.ETag?.ToString();
}
