using Identity.Administration;
using Identity.Web;
using Microsoft.AspNetCore.Mvc;
using Platform.Texts;

namespace Identity.Scim;

/// <summary>Where an administrator connects the company's own directory: the address, and the tokens it opens with.</summary>
[Route("admin/directory"), Audience(Administrators.Tenant)]
sealed class DirectoryController(ScimTokenStore tokens, ChangeScimTokens change, IdentitySettings settings, Texts t) : Controller
{
    const int LongestDescription = 100;

    /// <summary>Shows both.</summary>
    [HttpGet]
    public Task<IActionResult> Show(CancellationToken ct) => PageAsync(null, null, ct);

    /// <summary>Makes a token. The page that answers is the only one that ever shows it.</summary>
    [HttpPost("tokens"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> Create(string? description, CancellationToken ct)
    {
        if (description?.Trim() is not { Length: > 0 and <= LongestDescription } words || words.Any(char.IsControl))
        {
            ModelState.AddModelError("description", t["scim.wrong_description"]);
            return await PageAsync(null, description, ct);
        }

        if (await change.AddAsync(HttpContext.Administrator().TenantId, words, ct) is { } token)
        {
            return await PageAsync(token, null, ct);
        }

        ModelState.AddModelError("description", t["scim.too_many_tokens", ChangeScimTokens.AtATime]);
        return await PageAsync(null, description, ct);
    }

    /// <summary>Takes a token back.</summary>
    [HttpPost("tokens/{scimToken}/revocation"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> Revoke(string scimToken, CancellationToken ct) =>
        this.Tell(await change.RevokeAsync(HttpContext.Administrator().TenantId, scimToken, ct) ? new Outcome.Done("scim.token_revoked") : new Outcome.Unknown(), "/admin/directory");

    async Task<IActionResult> PageAsync(string? token, string? description, CancellationToken ct) =>
        View("DirectoryPage", new DirectoryPage(settings.Issuer + "/scim/v2", await tokens.ListAsync(HttpContext.Administrator().TenantId, ct), token, description));
}

/// <summary>What the page shows.</summary>
/// <param name="Address">Where the directory sends to.</param>
/// <param name="Tokens">Those that work.</param>
/// <param name="NewToken">The one just made, shown this once.</param>
/// <param name="Description">What was typed.</param>
sealed record DirectoryPage(string Address, IReadOnlyList<ScimToken> Tokens, string? NewToken, string? Description);
