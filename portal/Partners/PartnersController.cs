using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Pricing;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Partners;

/// <summary>The list, the tree and the page of partners.</summary>
[Route("partners")]
public sealed class PartnersController(
    IEnumerable<IPartnerPart> parts,
    PartnerStore partners, PartnerList list, PersonStore people, AddPartner addPartner, EditPartner editPartner, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    const int MostInBranch = 500;

    /// <summary>The list of everybody below the own company.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, PartnerList.Shape);
        return View("PartnerList", new PartnerListPage(query, await list.PageAsync(query, ct), await partners.TerritoriesAsync(ct), me.Has(Keepers)));
    }

    /// <summary>The list as a workbook.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) =>
        Response.SendListAsync(t["partners.partners"], me.PartnerName, clock.GetUtcNow(), PartnerExport.Columns(t), PartnerExport.Rows(list.AllAsync(ListQuery.Read(Request, PartnerList.Shape), ct), t), ct);

    /// <summary>The tree below the own company, or below one of the partners in it.</summary>
    [HttpGet("tree/{number?}")]
    public async Task<IActionResult> Tree(string? number, CancellationToken ct)
    {
        var root = await partners.FindAsync(number ?? me.PartnerNumber, ct);
        return root is not { IsMine: true } ? NotFound()
            : View("PartnerTree", new PartnerTreePage(root, await partners.UpstreamsAsync(root.PartnerId, ct), await partners.BranchAsync(root.Number, MostInBranch, ct), await partners.CountBelowAsync(root.PartnerId, ct)));
    }

    /// <summary>The partners directly below one, for the tree as it is opened.</summary>
    [HttpGet("{number}/branch")]
    public async Task<IActionResult> Branch(string number, CancellationToken ct) =>
        PartialView("_Branch", await partners.BranchAsync(number, MostInBranch, ct));

    /// <summary>One partner.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await partners.FindAsync(number, ct) is not { } partner)
        {
            return NotFound();
        }

        return View("PartnerPage", new PartnerPage(
            partner,
            await partners.UpstreamsAsync(partner.PartnerId, ct),
            partner.IsMine ? await partners.BranchAsync(partner.Number, 10, ct) : [],
            partner.IsMine ? await partners.CountBelowAsync(partner.PartnerId, ct) : [],
            await people.OfPartnerAsync(partner.PartnerId, ct),
            await partners.ChannelManagersAsync(partner.PartnerId, ct),
            me.Has("brand_admin") ? await partners.PossibleChannelManagersAsync(ct) : [],
            partner.IsSuspended ? await partners.SuspensionAsync(partner.PartnerId, ct) : null,
            me.Has(Keepers))
        {
            Parts = await PartsAsync(partner, ct),
        });
    }

    // A partner's own page says nothing of what others could sell to it.
    async Task<IReadOnlyList<PartnerPart>> PartsAsync(Partner partner, CancellationToken ct)
    {
        List<PartnerPart> shown = [];
        foreach (var part in partner is { IsMine: true, IsBrand: false } && partner.PartnerId != me.PartnerId ? parts : [])
        {
            if (await part.ShowAsync(partner, ct) is { } found)
            {
                shown.Add(found);
            }
        }

        return shown;
    }

    /// <summary>The form for a new partner.</summary>
    [HttpGet("new")]
    [AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> New(string? upstream, CancellationToken ct) =>
        await FormAsync(new PartnerForm { Upstream = upstream, Facts = new() { PartnerType = "reseller", PartnerLevel = "registered", CountryCode = "CN", Currency = me.Currency, Language = Languages.Current, TimeZone = me.TimeZone } }, null, ct);

    /// <summary>Adds it.</summary>
    [HttpPost("")]
    [AllowRoles("brand_admin", "channel_manager")]
    [Idempotent]
    public async Task<IActionResult> Create([FromForm(Name = "Form")] PartnerForm form, CancellationToken ct)
    {
        switch (ModelState.IsValid ? await addPartner.RunAsync(form.Facts, form.Upstream, ct) : new PartnerOutcome.Refused())
        {
            case PartnerOutcome.Done(var number):
                this.Flash(FlashKind.Done, t["partners.added", form.Facts.Name ?? ""]);
                return RedirectToAction(nameof(Show), new { number });
            case PartnerOutcome.Refused(var problems):
                Explain(problems);
                return await FormAsync(form, null, ct);
            default:
                throw new InvalidOperationException("A new partner is added or refused.");
        }
    }

    /// <summary>The form of a partner that is there.</summary>
    [HttpGet("{number}/edit")]
    [AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Edit(string number, CancellationToken ct) =>
        await partners.FindAsync(number, ct) is { } partner ? await FormAsync(new PartnerForm { Facts = partner.Facts(), Version = partner.Version }, partner, ct) : NotFound();

    /// <summary>Changes it.</summary>
    [HttpPost("{number}")]
    [AllowRoles("brand_admin", "channel_manager")]
    public async Task<IActionResult> Update(string number, [FromForm(Name = "Form")] PartnerForm form, CancellationToken ct)
    {
        switch (ModelState.IsValid ? await editPartner.RunAsync(number, form.Version, form.Facts, ct) : new PartnerOutcome.Refused())
        {
            case PartnerOutcome.Done:
                this.Flash(FlashKind.Done, t["partners.changed", form.Facts.Name ?? ""]);
                return RedirectToAction(nameof(Show), new { number });
            case PartnerOutcome.Stale:
                ModelState.AddModelError("", t["partners.stale"]);
                break;
            case PartnerOutcome.Refused(var problems):
                Explain(problems);
                break;
            default:
                return NotFound();
        }

        return await FormAsync(form, await partners.FindAsync(number, ct), ct);
    }

    /// <summary>Who may add and change partners.</summary>
    internal static readonly string[] Keepers = ["brand_admin", "channel_manager"];

    async Task<IActionResult> FormAsync(PartnerForm form, Partner? partner, CancellationToken ct) =>
        partner is null && form.Version is not null ? NotFound() : View("PartnerForm", new PartnerFormPage(form, partner, await partners.TerritoriesAsync(ct), Choices(t)));

    void Explain(IEnumerable<FieldProblem> problems)
    {
        foreach (var problem in problems)
        {
            var key = problem.Field is "Upstream" ? "Form.Upstream" : $"Form.Facts.{problem.Field}";
            ModelState.AddModelError(key, t[problem.TextKey, [.. problem.Arguments]]);
        }
    }

    static PartnerChoices Choices(Texts t) => new(
        [.. PartnerWords.Types.Select(type => new SelectListItem(t[$"partners.type.{type}"], type))],
        [.. PartnerWords.Levels.Select(level => new SelectListItem(t[$"partners.level.{level}"], level))],
        CountriesByName(),
        [.. Currencies.Codes.Select(code => new SelectListItem(code, code))],
        [.. TextBook.Languages.Select(language => new SelectListItem(t[$"partners.language.{language}"], language))],
        Zones());

    static IReadOnlyList<SelectListItem> CountriesByName() =>
        [.. Countries.Codes.Select(code => new SelectListItem($"{Countries.Name(code)} ({code})", code)).OrderBy(item => item.Text, StringComparer.CurrentCulture)];

    /// <summary>The time zones this machine knows, by their IANA names.</summary>
    internal static IReadOnlyList<SelectListItem> Zones() =>
        [.. TimeZoneInfo.GetSystemTimeZones().Where(zone => zone.HasIanaId).OrderBy(zone => zone.Id, StringComparer.Ordinal).Select(zone => new SelectListItem(zone.Id, zone.Id))];
}

/// <summary>The list as <c>PartnerList.cshtml</c> shows it.</summary>
public sealed record PartnerListPage(ListQuery Query, ListPage<PartnerRowShown> Page, IReadOnlyList<Territory> Territories, bool MayAdd);

/// <summary>The tree as <c>PartnerTree.cshtml</c> shows it.</summary>
public sealed record PartnerTreePage(Partner Root, IReadOnlyList<PartnerName> Upstreams, IReadOnlyList<BranchNode> Branch, IReadOnlyList<TypeCount> Below);

/// <summary>A partner as <c>PartnerPage.cshtml</c> shows it.</summary>
public sealed record PartnerPage(
    Partner Partner, IReadOnlyList<PartnerName> Upstreams, IReadOnlyList<BranchNode> Branch, IReadOnlyList<TypeCount> Below, IReadOnlyList<Person> People,
    IReadOnlyList<PersonName> ChannelManagers, IReadOnlyList<PersonName> PossibleChannelManagers, Suspension? Suspension, bool MayChange)
{
    /// <summary>What other features show of it.</summary>
    public IReadOnlyList<PartnerPart> Parts { get; init; } = [];
}

/// <summary>What the form sends.</summary>
public sealed record PartnerForm
{
    /// <summary>The facts.</summary>
    public PartnerFacts Facts { get; init; } = new();

    /// <summary>The number or code of the company a new partner buys from.</summary>
    public string? Upstream { get; init; }

    /// <summary>The version that was read; none for a new partner.</summary>
    public int? Version { get; init; }
}

/// <summary>The form as <c>PartnerForm.cshtml</c> shows it.</summary>
public sealed record PartnerFormPage(PartnerForm Form, Partner? Partner, IReadOnlyList<Territory> Territories, PartnerChoices Choices);

/// <summary>What the lists of the form offer.</summary>
public sealed record PartnerChoices(
    IReadOnlyList<SelectListItem> Types, IReadOnlyList<SelectListItem> Levels, IReadOnlyList<SelectListItem> Countries, IReadOnlyList<SelectListItem> Currencies,
    IReadOnlyList<SelectListItem> Languages, IReadOnlyList<SelectListItem> TimeZones);

/// <summary>The list as a workbook.</summary>
static class PartnerExport
{
    public static IReadOnlyList<TableColumn> Columns(Texts t) =>
    [
        new(t["partners.number"], Width: 20), new(t["partners.code"]), new(t["partners.name"], Width: 30), new(t["partners.name_latin"], Width: 30), new(t["partners.type"]), new(t["partners.level"]),
        new(t["partners.status"], Width: 12), new(t["partners.upstream"], Width: 30), new(t["partners.territory"]), new(t["partners.country"], Width: 9), new(t["partners.state"]), new(t["partners.city"]),
        new(t["partners.postal_code"], Width: 12), new(t["partners.address"], Width: 34), new(t["partners.phone"]), new(t["partners.currency"], Width: 9), new(t["partners.annual_sales"], TableColumnKind.Number),
        new(t["partners.employees"], TableColumnKind.Number, Decimals: 0),
    ];

    public static async IAsyncEnumerable<IReadOnlyList<object?>> Rows(IAsyncEnumerable<PartnerRowShown> rows, Texts t)
    {
        var chinese = Languages.Current == "zh-CN";
        await foreach (var row in rows)
        {
            yield return
            [
                row.Number, row.Code, row.Name, row.NameLatin, t[$"partners.type.{row.PartnerType}"].Value, t[$"partners.level.{row.PartnerLevel}"].Value, t[$"partners.status.{row.Status}"].Value,
                row.UpstreamName, chinese ? row.TerritoryNameZh : row.TerritoryName, row.CountryCode, row.State, row.City, row.PostalCode, row.Address, row.Phone, row.Currency, row.AnnualSales, row.Employees,
            ];
        }
    }
}
