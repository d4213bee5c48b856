using Microsoft.AspNetCore.Mvc;
using Platform.Audit;
using Platform.Database;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>What partners of each level may offer without the deal desk; the brand's administrators set it.</summary>
[Route("quotes/authority"), AllowRoles("brand_admin")]
public sealed class QuoteAuthorityController(Db db, QuoteStore quotes, AuditTrail audit, Texts t) : Controller
{
    /// <summary>The form.</summary>
    [HttpGet]
    public async Task<IActionResult> Show(CancellationToken ct) => View("QuoteAuthority", new AuthorityForm
    {
        Levels = [.. (await quotes.AuthoritiesAsync(ct)).Select(one => new AuthorityRow { Level = one.Level, Most = one.Most * 100, LeastMargin = one.LeastMargin * 100 })],
    });

    /// <summary>Stores it.</summary>
    [HttpPost, Idempotent]
    public async Task<IActionResult> Store(AuthorityForm form, CancellationToken ct)
    {
        for (var i = 0; i < form.Levels.Count; i++)
        {
            Check($"Levels[{i}].Most", form.Levels[i].Most ?? -1);
            Check($"Levels[{i}].LeastMargin", form.Levels[i].LeastMargin ?? 0);
        }

        if (!ModelState.IsValid)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return View("QuoteAuthority", form);
        }

        await db.InTransactionAsync(async () =>
        {
            var before = await quotes.AuthoritiesAsync(ct);
            await quotes.SetAuthoritiesAsync([.. form.Levels.Select(row => new LevelAuthority(row.Level, Share(row.Most!.Value), row.LeastMargin is { } margin ? Share(margin) : null))], ct);
            await audit.RecordAsync("quote.authority_set", "quote_authority", "levels", null, new { before, after = await quotes.AuthoritiesAsync(ct) }, ct);
        }, ct);
        this.Flash(FlashKind.Done, t["quotes.authority.stored"]);
        return RedirectToAction(nameof(Show));
    }

    void Check(string field, decimal percent)
    {
        if (percent is < 0 or > 100)
        {
            ModelState.AddModelError(field, t["quotes.problem.percent"]);
        }
    }

    static decimal Share(decimal percent) => Math.Round(percent / 100, 4, MidpointRounding.AwayFromZero);
}

/// <summary>The form of the discount authority.</summary>
public sealed class AuthorityForm
{
    /// <summary>One row for each level.</summary>
    public List<AuthorityRow> Levels { get; set; } = [];
}

/// <summary>What a level may offer, in percent.</summary>
public sealed class AuthorityRow
{
    /// <summary>The level.</summary>
    public string Level { get; set; } = "";

    /// <summary>The most that is taken off by hand.</summary>
    public decimal? Most { get; set; }

    /// <summary>The least margin; null where nobody asks.</summary>
    public decimal? LeastMargin { get; set; }
}
