using Microsoft.AspNetCore.Mvc;
using Platform.Texts;
using Portal.Web;

namespace Portal.Catalog;

/// <summary>The lines of products, to which claims, targets and price rules refer.</summary>
[Route("catalog/lines")]
[AllowRoles("brand_admin")]
public sealed class ProductLinesController(ProductStore products, KeepProductLine keep, Texts t) : Controller
{
    /// <summary>The lines and the form to add or rename one.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => View("ProductLineList", await products.LinesAsync(ct));

    /// <summary>Adds or renames a line.</summary>
    [HttpPost("")]
    public async Task<IActionResult> Create(string? code, string? name, string? nameZh, CancellationToken ct)
    {
        if (await keep.RunAsync(code, name, nameZh, ct) is { } wrong)
        {
            ModelState.AddModelError(char.ToLowerInvariant(wrong.Field[0]) + wrong.Field[1..], t[wrong.TextKey]);
            return View("ProductLineList", await products.LinesAsync(ct));
        }

        this.Flash(FlashKind.Done, t["catalog.line_kept"]);
        return RedirectToAction(nameof(Index));
    }
}
