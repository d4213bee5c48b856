using Identity.Web;
using Microsoft.AspNetCore.Mvc;

namespace Identity.Scim;

/// <summary>What directories ask before they begin (RFC 7644, 4), and the endpoints that we say we have not.</summary>
[Route("scim/v2"), Scim]
[ForPrograms(IsScim = true)]
sealed class ScimServiceController(IdentitySettings settings) : Controller
{
    /// <summary>What we can do.</summary>
    [HttpGet("ServiceProviderConfig")]
    public IActionResult Config() => ScimAnswers.Json(ScimSchemas.ServiceProvider(settings.Issuer));

    /// <summary>The kinds of resources.</summary>
    [HttpGet("ResourceTypes")]
    public IActionResult ResourceTypes()
    {
        var types = ScimSchemas.ResourceTypes(settings.Issuer);
        return Unfiltered() ?? ScimAnswers.List(HttpContext, types.Count, 1, types);
    }

    /// <summary>One of them.</summary>
    [HttpGet("ResourceTypes/{name}")]
    public IActionResult ResourceType(string name) =>
        ScimAnswers.Json(ScimSchemas.ResourceTypes(settings.Issuer).FirstOrDefault(type => type["id"]!.GetValue<string>() == name) ?? throw ScimException.NotFound());

    /// <summary>The schemas.</summary>
    [HttpGet("Schemas")]
    public IActionResult Schemas()
    {
        var schemas = ScimSchemas.Schemas(settings.Issuer);
        return Unfiltered() ?? ScimAnswers.List(HttpContext, schemas.Count, 1, schemas);
    }

    /// <summary>One of them.</summary>
    [HttpGet("Schemas/{id}")]
    public IActionResult Schema(string id) =>
        ScimAnswers.Json(ScimSchemas.Schemas(settings.Issuer).FirstOrDefault(schema => schema["id"]!.GetValue<string>() == id) ?? throw ScimException.NotFound());

    /// <summary>A directory is not one of the people (RFC 7644, 3.11).</summary>
    [Route("Me")]
    public IActionResult Me() => ScimAnswers.Error(StatusCodes.Status501NotImplemented, null, "A directory has no resource of its own.");

    /// <summary>As the configuration says, there is no bulk.</summary>
    [Route("Bulk")]
    public IActionResult Bulk() => ScimAnswers.Error(StatusCodes.Status501NotImplemented, null, "Send one request for each resource.");

    // RFC 7644, 4: a filter on these is refused.
    IActionResult? Unfiltered() => Request.Query.ContainsKey("filter") ? ScimAnswers.Error(StatusCodes.Status403Forbidden, null, "This list is not filtered.") : null;
}
