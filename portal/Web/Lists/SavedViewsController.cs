using Microsoft.AspNetCore.Mvc;
using Platform.Texts;

namespace Portal.Web.Lists;

/// <summary>Keeps and forgets views of lists.</summary>
[Route("views")]
public sealed class SavedViewsController(SavedViews views, Texts t) : Controller
{
    /// <summary>Saves the view that the person looks at.</summary>
    [HttpPost("")]
    public async Task<IActionResult> Create(string list, string name, string query, string path, CancellationToken ct)
    {
        name = (name ?? "").Trim();
        query = string.IsNullOrEmpty(query) ? "?" : query;
        if (!Url.IsLocalUrl(path) || string.IsNullOrWhiteSpace(list) || query is not ['?', ..] || query.Length > 2000)
        {
            return BadRequest();
        }

        if (name.Length is 0 or > 60)
        {
            this.Flash(FlashKind.Problem, t["web.view_name_wrong"]);
        }
        else if (await views.SaveAsync(list, name, query, ct))
        {
            this.Flash(FlashKind.Done, t["web.view_saved", name]);
        }
        else
        {
            this.Flash(FlashKind.Problem, t["web.too_many_views", SavedViews.Most]);
        }

        return LocalRedirect(path + query);
    }

    /// <summary>Forgets a view.</summary>
    [HttpPost("{number}/delete")]
    public async Task<IActionResult> Delete(string number, string path, CancellationToken ct)
    {
        if (!Url.IsLocalUrl(path))
        {
            return BadRequest();
        }

        if (await views.DeleteAsync(number, ct) is not { } gone)
        {
            return NotFound();
        }

        this.Flash(FlashKind.Done, t["web.view_deleted", gone.Name]);
        return LocalRedirect(path);
    }
}
