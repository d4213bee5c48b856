using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Customers;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Deals;

/// <summary>The list of deals, a deal's page, and the form that registers one.</summary>
[Route("deals")]
public sealed class DealsController(
    DealStore deals, DealLists lists, DealPages pages, ActivityStore activities, CapacityStore capacities, CustomerStore customers, RegisterDeal registerDeal, IEnumerable<IDealPart> parts, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The list.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, DealLists.Deals);
        return View("DealList", new DealListPage(query, await lists.PageAsync(query, Now, ct), await pages.ChoicesAsync(ct), MayRegister, me.IsBrand ? null : await capacities.FindAsync(me.PartnerId, Now, ct)));
    }

    /// <summary>The list as a workbook.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) =>
        Response.SendListAsync(t["deals.deals"], me.PartnerName, clock.GetUtcNow(), Columns(), RowsAsync(ListQuery.Read(Request, DealLists.Deals), ct), ct);

    /// <summary>The form for a new deal.</summary>
    [HttpGet("new"), AllowRoles("sales", "partner_admin")]
    public async Task<IActionResult> New(string? customer, CancellationToken ct)
    {
        var choices = await pages.ChoicesAsync(ct);
        var known = customer is null ? null : await customers.FindAsync(customer, ct);
        var day = await deals.DayAsync(Now, ct);
        return await FormAsync(
            new DealForm { CustomerNumber = known?.Number, CustomerName = known?.Name, CountryCode = choices.OwnCountry, Territory = choices.OwnTerritory, Currency = me.Currency, ExpectedClose = day.AddDays(60) }, null, ct);
    }

    /// <summary>Registers it.</summary>
    [HttpPost(""), AllowRoles("sales", "partner_admin"), TakesTurns("registrations"), Idempotent]
    public async Task<IActionResult> Create([FromForm] DealForm form, CancellationToken ct)
    {
        var known = form.CustomerNumber is null ? null : await customers.FindAsync(form.CustomerNumber, ct);
        return ModelState.IsValid && this.Leads(await registerDeal.EnterAsync(form.Typed(known), form.Submits, ct), t, "deals.entered") is { } page
            ? page
            : await FormAsync(form, null, ct);
    }

    /// <summary>One deal.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } deal)
        {
            return NotFound();
        }

        var verdict = await pages.VerdictAsync(deal.DealId, ct);
        var history = await pages.HistoryAsync(deal.DealId, ct);
        return View("DealPage", new DealPage(
            deal, DealLifecycle.ActsAllowed(deal.Status, me.IsBrand, me.Roles), deal.EditableFields.Count > 0, verdict,
            history, DealTimeline.Of(deal, history, await activities.ListAsync(deal.DealId, ct)), await pages.RemarksAsync(deal.DealId, ct), await pages.WaitingExtensionAsync(deal.DealId, ct),
            await deals.PolicyAsync(deal, Now, ct), await deals.DayAsync(Now, ct), await PartsAsync(deal, aside: false, ct), await PartsAsync(deal, aside: true, ct)));
    }

    /// <summary>The form of a deal that is there.</summary>
    [HttpGet("{number}/edit"), AllowRoles("sales", "partner_admin")]
    public async Task<IActionResult> Edit(string number, CancellationToken ct) =>
        await deals.FindAsync(number, ct) is { } deal && deal.EditableFields.Count > 0
            ? await FormAsync(DealForm.Of(deal), deal, ct)
            : NotFound();

    /// <summary>Changes it, and submits it where that button was pressed.</summary>
    [HttpPost("{number}"), AllowRoles("sales", "partner_admin")]
    public async Task<IActionResult> Update(string number, [FromForm] DealForm form, CancellationToken ct)
    {
        if (await deals.FindAsync(number, ct) is not { } deal)
        {
            return NotFound();
        }

        if (!ModelState.IsValid)
        {
            return await FormAsync(form, deal, ct);
        }

        var known = form.CustomerNumber is null ? null : await customers.FindAsync(form.CustomerNumber, ct);
        var outcome = await registerDeal.ChangeAsync(number, form.Version, form.Typed(known), ct);
        if (outcome is DealOutcome.Done(_, var version, _) && form.Submits)
        {
            outcome = await registerDeal.SubmitAsync(number, version, ct);
        }

        return this.Leads(outcome, t, "deals.saved") ?? await FormAsync(form, deal, ct);
    }

    async Task<List<ShownPart>> PartsAsync(Deal deal, bool aside, CancellationToken ct)
    {
        var shown = new List<ShownPart>();
        foreach (var part in parts.Where(part => part.IsAside == aside).OrderBy(part => part.Order))
        {
            if (await part.ShowAsync(deal, ct) is { } section)
            {
                shown.Add(section);
            }
        }

        return shown;
    }

    bool MayRegister => !me.IsBrand && me.Has("sales", "partner_admin");

    async Task<IActionResult> FormAsync(DealForm form, Deal? deal, CancellationToken ct)
    {
        ViewData["Page"] = new DealFormPage(deal, await pages.ChoicesAsync(ct), deal?.EditableFields ?? DealLifecycle.EditableFields("draft", me.IsBrand, me.Roles));
        return View("DealForm", form);
    }

    List<TableColumn> Columns() =>
    [
        new(t["deals.number"], Width: 20), new(t["deals.customer"], Width: 36), new(t["deals.partner"], Width: 28), new(t["deals.status"], Width: 18), new(t["deals.lines"], Width: 30),
        new(t["deals.territory"], Width: 18), new(t["deals.amount"], TableColumnKind.Number), new(t["deals.currency"], Width: 9), new(t["deals.expected_close"], TableColumnKind.Date, 13),
        new(t["deals.submitted_at"], TableColumnKind.Time, 17), new(t["deals.protected_until"], TableColumnKind.Time, 17),
    ];

    async IAsyncEnumerable<IReadOnlyList<object?>> RowsAsync(ListQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var zone = Formats.Zone(me.TimeZone);
        await foreach (var deal in lists.StreamAsync(query, Now, ct))
        {
            yield return
            [
                deal.Number, deal.CustomerName, deal.PartnerName, t[$"deals.status.{deal.Status}"].Value, DealWords.Lines(deal), DealWords.Territory(deal), deal.Amount, deal.Currency, deal.ExpectedClose,
                deal.SubmittedAt is { } submitted ? Formats.In(submitted, zone) : null, deal.ProtectedUntil is { } until ? Formats.In(until, zone) : null,
            ];
        }
    }
}

/// <summary>What <c>DealList.cshtml</c> shows.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The deals of the page.</param>
/// <param name="Choices">What can be filtered by.</param>
/// <param name="MayRegister">The person may register deals.</param>
/// <param name="Capacity">How many open claims the partner has and may have; null for the brand.</param>
public sealed record DealListPage(ListQuery Query, ListPage<DealRow> Page, DealChoices Choices, bool MayRegister, ClaimCapacity? Capacity);

/// <summary>What <c>DealForm.cshtml</c> shows beside the form.</summary>
/// <param name="Deal">The deal that is changed; null for a new one.</param>
/// <param name="Choices">What can be chosen.</param>
/// <param name="Editable">The fields that may be edited.</param>
public sealed record DealFormPage(Deal? Deal, DealChoices Choices, IReadOnlyList<DealField> Editable)
{
    /// <summary>True where a field may be edited.</summary>
    public bool May(DealField field) => Editable.Contains(field);
}

/// <summary>What <c>DealPage.cshtml</c> shows.</summary>
/// <param name="Deal">The deal.</param>
/// <param name="Acts">What the person may do with it now.</param>
/// <param name="MayEdit">The person may edit some of it.</param>
/// <param name="Verdict">The last verdict.</param>
/// <param name="History">What was done.</param>
/// <param name="Timeline">What was done, acts and activities in one order.</param>
/// <param name="Remarks">What was said.</param>
/// <param name="Extension">The extension request that waits.</param>
/// <param name="Policy">The policy that holds.</param>
/// <param name="Today">The brand's day.</param>
/// <param name="Parts">Other features' sections under the facts.</param>
/// <param name="Aside">Other features' sections beside them.</param>
public sealed record DealPage(
    Deal Deal, IReadOnlyList<DealAct> Acts, bool MayEdit, Verdict? Verdict, IReadOnlyList<DealEvent> History, DealTimeline Timeline, IReadOnlyList<DealRemark> Remarks,
    DealExtension? Extension, ProtectionPolicy Policy, DateOnly Today, IReadOnlyList<ShownPart> Parts, IReadOnlyList<ShownPart> Aside)
{
    /// <summary>True where the person may do that now.</summary>
    public bool May(string act) => Acts.Any(allowed => string.Equals(allowed.Name, act, StringComparison.Ordinal));

    /// <summary>Days of protection that are left.</summary>
    public int? DaysLeft => DealLifecycle.IsProtected(Deal.Status) ? Deal.LastProtectedDay?.DayNumber - Today.DayNumber : null;
}
