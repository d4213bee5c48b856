using System.Text.Json.Nodes;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Scim;

/// <summary>The groups of a tenant's directory (RFC 7643, 4.2).</summary>
[Route("scim/v2/Groups"), Scim]
[ForPrograms(IsScim = true)]
[RequestSizeLimit(4 * 1024 * 1024)] // tens of thousands of members
sealed class ScimGroupsController(ScimGroupStore groups, ChangeGroups change, IdentitySettings settings) : Controller
{
    /// <summary>Some of them.</summary>
    [HttpGet]
    public Task<IActionResult> Index(CancellationToken ct) => ListAsync(ScimAnswers.ReadQuery(name => Request.Query[name]), ct);

    /// <summary>The same, asked for in the body.</summary>
    [HttpPost(".search")]
    public async Task<IActionResult> Search(CancellationToken ct)
    {
        var body = await Request.ReadScimAsync(ct);
        return await ListAsync(ScimAnswers.ReadQuery(name => ScimJson.Text(ScimJson.At(body, name))), ct);
    }

    /// <summary>One of them.</summary>
    [HttpGet("{id}")]
    public async Task<IActionResult> Show(string id, CancellationToken ct) =>
        ScimAnswers.Resource(HttpContext, Written(await groups.FindAsync(HttpContext.Scim().TenantId, id, ct) ?? throw ScimException.NotFound()));

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
        var page = await groups.ListAsync(HttpContext.Scim().TenantId, query, ct);
        return ScimAnswers.List(HttpContext, page.Total, query.StartIndex, page.Items.Select(Written));
    }

    JsonObject Written(ScimGroup group)
    {
        var resource = new JsonObject { ["schemas"] = new JsonArray(ScimSchemas.Group), ["id"] = group.Number };
        if (group.ExternalId is not null)
        {
            resource["externalId"] = group.ExternalId;
        }

        resource["displayName"] = group.DisplayName;
        resource["members"] = JsonNode.Parse(group.Members);
        resource["meta"] = ScimAnswers.Meta("Group", $"{settings.Issuer}/scim/v2/Groups/{group.Number}", group.Version, group.CreatedAt, group.UpdatedAt);
        return resource;
    }
}
