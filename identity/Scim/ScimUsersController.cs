using System.Text.Json.Nodes;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Scim;

/// <summary>The people of a tenant (RFC 7644, 3.2 to 3.6; RFC 7643, 4.1).</summary>
[Route("scim/v2/Users"), Scim]
[ForPrograms(IsScim = true)]
[RequestSizeLimit(256 * 1024)]
sealed class ScimUsersController(ScimPersonStore people, ChangePeople change, IdentitySettings settings) : Controller
{
    /// <summary>Some of them.</summary>
    [HttpGet]
    public Task<IActionResult> Index(CancellationToken ct) => ListAsync(ScimAnswers.ReadQuery(name => Request.Query[name]), ct);

    /// <summary>The same, asked for in the body, for filters that are nobody's to read in a log (RFC 7644, 3.4.3).</summary>
    [HttpPost(".search")]
    public async Task<IActionResult> Search(CancellationToken ct)
    {
        var body = await Request.ReadScimAsync(ct);
        return await ListAsync(ScimAnswers.ReadQuery(name => ScimJson.Text(ScimJson.At(body, name))), ct);
    }

    /// <summary>One of them.</summary>
    [HttpGet("{id}")]
    public async Task<IActionResult> Show(string id, CancellationToken ct) =>
        ScimAnswers.Resource(HttpContext, Written(await people.FindAsync(HttpContext.Scim().TenantId, id, ct) ?? throw ScimException.NotFound()));

    /// <summary>Enters one.</summary>
    [HttpPost]
    public async Task<IActionResult> Create(CancellationToken ct) =>
        ScimAnswers.Resource(HttpContext, Written(await change.AddAsync(HttpContext.Scim(), await Request.ReadScimAsync(ct), ct)), StatusCodes.Status201Created);

    /// <summary>Makes one what was sent.</summary>
    [HttpPut("{id}")]
    public async Task<IActionResult> Replace(string id, CancellationToken ct)
    {
        var resource = await Request.ReadScimAsync(ct);
        return ScimAnswers.Resource(HttpContext, Written(await change.ChangeAsync(HttpContext.Scim(), id, Request.IfMatch(), _ => resource, ct)));
    }

    /// <summary>Changes parts of one.</summary>
    [HttpPatch("{id}")]
    public async Task<IActionResult> Update(string id, CancellationToken ct)
    {
        var request = await Request.ReadScimAsync(ct);
        return ScimAnswers.Resource(HttpContext, Written(await change.ChangeAsync(HttpContext.Scim(), id, Request.IfMatch(), before =>
        {
            var resource = Written(before);
            ScimPatch.Apply(resource, request);
            return resource;
        }, ct)));
    }

    /// <summary>Removes one.</summary>
    [HttpDelete("{id}")]
    public async Task<IActionResult> Delete(string id, CancellationToken ct)
    {
        await change.RemoveAsync(HttpContext.Scim(), id, Request.IfMatch(), ct);
        return NoContent();
    }

    async Task<IActionResult> ListAsync(ScimQuery query, CancellationToken ct)
    {
        var page = await people.ListAsync(HttpContext.Scim().TenantId, query, ct);
        return ScimAnswers.List(HttpContext, page.Total, query.StartIndex, page.Items.Select(Written));
    }

    JsonObject Written(ScimPerson person)
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
