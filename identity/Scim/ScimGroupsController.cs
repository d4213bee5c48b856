using System.Text.Json.Nodes;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Scim;

/// <summary>The groups of a tenant's directory (RFC 7643, 4.2).</summary>
[Route("scim/v2/Groups")]
[RequestSizeLimit(4 * 1024 * 1024)] // tens of thousands of members
sealed class ScimGroupsController(ScimGroupStore groups, ChangeGroups writer, IdentitySettings settings) : ScimResourceController<ScimGroup>
{
    protected override Task<ScimGroup?> FindAsync(long tenantId, string id, CancellationToken ct) => groups.FindAsync(tenantId, id, ct);

    protected override Task<ScimPage<ScimGroup>> PageAsync(long tenantId, ScimQuery query, CancellationToken ct) => groups.ListAsync(tenantId, query, ct);

    protected override Task<ScimGroup> AddAsync(ScimCaller caller, JsonObject resource, CancellationToken ct) => writer.AddAsync(caller, resource, ct);

    protected override Task<ScimGroup> ChangeAsync(ScimCaller caller, string id, string? ifMatch, Func<ScimGroup, JsonObject> change, CancellationToken ct) =>
        writer.ChangeAsync(caller, id, ifMatch, change, ct);

    protected override Task RemoveAsync(ScimCaller caller, string id, string? ifMatch, CancellationToken ct) => writer.RemoveAsync(caller, id, ifMatch, ct);

    protected override JsonObject Written(ScimGroup group)
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
