using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Deals;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Leads;

/// <summary>Leads: the brand's list and form; a partner's own and the pool.</summary>
[Route("leads"), AllowRoles("brand_admin", "channel_manager", "deal_desk", "partner_admin", "sales", "viewer")]
public sealed class LeadsController(LeadStore leads, LeadScreeningStore screenings, HandOutLeads handOutLeads, DealPages deals, DealStore dealStore, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    bool MayHandOut => me.IsBrand && me.Has("channel_manager", "deal_desk", "brand_admin");

    /// <summary>The list.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, LeadStore.Shape);
        return View("LeadList", new LeadListPage(query, await leads.PageAsync(query, ct), await deals.ChoicesAsync(ct), MayHandOut));
    }

    /// <summary>The list as a workbook.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) =>
        Response.SendListAsync(t["leads.leads"], me.PartnerName, clock.GetUtcNow(), Columns(), RowsAsync(ListQuery.Read(Request, LeadStore.Shape), ct), ct);

    /// <summary>What a partner may take.</summary>
    [HttpGet("pool"), AllowRoles("sales", "partner_admin")]
    public async Task<IActionResult> Pool(CancellationToken ct) => View("LeadPool", await leads.PoolAsync(ct));

    /// <summary>The form that takes one.</summary>
    [HttpGet("pool/{number}"), AllowRoles("sales", "partner_admin")]
    public async Task<IActionResult> Take(string number, CancellationToken ct) => (await leads.PoolAsync(ct)).Find(lead => lead.Number == number) is { } lead
        ? View("TakeLead", new TakeLeadPage(lead, await FormAsync(null, lead.Currency, ct)))
        : NotFound();

    /// <summary>The form for a new one.</summary>
    [HttpGet("new"), AllowRoles("channel_manager", "deal_desk", "brand_admin")]
    public Task<IActionResult> New(CancellationToken ct) => FormAsync(new LeadForm(), null, ct);

    /// <summary>Enters it.</summary>
    [HttpPost(""), AllowRoles("channel_manager", "deal_desk", "brand_admin"), Idempotent]
    public async Task<IActionResult> Create([FromForm] LeadForm form, CancellationToken ct) =>
        ModelState.IsValid && this.Leads(await handOutLeads.EnterAsync(form.Typed(), ct), t, "leads.entered") is { } page ? page : await FormAsync(form, null, ct);

    /// <summary>One lead.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await leads.FindAsync(number, ct) is not { } lead)
        {
            return NotFound();
        }

        return View("LeadPage", new LeadPage(lead, await leads.HistoryAsync(lead.LeadId, ct),
            lead.Allows("offer") ? await leads.PartnersAsync(lead.Territory, ct) : [],
            await FormAsync(lead.Amount, lead.Currency, ct), clock.GetUtcNow().UtcDateTime, lead.Allows)
        {
            Standing = MayHandOut && lead.Status is "new" or "offered" or "pool" && me.IsBrand ? await screenings.FindAsync(lead.LeadId, clock.GetUtcNow().UtcDateTime, ct) : null,
        });
    }

    /// <summary>The form of one that is with the brand.</summary>
    [HttpGet("{number}/edit"), AllowRoles("channel_manager", "deal_desk", "brand_admin")]
    public async Task<IActionResult> Edit(string number, CancellationToken ct) =>
        await leads.FindAsync(number, ct) is { Status: "new" } lead ? await FormAsync(LeadForm.Of(lead), lead, ct) : NotFound();

    /// <summary>Changes it.</summary>
    [HttpPost("{number}"), AllowRoles("channel_manager", "deal_desk", "brand_admin")]
    public async Task<IActionResult> Update(string number, [FromForm] LeadForm form, CancellationToken ct)
    {
        if (await leads.FindAsync(number, ct) is not { } lead)
        {
            return NotFound();
        }

        return ModelState.IsValid && this.Leads(await handOutLeads.ChangeAsync(number, form.Version, form.Typed(), ct), t, "leads.changed") is { } page ? page : await FormAsync(form, lead, ct);
    }

    async Task<IActionResult> FormAsync(LeadForm form, Lead? lead, CancellationToken ct)
    {
        ViewData["Choices"] = await deals.ChoicesAsync(ct);
        ViewData["Lead"] = lead;
        return View("LeadForm", form);
    }

    async Task<AcceptForm> FormAsync(decimal? amount, string? currency, CancellationToken ct) => new()
    {
        Amount = amount, Currency = currency ?? me.Currency, ExpectedClose = (await dealStore.DayAsync(clock.GetUtcNow().UtcDateTime, ct)).AddDays(60),
    };

    List<TableColumn> Columns() =>
    [
        new(t["leads.number"], Width: 20), new(t["leads.company"], Width: 36), new(t["leads.status"], Width: 16), new(t["leads.partner"], Width: 28), new(t["deals.territory"], Width: 18), new(t["deals.lines"], Width: 30),
        new(t["deals.amount"], TableColumnKind.Number), new(t["deals.currency"], Width: 9), new(t["leads.source"], Width: 20), new(t["leads.deal"], Width: 20), new(t["leads.created_at"], TableColumnKind.Time, 17),
    ];

    async IAsyncEnumerable<IReadOnlyList<object?>> RowsAsync(ListQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var zone = Portal.Web.Display.Formats.Zone(me.TimeZone);
        await foreach (var lead in leads.StreamAsync(query, ct))
        {
            yield return
            [
                lead.Number, lead.Company, t[$"leads.status.{lead.Status}"].Value, lead.PartnerName, lead.TerritoryShown, lead.LinesShown, lead.Amount, lead.Currency, lead.Source, lead.DealNumber,
                Portal.Web.Display.Formats.In(lead.CreatedAt, zone),
            ];
        }
    }
}

/// <summary>The acts that stand on a lead's page.</summary>
[Route("leads")]
public sealed class LeadActsController(HandOutLeads handOutLeads, ScreenLeads screenLeads, AnswerLead answerLead, LeadStore leads, Texts t) : Controller
{
    /// <summary>Offers it to a partner.</summary>
    [HttpPost("{number}/offer"), AllowRoles("channel_manager", "deal_desk", "brand_admin")]
    public async Task<IActionResult> Offer(string number, int? version, string? partner, string? note, string? despite, CancellationToken ct) =>
        this.Back(await handOutLeads.OfferAsync(number, version, partner, note, ct, despite), t, "leads.offered", $"/leads/{number}");

    /// <summary>Puts it into the pool.</summary>
    [HttpPost("{number}/pool"), AllowRoles("channel_manager", "deal_desk", "brand_admin")]
    public async Task<IActionResult> Open(string number, int? version, string? level, string? despite, CancellationToken ct) =>
        this.Back(await handOutLeads.OpenAsync(number, version, level, ct, despite), t, "leads.opened", $"/leads/{number}");

    /// <summary>Holds it against the known companies once more.</summary>
    [HttpPost("{number}/screening"), AllowRoles("channel_manager", "deal_desk", "brand_admin")]
    public async Task<IActionResult> Screen(string number, CancellationToken ct) =>
        this.Back(await screenLeads.AgainAsync(number, ct), t, "leads.screened", $"/leads/{number}");

    /// <summary>Takes it back.</summary>
    [HttpPost("{number}/pull-back"), AllowRoles("channel_manager", "deal_desk", "brand_admin")]
    public async Task<IActionResult> PullBack(string number, int? version, string? reason, CancellationToken ct) =>
        this.Back(await handOutLeads.PullBackAsync(number, version, reason, ct), t, "leads.pulled_back", $"/leads/{number}");

    /// <summary>Gives it up.</summary>
    [HttpPost("{number}/discard"), AllowRoles("channel_manager", "deal_desk", "brand_admin")]
    public async Task<IActionResult> Discard(string number, int? version, string? reason, CancellationToken ct) =>
        this.Back(await handOutLeads.DiscardAsync(number, version, reason, ct), t, "leads.discarded", $"/leads/{number}");

    /// <summary>The partner accepts what was offered, or takes it from the pool.</summary>
    [HttpPost("{number}/acceptance"), AllowRoles("sales", "partner_admin"), TakesTurns("registrations"), Idempotent]
    public async Task<IActionResult> Accept(string number, [FromForm] AcceptForm form, CancellationToken ct) =>
        this.Back(await answerLead.AcceptAsync(number, form.Amount, form.Currency, form.ExpectedClose, ct), t, "leads.accepted", form.FromPool ? $"/leads/pool/{number}" : $"/leads/{number}");

    /// <summary>The partner declines it.</summary>
    [HttpPost("{number}/decline"), AllowRoles("sales", "partner_admin")]
    public async Task<IActionResult> Decline(string number, string? reason, CancellationToken ct) =>
        this.Back(await answerLead.DeclineAsync(number, reason, ct), t, "leads.declined", $"/leads/{number}");

    /// <summary>How long partners have to answer.</summary>
    [HttpGet("settings"), AllowRoles("brand_admin")]
    public async Task<IActionResult> Settings(CancellationToken ct) => View("LeadSettings", await leads.SettingAsync(ct));

    /// <summary>Sets it.</summary>
    [HttpPost("settings"), AllowRoles("brand_admin")]
    public async Task<IActionResult> Set(int answerDays, int warnDays, int version, CancellationToken ct)
    {
        var outcome = await handOutLeads.SetAsync(new(answerDays, warnDays, version), ct);
        if (outcome is LeadOutcome.Done)
        {
            this.Flash(FlashKind.Done, t["leads.settings_saved"]);
            return Redirect("/leads/settings");
        }

        return this.Back(outcome, t, "leads.settings_saved", "/leads/settings");
    }
}

/// <summary>What <c>LeadList.cshtml</c> shows.</summary>
public sealed record LeadListPage(ListQuery Query, ListPage<Lead> Page, DealChoices Choices, bool MayHandOut);

/// <summary>What <c>LeadPage.cshtml</c> shows.</summary>
public sealed record LeadPage(Lead Lead, IReadOnlyList<LeadEvent> History, IReadOnlyList<(string Number, string Name, bool IsNear)> Partners, AcceptForm Form, DateTime Now, Func<string, bool> May)
{
    /// <summary>Where it stands among the known companies; for the brand, as long as it is not over.</summary>
    public LeadStanding? Standing { get; init; }

    /// <summary>Whole days that are left to answer.</summary>
    public int? DaysLeft => Lead.AnswerBy is { } end ? (int)Math.Floor((end - Now).TotalDays) : null;
}

/// <summary>What <c>TakeLead.cshtml</c> shows.</summary>
public sealed record TakeLeadPage(PoolLead Lead, AcceptForm Form);

/// <summary>What a partner says when it accepts a lead.</summary>
public sealed class AcceptForm
{
    /// <summary>What it expects it to be worth.</summary>
    public decimal? Amount { get; set; }

    /// <summary>In this currency.</summary>
    public string? Currency { get; set; }

    /// <summary>The day it is expected to close.</summary>
    public DateOnly? ExpectedClose { get; set; }

    /// <summary>It was taken from the pool.</summary>
    public bool FromPool { get; set; }
}

/// <summary>A lead as the form sends it.</summary>
public sealed class LeadForm
{
    /// <summary>The company.</summary>
    public string? Company { get; set; }

    /// <summary>Its country.</summary>
    public string? CountryCode { get; set; }

    /// <summary>Its state or province.</summary>
    public string? State { get; set; }

    /// <summary>Its city.</summary>
    public string? City { get; set; }

    /// <summary>Its address.</summary>
    public string? Address { get; set; }

    /// <summary>统一社会信用代码.</summary>
    public string? CreditCode { get; set; }

    /// <summary>The VAT number.</summary>
    public string? VatNumber { get; set; }

    /// <summary>The website.</summary>
    public string? Domain { get; set; }

    /// <summary>The telephone.</summary>
    public string? Phone { get; set; }

    /// <summary>The contact.</summary>
    public string? ContactName { get; set; }

    /// <summary>The contact's mail address.</summary>
    public string? ContactEmail { get; set; }

    /// <summary>The contact's telephone.</summary>
    public string? ContactPhone { get; set; }

    /// <summary>What it needs.</summary>
    public string? Need { get; set; }

    /// <summary>The same without saying who it is.</summary>
    public string? Teaser { get; set; }

    /// <summary>The territory.</summary>
    public string? Territory { get; set; }

    /// <summary>The product lines.</summary>
    public List<string> ProductLines { get; set; } = [];

    /// <summary>The amount.</summary>
    public decimal? Amount { get; set; }

    /// <summary>The currency.</summary>
    public string? Currency { get; set; }

    /// <summary>Where it comes from.</summary>
    public string? Source { get; set; }

    /// <summary>The version that was opened.</summary>
    public int? Version { get; set; }

    /// <summary>The form of a lead that is there.</summary>
    public static LeadForm Of(Lead lead) => new()
    {
        Company = lead.Company, CountryCode = lead.CountryCode, State = lead.State, City = lead.City, Address = lead.Address, CreditCode = lead.CreditCode, VatNumber = lead.VatNumber, Domain = lead.Domain, Phone = lead.Phone,
        ContactName = lead.ContactName, ContactEmail = lead.ContactEmail, ContactPhone = lead.ContactPhone, Need = lead.Need, Teaser = lead.Teaser, Territory = lead.Territory, ProductLines = [.. lead.LineCodes],
        Amount = lead.Amount, Currency = lead.Currency, Source = lead.Source, Version = lead.Version,
    };

    /// <summary>What was typed.</summary>
    public LeadTyped Typed() => new()
    {
        Company = Company, CountryCode = CountryCode, State = State, City = City, Address = Address, CreditCode = CreditCode, VatNumber = VatNumber, Domain = Domain, Phone = Phone, ContactName = ContactName,
        ContactEmail = ContactEmail, ContactPhone = ContactPhone, Need = Need, Teaser = Teaser, Territory = Territory, ProductLines = ProductLines, Amount = Amount, Currency = Amount is null ? null : Currency, Source = Source,
    };
}
