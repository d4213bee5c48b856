using System.Text.Json.Nodes;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Scim;

/// <summary>The people of a tenant (RFC 7643, 4.1).</summary>
[Route("scim/v2/Users")]
[RequestSizeLimit(256 * 1024)]
sealed class ScimUsersController(ScimPersonStore people, ChangePeople writer, IdentitySettings settings) : ScimResourceController<ScimPerson>
{
    protected override Task<ScimPerson?> FindAsync(long tenantId, string id, CancellationToken ct) => people.FindAsync(tenantId, id, ct);

    protected override Task<ScimPage<ScimPerson>> PageAsync(long tenantId, ScimQuery query, CancellationToken ct) => people.ListAsync(tenantId, query, ct);

    protected override Task<ScimPerson> AddAsync(ScimCaller caller, JsonObject resource, CancellationToken ct) => writer.AddAsync(caller, resource, ct);

    protected override Task<ScimPerson> ChangeAsync(ScimCaller caller, string id, string? ifMatch, Func<ScimPerson, JsonObject> change, CancellationToken ct) =>
        writer.ChangeAsync(caller, id, ifMatch, change, ct);

    protected override Task RemoveAsync(ScimCaller caller, string id, string? ifMatch, CancellationToken ct) => writer.RemoveAsync(caller, id, ifMatch, ct);

    protected override JsonObject Written(ScimPerson person)
    {
        var name = new JsonObject { ["formatted"] = person.Formatted };
        Add(name, "givenName", person.GivenName);
        Add(name, "familyName", person.FamilyName);
        var resource = new JsonObject { ["schemas"] = new JsonArray(ScimSchemas.User), ["id"] = person.Id };
        Add(resource, "externalId", person.ExternalId);
        resource["userName"] = person.UserName;
        resource["name"] = name;
        resource["displayName"] = person.DisplayName;
        resource["emails"] = JsonNode.Parse(person.Emails);
        resource["preferredLanguage"] = person.PreferredLanguage;
        resource["active"] = person.Active;
        resource["roles"] = new JsonArray([.. person.Roles.Select(role => new JsonObject { ["value"] = role })]);
        resource["groups"] = JsonNode.Parse(person.Groups);
        resource["meta"] = ScimAnswers.Meta("User", $"{settings.Issuer}/scim/v2/Users/{person.Id}", person.Version, person.Created, person.LastModified);
        return resource;
    }

    static void Add(JsonObject holder, string name, string? value)
    {
        if (value is not null)
        {
            holder[name] = value;
        }
    }
}
