using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Platform.Database;
using Platform.Texts;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>What the brand measures.</summary>
[Route("kpis/definitions")]
public sealed class KpiDefinitionsController(KpiStore kpis, DefineKpi defineKpi, Db db, Texts t) : Controller
{
    /// <summary>All KPIs.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(CancellationToken ct) => View("KpiDefinitionList", await kpis.DefinitionsAsync(ct));

    /// <summary>The form for a new one.</summary>
    [HttpGet("new"), AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> New(CancellationToken ct) => View("KpiDefinitionForm", await WithLinesAsync(new KpiForm(), ct));

    /// <summary>Defines it.</summary>
    [HttpPost, AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Create(KpiForm form, CancellationToken ct)
    {
        if (!ModelState.IsValid)
        {
            return await AgainAsync(form, ct);
        }

        switch (await defineKpi.RunAsync(new(form.Name!.Trim(), form.NameZh!.Trim(), form.Metric!, form.ProductLine, form.Direction!, form.Period!), ct))
        {
            case KpiDefined.Stored(var kpi):
                this.Flash(FlashKind.Done, t["kpis.defined", kpi.Name]);
                return RedirectToAction(nameof(KpiTargetsController.Edit), "KpiTargets", new { kpi = kpi.Number });
            case KpiDefined.Refused(var field, var reason):
                ModelState.AddModelError(KpiForm.FieldOf(field), t[reason]);
                return await AgainAsync(form, ct);
            default:
                throw new InvalidOperationException("A KPI is either defined or refused.");
        }
    }

    /// <summary>Retires one: it stays readable and gets no more targets.</summary>
    [HttpPost("{number}/retirement"), AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Delete(string number, int version, CancellationToken ct)
    {
        if (await kpis.FindDefinitionAsync(number, ct) is not { } kpi)
        {
            return NotFound();
        }

        var done = await defineKpi.RetireAsync(number, version, ct);
        this.Flash(done ? FlashKind.Done : FlashKind.Problem, t[done ? "kpis.retired" : "kpis.changed_meanwhile", kpi.Name]);
        return RedirectToAction(nameof(Index));
    }

    async Task<IActionResult> AgainAsync(KpiForm form, CancellationToken ct)
    {
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("KpiDefinitionForm", await WithLinesAsync(form, ct));
    }

    async Task<KpiForm> WithLinesAsync(KpiForm form, CancellationToken ct)
    {
        form.ProductLines = await db.ListAsync<NamedCode>("select code, name, name_zh from product_line order by name", null, ct);
        return form;
    }
}

/// <summary>The form for a KPI.</summary>
public sealed class KpiForm
{
    /// <summary>Its name in English.</summary>
    [Required, StringLength(120)]
    public string? Name { get; set; }

    /// <summary>Its name in Chinese.</summary>
    [Required, StringLength(120)]
    public string? NameZh { get; set; }

    /// <summary>One of <see cref="DefineKpi.Metrics"/>.</summary>
    [Required]
    public string? Metric { get; set; }

    /// <summary>Narrows it to a product line.</summary>
    public string? ProductLine { get; set; }

    /// <summary>up or down.</summary>
    [Required]
    public string? Direction { get; set; } = "up";

    /// <summary>month, quarter or year.</summary>
    [Required]
    public string? Period { get; set; } = "quarter";

    /// <summary>The lines to choose from; not bound from the form.</summary>
    [Microsoft.AspNetCore.Mvc.ModelBinding.BindNever]
    public IReadOnlyList<NamedCode> ProductLines { get; set; } = [];

    internal static string FieldOf(string field) => field switch
    {
        "name" => nameof(Name), "name_zh" => nameof(NameZh), "metric" => nameof(Metric), "product_line" => nameof(ProductLine), "direction" => nameof(Direction), _ => nameof(Period),
    };
}

/// <summary>A code with its names.</summary>
public sealed record NamedCode(string Code, string Name, string NameZh);
