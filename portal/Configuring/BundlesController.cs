using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Configuring;

/// <summary>The brand's bundles: their versions, the draft, and its publication.</summary>
[Route("configure/bundles")]
[AllowRoles("brand_admin", "deal_desk", "channel_manager")]
public sealed class BundlesController(BundleStore bundles, KeepBundle keepBundle, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>All versions of all bundles.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, BundleStore.Shape);
        return View("BundleList", new BundleListPage(query, await bundles.PageAsync(query, ct), me.Has(BundleWords.Keepers)));
    }

    /// <summary>The same as a file.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) => Response.SendListAsync(t["configuring.bundles"], me.PartnerName, clock.GetUtcNow(),
        [
            new(t["configuring.code"], Width: 20), new(t["configuring.version"], TableColumnKind.Number, 10, 0), new(t["configuring.name"], Width: 36), new(t["configuring.state"], Width: 14), new(t["configuring.from"], TableColumnKind.Date, 12), new(t["configuring.until"], TableColumnKind.Date, 12),
            new(t["configuring.options"], TableColumnKind.Number, 10, 0), new(t["configuring.configurations"], TableColumnKind.Number, 14, 0), new(t["configuring.changed_at"], TableColumnKind.Time, 18),
        ],
        bundles.StreamAsync(ListQuery.Read(Request, BundleStore.Shape), ct).Select(IReadOnlyList<object?> (row) =>
        [
            row.Code, row.Version, BundleWords.Pick(row.Name, row.NameZh), t[$"configuring.state.{row.State}"].Value, row.ValidFrom, row.ValidUntil, row.Options, row.Configurations, Formats.In(row.ChangedAt, Formats.Zone(me.TimeZone)),
        ]), ct);

    /// <summary>One version; the newest where none is named.</summary>
    [HttpGet("{code}")]
    public async Task<IActionResult> Show(string code, int? version, CancellationToken ct) => await PageAsync(code, version, [], ct) is { } page ? View("BundlePage", page) : NotFound();

    /// <summary>The form for a new one.</summary>
    [HttpGet("new"), AllowRoles("brand_admin", "deal_desk")]
    public IActionResult New() => View("BundleForm", new BundleForm { Groups = [new() { Least = 1, Most = 1 }], Options = [new(), new()] });

    /// <summary>Writes it as a draft.</summary>
    [HttpPost(""), Idempotent, AllowRoles("brand_admin", "deal_desk"), RequestFormLimits(ValueCountLimit = 8000)]
    public async Task<IActionResult> Create(BundleForm form, CancellationToken ct) => form.More is null && ModelState.IsValid ? Answer(await keepBundle.CreateAsync(form.Facts(), ct), form) : Again(form);

    /// <summary>The form for the draft; where the last version is published, for the next one.</summary>
    [HttpGet("{code}/edit"), AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> Edit(string code, CancellationToken ct) => await bundles.NewestAsync(code, ct) is { } newest ? View("BundleForm", BundleForm.Of(newest)) : NotFound();

    /// <summary>Changes it.</summary>
    [HttpPost("{code}/edit"), Idempotent, AllowRoles("brand_admin", "deal_desk"), RequestFormLimits(ValueCountLimit = 8000)]
    public async Task<IActionResult> Update(string code, BundleForm form, CancellationToken ct)
    {
        form.Number = code;
        return form.More is null && ModelState.IsValid ? Answer(await keepBundle.UpdateAsync(code, form.RowVersion ?? 0, form.Facts(), ct), form) : Again(form);
    }

    /// <summary>Publishes the draft.</summary>
    [HttpPost("{code}/publication"), Idempotent, AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> Publish(string code, int rowVersion, DateOnly? from, DateOnly? until, CancellationToken ct)
    {
        switch (await keepBundle.PublishAsync(code, rowVersion, from, until, ct))
        {
            case BundleOutcome.Done:
                this.Flash(FlashKind.Done, t["configuring.published", code]);
                return RedirectToAction(nameof(Show), new { code });
            case BundleOutcome.NotFound:
                return NotFound();
            case BundleOutcome.Forbidden:
                return Forbid();
            case BundleOutcome.Refused(var problems):
                Response.StatusCode = StatusCodes.Status400BadRequest;
                return await PageAsync(code, null, [.. problems.Select(problem => problem.Text(t))], ct) is { } page ? View("BundlePage", page) : NotFound();
            default:
                this.Flash(FlashKind.Problem, t["configuring.stale"]);
                return RedirectToAction(nameof(Show), new { code });
        }
    }

    /// <summary>Gives it its last day.</summary>
    [HttpPost("{code}/end"), AllowRoles("brand_admin", "deal_desk")]
    public async Task<IActionResult> End(string code, DateOnly? lastDay, CancellationToken ct)
    {
        switch (await keepBundle.EndAsync(code, lastDay, ct))
        {
            case BundleOutcome.NotFound:
                return NotFound();
            case BundleOutcome.Forbidden:
                return Forbid();
            case BundleOutcome.Refused([var problem, ..]):
                this.Flash(FlashKind.Problem, problem.Text(t));
                break;
            default:
                this.Flash(FlashKind.Done, t["configuring.ended", code]);
                break;
        }

        return RedirectToAction(nameof(Show), new { code });
    }

    async Task<BundlePage?> PageAsync(string code, int? version, IReadOnlyList<string> problems, CancellationToken ct) =>
        await bundles.NewestAsync(code, ct) is not { } newest ? null
        : version is null || version == newest.Version ? new(newest, newest.Version, await bundles.TodayAsync(ct), me.Has(BundleWords.Keepers), problems)
        : await bundles.VersionAsync(code, version.Value, ct) is { } other ? new(other, newest.Version, await bundles.TodayAsync(ct), me.Has(BundleWords.Keepers), problems) : null;

    ViewResult Again(BundleForm form)
    {
        if (form.More is not null)
        {
            // nobody asked yet whether it is right
            ModelState.Clear();
            form.AddRows();
        }
        else
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
        }

        return View("BundleForm", form);
    }

    IActionResult Answer(BundleOutcome outcome, BundleForm form)
    {
        switch (outcome)
        {
            case BundleOutcome.Done(var code):
                this.Flash(FlashKind.Done, t["configuring.stored", code]);
                return RedirectToAction(nameof(Show), new { code });
            case BundleOutcome.NotFound:
                return NotFound();
            case BundleOutcome.Forbidden:
                return Forbid();
            case BundleOutcome.Refused(var problems):
                // the rows that stay are those that were looked at
                form.DropEmptyRows();
                ModelState.Clear();
                ModelState.Explain(problems, t);
                break;
            default:
                ModelState.AddModelError("", t["configuring.stale"]);
                break;
        }

        Response.StatusCode = StatusCodes.Status400BadRequest;
        return View("BundleForm", form);
    }
}

/// <summary>The list of bundles.</summary>
public sealed record BundleListPage(ListQuery Query, ListPage<BundleRow> Rows, bool MayKeep);

/// <summary>One version of a bundle.</summary>
/// <param name="Bundle">The version.</param>
/// <param name="Newest">The number of the newest.</param>
/// <param name="Today">Today, by the brand's calendar.</param>
/// <param name="MayKeep">The person may change it.</param>
/// <param name="Problems">Why it was not published.</param>
public sealed record BundlePage(Bundle Bundle, int Newest, DateOnly Today, bool MayKeep, IReadOnlyList<string> Problems);

/// <summary>A draft as it is typed.</summary>
public sealed class BundleForm
{
    /// <summary>The code of the bundle that is changed; null for a new one.</summary>
    public string? Number { get; set; }

    /// <summary>The version of the record that the person saw.</summary>
    public int? RowVersion { get; set; }

    /// <summary>Set by the buttons that add rows: groups, options or rules.</summary>
    public string? More { get; set; }

    /// <summary>What the brand calls it.</summary>
    public string? Code { get; set; }

    /// <summary>Its name.</summary>
    public string? Name { get; set; }

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; set; }

    /// <summary>What it is for.</summary>
    public string? Description { get; set; }

    /// <summary>What it is for, in Chinese.</summary>
    public string? DescriptionZh { get; set; }

    /// <summary>The product that is configured.</summary>
    public string? Sku { get; set; }

    /// <summary>Whoever configures says for how many seats.</summary>
    public bool AsksSeats { get; set; }

    /// <summary>The groups.</summary>
    public List<GroupRow> Groups { get; set; } = [];

    /// <summary>The options.</summary>
    public List<OptionRow> Options { get; set; } = [];

    /// <summary>The rules.</summary>
    public List<RuleRow> Rules { get; set; } = [];

    /// <summary>A version as it would be typed.</summary>
    public static BundleForm Of(Bundle bundle) => new()
    {
        Number = bundle.Code, RowVersion = bundle.RowVersion, Code = bundle.Code, Name = bundle.Name, NameZh = bundle.NameZh, Description = bundle.Description, DescriptionZh = bundle.DescriptionZh, Sku = bundle.Sku, AsksSeats = bundle.AsksSeats,
        Groups = [.. bundle.Groups.Select(group => new GroupRow { Code = group.Code, Name = group.Name, NameZh = group.NameZh, Least = group.Least, Most = group.Most })],
        Options = [.. bundle.Options.Select(option => new OptionRow
        {
            Group = option.GroupCode, Sku = option.Sku, Inclusion = option.Inclusion, QuantityRule = option.QuantityRule, Quantity = option.Quantity, Seats = option.Seats, Least = option.Least, Most = option.Most,
            Multiple = option.Multiple == 1 ? null : option.Multiple, Note = option.Note, NoteZh = option.NoteZh,
        })],
        Rules = [.. bundle.Rules.Select(rule => new RuleRow { Kind = rule.Kind, When = rule.WhenSku, Count = rule.Count, Skus = string.Join(' ', rule.Skus), Why = rule.Why, WhyZh = rule.WhyZh })],
    };

    /// <summary>Adds empty rows where they were asked for.</summary>
    public void AddRows()
    {
        switch (More)
        {
            case "groups":
                Groups.Add(new());
                break;
            case "options":
                Options.AddRange(Enumerable.Range(0, 5).Select(_ => new OptionRow { Group = Options.LastOrDefault()?.Group }));
                break;
            default:
                Rules.Add(new());
                break;
        }

        More = null;
    }

    /// <summary>Leaves out rows in which nothing stands.</summary>
    public void DropEmptyRows()
    {
        Groups.RemoveAll(row => row.IsEmpty);
        Options.RemoveAll(row => row.IsEmpty);
        Rules.RemoveAll(row => row.IsEmpty);
    }

    /// <summary>As the act wants it; rows in which nothing stands are left out.</summary>
    internal BundleFacts Facts() => new()
    {
        Code = Code, Name = Name, NameZh = NameZh, Description = Description, DescriptionZh = DescriptionZh, Sku = Sku, AsksSeats = AsksSeats,
        Groups = [.. Groups.Where(row => !row.IsEmpty).Select(row => new GroupFacts(row.Code, row.Name, row.NameZh, row.Least, row.Most))],
        Options = [.. Options.Where(row => !row.IsEmpty).Select(row => new OptionFacts(row.Group, row.Sku, row.Inclusion, row.QuantityRule, row.Quantity, row.Seats, row.Least, row.Most, row.Multiple, row.Note, row.NoteZh))],
        Rules = [.. Rules.Where(row => !row.IsEmpty).Select(row => new RuleFacts(row.Kind, row.When, row.Kind is "at_least" or "at_most" ? row.Count : null, (row.Skus ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries), row.Why, row.WhyZh))],
    };

    static readonly char[] Separators = [' ', ',', ';', '\t', '\r', '\n', '，', '；', '、'];
}

/// <summary>A group as it is typed.</summary>
public sealed class GroupRow
{
    /// <summary>What the brand calls it.</summary>
    public string? Code { get; set; }

    /// <summary>Its name.</summary>
    public string? Name { get; set; }

    /// <summary>Its name in Chinese.</summary>
    public string? NameZh { get; set; }

    /// <summary>At least so many.</summary>
    public int? Least { get; set; }

    /// <summary>At most so many.</summary>
    public int? Most { get; set; }

    internal bool IsEmpty => string.IsNullOrWhiteSpace(Code) && string.IsNullOrWhiteSpace(Name) && string.IsNullOrWhiteSpace(NameZh);
}

/// <summary>An option as it is typed.</summary>
public sealed class OptionRow
{
    /// <summary>The code of its group.</summary>
    public string? Group { get; set; }

    /// <summary>The product.</summary>
    public string? Sku { get; set; }

    /// <summary>How it stands in the bundle.</summary>
    public string? Inclusion { get; set; }

    /// <summary>How its quantity comes about.</summary>
    public string? QuantityRule { get; set; }

    /// <summary>How many.</summary>
    public int? Quantity { get; set; }

    /// <summary>For each so many seats.</summary>
    public int? Seats { get; set; }

    /// <summary>No fewer.</summary>
    public int? Least { get; set; }

    /// <summary>No more.</summary>
    public int? Most { get; set; }

    /// <summary>Multiples of this.</summary>
    public int? Multiple { get; set; }

    /// <summary>What one should know.</summary>
    public string? Note { get; set; }

    /// <summary>The same in Chinese.</summary>
    public string? NoteZh { get; set; }

    internal bool IsEmpty => string.IsNullOrWhiteSpace(Sku) && string.IsNullOrWhiteSpace(Note) && string.IsNullOrWhiteSpace(NoteZh);
}

/// <summary>A rule as it is typed.</summary>
public sealed class RuleRow
{
    /// <summary>Its kind.</summary>
    public string? Kind { get; set; }

    /// <summary>The option it holds for.</summary>
    public string? When { get; set; }

    /// <summary>How many.</summary>
    public int? Count { get; set; }

    /// <summary>The options it is about, apart by blanks.</summary>
    public string? Skus { get; set; }

    /// <summary>The reason.</summary>
    public string? Why { get; set; }

    /// <summary>The reason in Chinese.</summary>
    public string? WhyZh { get; set; }

    internal bool IsEmpty => string.IsNullOrWhiteSpace(When) && string.IsNullOrWhiteSpace(Skus) && string.IsNullOrWhiteSpace(Why) && string.IsNullOrWhiteSpace(WhyZh);
}
