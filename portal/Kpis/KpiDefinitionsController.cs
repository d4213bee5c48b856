using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Database;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Kpis.Formulas;
using Portal.Kpis.Metrics;
using Portal.Web;

namespace Portal.Kpis;

/// <summary>What the brand measures, and since when.</summary>
[Route("kpis/definitions")]
public sealed class KpiDefinitionsController(
    KpiDefinitions kpis, DefineKpi defineKpi, TargetStore targets, Attainments attainments, PartnerNames partners, BrandCalendar calendar, Db db, Texts t, ICurrentPerson me, TimeProvider clock) : Controller
{
    /// <summary>All KPIs.</summary>
    [HttpGet]
    public async Task<IActionResult> Index(CancellationToken ct) => View("KpiDefinitionList", await kpis.ListAsync(ct));

    /// <summary>All KPIs as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(CancellationToken ct)
    {
        await Response.SendListAsync(t["kpis.definitions"], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["kpis.number"], Width: 20), new(t["kpis.name"], Width: 30), new(t["kpis.metric"], Width: 40), new(t["kpis.product_line"], Width: 24), new(t["kpis.unit"]), new(t["kpis.period"]), new(t["kpis.direction"]), new(t["kpis.status"]),
            ],
            (await kpis.ListAsync(ct)).ToAsyncEnumerable().Select(IReadOnlyList<object?> (kpi) =>
            [
                kpi.Number, Named.In(kpi.Name, kpi.NameZh), Named.Measure(kpi.Formula, t),
                kpi.ProductLines.Length == 0 ? t["kpis.all_lines"].Value : string.Join(", ", kpi.ProductLineNames.Zip(kpi.ProductLineNamesZh, Named.In)),
                UnitWords.Of(Named.Unit(kpi.Unit), t), t["kpis.period." + kpi.Period].Value, t["kpis.direction." + kpi.Direction].Value, t["kpis.status." + kpi.Status].Value,
            ]), ct);
        return new EmptyResult();
    }

    /// <summary>One KPI with its versions and what changed between them.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await kpis.FindAsync(number, ct) is not { } kpi ? NotFound()
        : View("KpiDefinitionPage", new KpiDefinitionPage(kpi, await kpis.VersionsAsync(number, ct), (await calendar.TodayAsync(ct)).Today));

    /// <summary>The form for a new one.</summary>
    [HttpGet("new"), AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> New(CancellationToken ct) => View("KpiDefinitionForm", await WithChoicesAsync(new KpiForm(), null, ct));

    /// <summary>Defines it.</summary>
    [HttpPost, AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Create(KpiForm form, CancellationToken ct)
    {
        Expect(form.Name, nameof(form.Name));
        Expect(form.NameZh, nameof(form.NameZh));
        if (!ModelState.IsValid)
        {
            return await AgainAsync(form, null, ct);
        }

        var wanted = form.Wanted;
        var outcome = await defineKpi.RunAsync(new(form.Name!.Trim(), form.NameZh!.Trim(), null, null, wanted.Direction, wanted.Period)
        {
            Formula = wanted.Formula, ProductLines = wanted.ProductLines, PartnerTypes = wanted.PartnerTypes, PartnerLevels = wanted.PartnerLevels, Territories = wanted.Territories,
            Green = wanted.Green, Amber = wanted.Amber, From = wanted.From, Note = wanted.Note, Draft = form.AsDraft,
        }, me.PersonNumber, ct);
        return await AnswerAsync(outcome, form, null, ct);
    }

    /// <summary>The form for another version, filled with the draft or with what holds.</summary>
    [HttpGet("{number}/versions/new"), AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Edit(string number, CancellationToken ct)
    {
        if (await kpis.FindAsync(number, ct) is not { Status: not "retired" } kpi)
        {
            return NotFound();
        }

        var version = (await kpis.VersionsAsync(number, ct)).Find(version => version.Status != "replaced")!;
        var kind = Period.ParseKind(version.Period)!.Value;
        var form = KpiForm.Of(kpi, version, kpi.Status == "draft" ? null : Period.Of(kind, (await calendar.TodayAsync(ct)).Today).Following.ToString());
        return View("KpiDefinitionForm", await WithChoicesAsync(form, kpi, ct));
    }

    /// <summary>Publishes another version, or keeps it as the draft.</summary>
    [HttpPost("{number}/versions"), AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Update(string number, int version, KpiForm form, CancellationToken ct)
    {
        if (await kpis.FindAsync(number, ct) is not { } kpi)
        {
            return NotFound();
        }

        return ModelState.IsValid ? await AnswerAsync(await defineKpi.ReviseAsync(number, version, form.Wanted, !form.AsDraft, me.PersonNumber, ct), form, kpi, ct) : await AgainAsync(form, kpi, ct);
    }

    /// <summary>What is in the form, tried out: what is wrong with its formula, or its unit and what it gave for one partner in the last full period.</summary>
    [HttpPost("preview"), AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Preview(KpiForm form, string? number, CancellationToken ct)
    {
        var wanted = form.Wanted;
        var kpi = number is null ? null : await kpis.FindAsync(number, ct);
        var (refused, unit, tree) = await defineKpi.TryAsync(kpi, wanted, ct);
        var (today, currency) = await calendar.TodayAsync(ct);
        var period = Period.Of(Period.ParseKind(wanted.Period) ?? PeriodKind.Quarter, today).Previous;
        var partner = form.Example is { Length: > 0 } example ? await partners.FindAsync(example, ct) : null;
        var value = tree is null || partner is null ? null : await attainments.ExampleAsync(tree, period, partner.PartnerId, ct);
        return PartialView("_FormulaPreview", new FormulaPreview(wanted.Formula, refused, unit, partner, period, value, currency));
    }

    /// <summary>Retires one: it stays readable and gets no more targets.</summary>
    [HttpPost("{number}/retirement"), AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Delete(string number, int version, CancellationToken ct)
    {
        switch (await defineKpi.RetireAsync(number, version, ct))
        {
            case KpiDefined.Stored(var kpi):
                this.Flash(FlashKind.Done, t["kpis.retired", Named.In(kpi.Name, kpi.NameZh)]);
                break;
            case KpiDefined.Refused refused:
                this.Flash(FlashKind.Problem, refused.Said(t));
                break;
            case KpiDefined.ChangedMeanwhile:
                this.Flash(FlashKind.Problem, t["kpis.changed_meanwhile", number]);
                break;
            default:
                return NotFound();
        }

        return RedirectToAction(nameof(Index));
    }

    async Task<IActionResult> AnswerAsync(KpiDefined outcome, KpiForm form, KpiDefinition? kpi, CancellationToken ct)
    {
        switch (outcome)
        {
            case KpiDefined.Stored(var stored) when form.AsDraft:
                this.Flash(FlashKind.Done, t["kpis.drafted", Named.In(stored.Name, stored.NameZh)]);
                return RedirectToAction(nameof(Show), new { number = stored.Number });
            case KpiDefined.Stored(var stored) when kpi is null || kpi.Status == "draft":
                this.Flash(FlashKind.Done, t["kpis.defined", Named.In(stored.Name, stored.NameZh)]);
                return RedirectToAction(nameof(KpiTargetsController.Edit), "KpiTargets", new { kpi = stored.Number });
            case KpiDefined.Stored(var stored):
                this.Flash(FlashKind.Done, t["kpis.version_published", Named.In(stored.Name, stored.NameZh), form.From ?? ""]);
                return RedirectToAction(nameof(Show), new { number = stored.Number });
            case KpiDefined.Refused refused:
                ModelState.AddModelError(KpiForm.FieldOf(refused.Field), refused.Said(t));
                return await AgainAsync(form, kpi, ct);
            case KpiDefined.ChangedMeanwhile:
                ModelState.AddModelError("", t["kpis.changed_meanwhile", kpi is null ? "" : Named.In(kpi.Name, kpi.NameZh)]);
                return await AgainAsync(form, kpi, ct);
            default:
                return NotFound();
        }
    }

    void Expect(string? value, string field)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            ModelState.AddModelError(field, t["kpis.refused.name"]);
        }
    }

    async Task<IActionResult> AgainAsync(KpiForm form, KpiDefinition? kpi, CancellationToken ct)
    {
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("KpiDefinitionForm", await WithChoicesAsync(form, kpi, ct));
    }

    async Task<KpiForm> WithChoicesAsync(KpiForm form, KpiDefinition? kpi, CancellationToken ct)
    {
        var (today, currency) = await calendar.TodayAsync(ct);
        var choices = await partners.ExamplesAsync(ct);
        form.Example ??= choices.Count > 0 ? choices[0].Number : null;
        var example = choices.Find(partner => partner.Number == form.Example);
        var period = Period.Of(Period.ParseKind(form.Period) ?? PeriodKind.Quarter, today).Previous;
        form.Choices = new(
            kpi, await db.ListAsync<NamedCode>("select code, name, name_zh from product_line order by name", null, ct), await targets.TerritoriesAsync(ct), choices,
            [.. (await kpis.ListAsync(ct)).Where(other => other.Status == "published" && other.Number != kpi?.Number)],
            example is null ? new Dictionary<string, decimal>(StringComparer.Ordinal) : await attainments.ExamplesAsync(period, example.PartnerId, ct), period, currency);
        return form;
    }
}

/// <summary>The form for a KPI or another version of it.</summary>
public sealed class KpiForm
{
    /// <summary>Its name in English.</summary>
    [StringLength(120)]
    public string? Name { get; set; }

    /// <summary>Its name in Chinese.</summary>
    [StringLength(120)]
    public string? NameZh { get; set; }

    /// <summary>A metric of the catalogue; nothing where a formula is written.</summary>
    public string? Metric { get; set; }

    /// <summary>A formula; it goes before <see cref="Metric"/>.</summary>
    public string? Formula { get; set; }

    /// <summary>The product lines that count; none is all.</summary>
    public List<string> ProductLines { get; set; } = [];

    /// <summary>The types of partners it is for; none is all.</summary>
    public List<string> PartnerTypes { get; set; } = [];

    /// <summary>The levels it is for; none is all.</summary>
    public List<string> PartnerLevels { get; set; } = [];

    /// <summary>The territories it is for; none is all.</summary>
    public List<string> Territories { get; set; } = [];

    /// <summary>up or down.</summary>
    [Required]
    public string? Direction { get; set; } = "up";

    /// <summary>The kind of period.</summary>
    [Required]
    public string? Period { get; set; } = "quarter";

    /// <summary>Per cent of the target from which it is green.</summary>
    [Range(1, 200)]
    public decimal? Green { get; set; } = 100;

    /// <summary>Per cent of the target below which it is red.</summary>
    [Range(1, 199)]
    public decimal? Amber { get; set; } = 80;

    /// <summary>The first period it holds for.</summary>
    [StringLength(11)]
    public string? From { get; set; }

    /// <summary>Why.</summary>
    [StringLength(500)]
    public string? Note { get; set; }

    /// <summary>The partner whose figures are the example.</summary>
    public string? Example { get; set; }

    /// <summary>Kept as a draft that only the brand sees.</summary>
    public bool AsDraft { get; set; }

    /// <summary>What there is to choose from; not bound from the form.</summary>
    [BindNever]
    public KpiFormChoices? Choices { get; set; }

    internal WantedVersion Wanted => new(Formula is { Length: > 0 } ? Formula : Metric ?? "", Direction ?? "", Period ?? "")
    {
        ProductLines = ProductLines, PartnerTypes = PartnerTypes, PartnerLevels = PartnerLevels, Territories = Territories, Green = (Green ?? 100) / 100, Amber = (Amber ?? 80) / 100,
        From = Typed.Trimmed(From), Note = Typed.Text(Note),
    };

    internal static KpiForm Of(KpiDefinition kpi, KpiVersion version, string? from)
    {
        var isMetric = MetricCatalog.Lists(version.Formula);
        return new()
        {
            Name = kpi.Name, NameZh = kpi.NameZh, Metric = isMetric ? version.Formula : null, Formula = isMetric ? null : version.Formula, ProductLines = [.. version.ProductLines],
            PartnerTypes = [.. version.PartnerTypes], PartnerLevels = [.. version.PartnerLevels], Territories = [.. version.Territories], Direction = version.Direction, Period = version.Period,
            Green = Plain(version.Green * 100), Amber = Plain(version.Amber * 100), From = from, Note = version.Status == "draft" ? version.Note : null,
        };
    }

    // 100 and not 100.0000: dividing by a one with many zeros takes them away.
    static decimal Plain(decimal number) => number / 1.0000000000000000000000000000m;

    internal static string FieldOf(string field) => field switch
    {
        "name" => nameof(Name), "name_zh" => nameof(NameZh), "formula" => nameof(Formula), "product_line" => nameof(ProductLines), "direction" => nameof(Direction), "territory" => nameof(Territories),
        "partner_type" => nameof(PartnerTypes), "partner_level" => nameof(PartnerLevels), "green" => nameof(Green), "from" => nameof(From), "note" => nameof(Note), _ => nameof(Period),
    };
}

/// <summary>What the form offers.</summary>
/// <param name="Kpi">The KPI that gets another version; null for a new one.</param>
/// <param name="Lines">Product lines.</param>
/// <param name="Territories">Territories.</param>
/// <param name="Partners">Partners whose figures can be the example.</param>
/// <param name="Kpis">Other KPIs, to be named in a formula.</param>
/// <param name="Examples">The example partner's figure of each base metric.</param>
/// <param name="Period">Of which period.</param>
/// <param name="Currency">The brand's.</param>
public sealed record KpiFormChoices(
    KpiDefinition? Kpi, IReadOnlyList<NamedCode> Lines, IReadOnlyList<Territory> Territories, IReadOnlyList<PartnerName> Partners, IReadOnlyList<KpiDefinition> Kpis,
    IReadOnlyDictionary<string, decimal> Examples, Period Period, string Currency);

/// <summary>A formula tried out.</summary>
/// <param name="Formula">What was written.</param>
/// <param name="Refused">What is wrong with it.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Partner">Whose figures.</param>
/// <param name="Period">Of which period.</param>
/// <param name="Value">What it gives; null where it cannot be computed.</param>
/// <param name="Currency">The brand's.</param>
public sealed record FormulaPreview(string Formula, KpiDefined.Refused? Refused, Unit Unit, PartnerName? Partner, Period Period, decimal? Value, string Currency);

/// <summary>The page of one KPI.</summary>
/// <param name="Kpi">The KPI.</param>
/// <param name="Versions">Its versions, the latest first.</param>
/// <param name="Today">Today in the brand's zone.</param>
public sealed record KpiDefinitionPage(KpiDefinition Kpi, IReadOnlyList<KpiVersion> Versions, DateOnly Today)
{
    /// <summary>What changed with a version against the one that held before it.</summary>
    public IReadOnlyList<VersionChange> ChangesOf(KpiVersion version) => VersionChanges.Between(
        Versions.FirstOrDefault(other => other.Ordinal < version.Ordinal && (other.Status == "published" || version.Status == "replaced")), version);
}

/// <summary>A code with its names.</summary>
public sealed record NamedCode(string Code, string Name, string NameZh);
