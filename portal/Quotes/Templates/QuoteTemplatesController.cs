using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Quotes.Templates;

/// <summary>Quote templates as pages: the revisions, one of them, and the designer with its preview.</summary>
[Route("quote-templates"), AllowRoles("brand_admin", "partner_admin")]
public sealed class QuoteTemplatesController(QuoteTemplateStore templates, KeepQuoteTemplates keep, SampleQuote sample, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The revisions.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, QuoteTemplateStore.Shape);
        return View("QuoteTemplateList", new QuoteTemplateListPage(query, await templates.ListAsync(query, ct), await templates.ActiveAsync(me.PartnerId, ct)));
    }

    /// <summary>The revisions as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => Response.SendListAsync(t["templates.templates"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["templates.number"], Width: 21), new(t["templates.owner"], Width: 30), new(t["templates.revision"], TableColumnKind.Number, 10), new(t["templates.note"], Width: 40), new(t["templates.parts"], Width: 40),
            new(t["templates.state"], Width: 14), new(t["templates.made_by"], Width: 20), new(t["templates.made"], TableColumnKind.Time, 18),
        ],
        templates.StreamAsync(ListQuery.Read(Request, QuoteTemplateStore.Shape), ct).Select(IReadOnlyList<object?> (row) =>
            [row.Number, row.Owner, row.Revision, row.Note, string.Join(", ", row.Parts.Given.Select(part => t["templates.part." + part].Value)), t[row.IsActive ? "templates.active" : "templates.not_active"].Value, row.MadeBy,
                Formats.In(row.CreatedAt, Formats.Zone(me.TimeZone))]), ct);

    /// <summary>One revision with its picture and the turns of its owner.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await templates.FindAsync(number, ct) is { } row
        ? View("QuoteTemplatePage", new QuoteTemplatePage(row, await templates.TurnsAsync(row.PartnerId, ct), row.PartnerId == me.PartnerId))
        : NotFound();

    /// <summary>A picture of a revision: the sample quote as it comes out.</summary>
    [HttpGet("{number}/picture"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Picture(string number, string? language, CancellationToken ct)
    {
        if (await templates.FindAsync(number, ct) is not { } row)
        {
            return NotFound();
        }

        var source = row.Source is { } hash && (await templates.FilesAsync([hash], ct)).TryGetValue(hash, out var file) ? System.Text.Encoding.UTF8.GetString(file.Content) : null;
        var picture = await sample.DrawAsync(new(row.Note, row.Parts, row.Source, row.OpenParts), null, source, Languages.Of(language), row.OfBrand, ct);
        return picture.Svg is { } svg ? File(svg, "image/svg+xml") : DocumentsBusy.Answer("documents.typesetting.busy");
    }

    /// <summary>The designer, beginning with a revision or with what counts now.</summary>
    [HttpGet("new")]
    public async Task<IActionResult> New(string? from, CancellationToken ct)
    {
        var active = await templates.ActiveAsync(me.PartnerId, ct);
        var begin = from is null ? active.Find(template => template.PartnerId == me.PartnerId) : await templates.FindAsync(from, ct);
        if (from is not null && begin?.PartnerId != me.PartnerId)
        {
            return NotFound();
        }

        var form = QuoteTemplateForm.Of(begin?.Parts ?? new(), Above(active));
        form.From = begin?.Number;
        form.Note = begin?.Note;
        form.Open = [.. begin?.OpenParts ?? (me.IsBrand ? QuoteDesign.Parts : [])];
        form.IsExpert = begin?.Source is not null;
        form.Source = begin?.Source is { } hash && (await templates.FilesAsync([hash], ct)).TryGetValue(hash, out var file) ? System.Text.Encoding.UTF8.GetString(file.Content) : null;
        return View("QuoteTemplateForm", Filled(form, active));
    }

    /// <summary>Writes a new revision; with the preview's button, only draws it.</summary>
    [HttpPost(""), Idempotent, LimitLogo, EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Create(QuoteTemplateForm form, CancellationToken ct)
    {
        var active = await templates.ActiveAsync(me.PartnerId, ct);
        Filled(form, active);
        if (form.Preview is not null)
        {
            form.Picture = ModelState.IsValid ? await DrawAsync(form, ct) : null;
            return View("QuoteTemplateForm", form);
        }

        var outcome = ModelState.IsValid ? await keep.CreateAsync(form.Draft(form.May), await LogoAsync(form, ct), me.IsBrand ? form.ExpertSource : null, ct) : new TemplateOutcome.Wrong([]);
        switch (outcome)
        {
            case TemplateOutcome.Done(var number):
                this.Flash(FlashKind.Done, t["templates.kept"]);
                return RedirectToAction(nameof(Show), new { number });
            case TemplateOutcome.Wrong(var problems):
                foreach (var problem in problems)
                {
                    ModelState.AddModelError(FieldOf(problem.Field), problem.Text(t));
                }

                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("QuoteTemplateForm", form);
            default:
                return Forbid();
        }
    }

    /// <summary>The preview while somebody works on the form; keeps nothing.</summary>
    [HttpPost("preview"), LimitLogo, EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Preview(QuoteTemplateForm form, CancellationToken ct)
    {
        Filled(form, await templates.ActiveAsync(me.PartnerId, ct));
        return PartialView("_QuoteTemplatePreview", await DrawAsync(form, ct));
    }

    /// <summary>Lets a revision count.</summary>
    [HttpPost("{number}/activation")]
    public async Task<IActionResult> Activate(string number, CancellationToken ct) => Answer(await keep.ActivateAsync(number, ct), number, "templates.now_active");

    /// <summary>Lets it count no more.</summary>
    [HttpPost("{number}/retirement")]
    public async Task<IActionResult> Retire(string number, CancellationToken ct) => Answer(await keep.RetireAsync(number, ct), number, "templates.no_longer_active");

    IActionResult Answer(TemplateOutcome outcome, string number, string done)
    {
        switch (outcome)
        {
            case TemplateOutcome.NotFound:
                return NotFound();
            case TemplateOutcome.Done:
                this.Flash(FlashKind.Done, t[done]);
                return RedirectToAction(nameof(Show), new { number });
            default:
                return Forbid();
        }
    }

    async Task<TemplatePicture> DrawAsync(QuoteTemplateForm form, CancellationToken ct)
    {
        var source = me.IsBrand ? form.ExpertSource : null;
        var logo = await LogoAsync(form, ct);
        var (draft, problems) = await keep.CheckedAsync(form.Draft(form.May), logo, source, ct);
        return problems.Count > 0 ? new(null, 0, problems) : await sample.DrawAsync(draft, logo, source, Languages.Of(form.PreviewLanguage), me.IsBrand, ct);
    }

    static async Task<byte[]?> LogoAsync(QuoteTemplateForm form, CancellationToken ct)
    {
        if (form.LogoFile is not { Length: > 0 } file || !form.Own.Contains("logo"))
        {
            return null;
        }

        using var content = new MemoryStream();
        await file.CopyToAsync(content, ct);
        return content.ToArray();
    }

    QuoteTemplateForm Filled(QuoteTemplateForm form, List<QuoteTemplateRow> active)
    {
        form.May = me.IsBrand || active.Find(template => template.OfBrand) is not { } brand ? QuoteDesign.Parts : brand.OpenParts;
        form.Source ??= QuoteFiles.ProductTemplate;
        return form;
    }

    QuoteDesign Above(List<QuoteTemplateRow> active) => !me.IsBrand && active.Find(template => template.OfBrand) is { } brand ? QuoteDesign.Resolve(brand.Parts, null, []) : QuoteDesign.Product;

    static string FieldOf(string field) => field is "logo" or "Logo" ? nameof(QuoteTemplateForm.LogoFile) : field;
}

/// <summary>The revisions as <c>QuoteTemplateList.cshtml</c> shows them, and those that count for the reader's company.</summary>
public sealed record QuoteTemplateListPage(ListQuery Query, ListPage<QuoteTemplateRow> Rows, IReadOnlyList<QuoteTemplateRow> Active);

/// <summary>A revision as <c>QuoteTemplatePage.cshtml</c> shows it.</summary>
public sealed record QuoteTemplatePage(QuoteTemplateRow Row, IReadOnlyList<QuoteTemplateTurn> Turns, bool IsOwn);
