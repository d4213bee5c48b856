using System.Text.Json.Nodes;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Scim;

/// <summary>What a directory may do with one kind of resource (RFC 7644, 3.2 to 3.6). What was asked and which version was meant is read here; the kinds say the rest.</summary>
/// <typeparam name="T">A resource as its store keeps it.</typeparam>
[Scim]
[ForPrograms(IsScim = true)]
abstract class ScimResourceController<T> : Controller where T : class
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
    public async Task<IActionResult> Show(string id, CancellationToken ct) => Tell(await FindAsync(Caller.TenantId, id, ct) ?? throw ScimException.NotFound());

    /// <summary>Enters one.</summary>
    [HttpPost]
    public async Task<IActionResult> Create(CancellationToken ct) => Tell(await AddAsync(Caller, await Request.ReadScimAsync(ct), ct), StatusCodes.Status201Created);

    /// <summary>Makes one what was sent.</summary>
    [HttpPut("{id}")]
    public async Task<IActionResult> Replace(string id, CancellationToken ct)
    {
        var resource = await Request.ReadScimAsync(ct);
        return Tell(await ChangeAsync(Caller, id, Request.IfMatch(), _ => resource, ct));
    }

    /// <summary>Changes parts of one.</summary>
    [HttpPatch("{id}")]
    public async Task<IActionResult> Update(string id, CancellationToken ct)
    {
        var request = await Request.ReadScimAsync(ct);
        return Tell(await ChangeAsync(Caller, id, Request.IfMatch(), before =>
        {
            var resource = Written(before);
            ScimPatch.Apply(resource, request);
            return resource;
        }, ct));
    }

    /// <summary>Removes one.</summary>
    [HttpDelete("{id}")]
    public async Task<IActionResult> Delete(string id, CancellationToken ct)
    {
        await RemoveAsync(Caller, id, Request.IfMatch(), ct);
        return NoContent();
    }

    ScimCaller Caller => HttpContext.Scim();

    /// <summary>Finds one of a tenant's.</summary>
    protected abstract Task<T?> FindAsync(long tenantId, string id, CancellationToken ct);

    /// <summary>A page of a tenant's.</summary>
    protected abstract Task<ScimPage<T>> PageAsync(long tenantId, ScimQuery query, CancellationToken ct);

    /// <summary>Enters one for the caller's tenant.</summary>
    protected abstract Task<T> AddAsync(ScimCaller caller, JsonObject resource, CancellationToken ct);

    /// <summary>Makes one of the caller's tenant what <paramref name="change"/> makes of it, if it is still of the version in <paramref name="ifMatch"/>.</summary>
    protected abstract Task<T> ChangeAsync(ScimCaller caller, string id, string? ifMatch, Func<T, JsonObject> change, CancellationToken ct);

    /// <summary>Removes one of the caller's tenant, if it is still of that version.</summary>
    protected abstract Task RemoveAsync(ScimCaller caller, string id, string? ifMatch, CancellationToken ct);

    /// <summary>The resource as it is sent.</summary>
    protected abstract JsonObject Written(T resource);

    async Task<IActionResult> ListAsync(ScimQuery query, CancellationToken ct)
    {
        var page = await PageAsync(Caller.TenantId, query, ct);
        return ScimAnswers.List(HttpContext, page.Total, query.StartIndex, page.Items.Select(Written));
    }

    IActionResult Tell(T resource, int status = StatusCodes.Status200OK) => ScimAnswers.Resource(HttpContext, Written(resource), status);
}
