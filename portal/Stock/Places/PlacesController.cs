using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Stock;

/// <summary>The places of the own company.</summary>
[Route("stock/places")]
public sealed class PlacesController(StockPlaces places, Texts t) : Controller
{
    const string FormView = "/Stock/Places/PlaceForm.cshtml";

    /// <summary>All of them.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => View("/Stock/Places/PlaceList.cshtml", new PlaceListPage(await places.AllAsync(ct), []));

    /// <summary>The form for a new one.</summary>
    [HttpGet("new"), AllowRoles("partner_admin", "brand_admin")]
    public IActionResult New() => View(FormView, new PlaceFormPage(new PlaceForm { Type = "warehouse", IsOffered = true }, null));

    /// <summary>Opens it.</summary>
    [HttpPost(""), Idempotent, AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Create(PlaceForm form, CancellationToken ct) => Answer(await places.AddAsync(form.Facts, ct), form, null);

    /// <summary>The form of one that is there.</summary>
    [HttpGet("{code}/edit"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Edit(string code, CancellationToken ct) => await places.FindAsync(code, ct) is { } place
        ? View(FormView, new PlaceFormPage(new PlaceForm { Name = place.Name, Type = place.PlaceType, IsOffered = place.IsOffered, IsDefault = place.IsDefault, Version = place.Version }, place.Code))
        : NotFound();

    /// <summary>Changes it.</summary>
    [HttpPost("{code}"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Update(string code, PlaceForm form, CancellationToken ct) => Answer(await places.ChangeAsync(code, form.Version, form.Facts, ct), form, code);

    /// <summary>Closes it.</summary>
    [HttpPost("{code}/closing"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Close(string code, CancellationToken ct) => await ListAsync(await places.CloseAsync(code, opens: false, ct), "stock.place.closed", ct);

    /// <summary>Opens it again.</summary>
    [HttpPost("{code}/opening"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Open(string code, CancellationToken ct) => await ListAsync(await places.CloseAsync(code, opens: true, ct), "stock.place.reopened", ct);

    IActionResult Answer(StockOutcome outcome, PlaceForm form, string? code)
    {
        switch (outcome)
        {
            case StockOutcome.Done:
                this.Flash(FlashKind.Done, t["stock.place.kept"]);
                return RedirectToAction(nameof(Index));
            case StockOutcome.Wrong(var problems):
                ModelState.Explain(problems.Select(problem => problem.ForApi), t, FieldProblems.AsOnForm);
                break;
            case StockOutcome.Stale:
                ModelState.AddModelError("", t["stock.stale"]);
                break;
            case StockOutcome.NotFound:
                return NotFound();
            default:
                return Forbid();
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return View(FormView, new PlaceFormPage(form, code));
    }

    async Task<IActionResult> ListAsync(StockOutcome outcome, string done, CancellationToken ct)
    {
        switch (outcome)
        {
            case StockOutcome.Done(var code):
                this.Flash(FlashKind.Done, t[done, code]);
                return RedirectToAction(nameof(Index));
            case StockOutcome.Wrong(var problems):
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                return View("/Stock/Places/PlaceList.cshtml", new PlaceListPage(await places.AllAsync(ct), problems));
            case StockOutcome.NotFound:
                return NotFound();
            default:
                return Forbid();
        }
    }
}

/// <summary>The places of the own company, for programs.</summary>
[ApiController]
[Route("api/v1/stock/places")]
public sealed class PlacesApi(StockPlaces places) : ControllerBase
{
    /// <summary>All places in the order of their codes, with what each holds.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, CancellationToken ct) => page.TryReadCursor<PlaceKey>(out var after)
        ? Ok(page.Cut(await places.AfterAsync(after?.Code, page.Take(), ct), row => new PlaceKey(row.Code)).Select(PlaceAnswer.Of))
        : PageRequest.BadCursor;

    /// <summary>One of them.</summary>
    [HttpGet("{code}")]
    public async Task<IActionResult> Show(string code, CancellationToken ct)
    {
        if (await places.FindAsync(code, ct) is not { } place)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(place.Version);
        return Ok(PlaceAnswer.Of(place));
    }

    /// <summary>Opens one.</summary>
    [HttpPost(""), Idempotent, AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Create(PlaceFacts facts, CancellationToken ct) => await places.AddAsync(facts.Tidied(), ct) switch
    {
        StockOutcome.Done(var code) => CreatedAtAction(nameof(Show), new { code }, new { code }),
        var outcome => outcome.ForApi,
    };

    /// <summary>Changes what is said of one; its code stays.</summary>
    [HttpPut("{code}"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Update(string code, PlaceFacts facts, [IfMatch] int version, CancellationToken ct) =>
        await AnswerAsync(code, await places.ChangeAsync(code, version, (facts with { Code = code }).Tidied(), ct), ct);

    /// <summary>Closes one that is empty.</summary>
    [HttpPost("{code}/closing"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Close(string code, CancellationToken ct) => await AnswerAsync(code, await places.CloseAsync(code, opens: false, ct), ct);

    /// <summary>Opens a closed one again.</summary>
    [HttpPost("{code}/opening"), AllowRoles("partner_admin", "brand_admin")]
    public async Task<IActionResult> Open(string code, CancellationToken ct) => await AnswerAsync(code, await places.CloseAsync(code, opens: true, ct), ct);

    async Task<IActionResult> AnswerAsync(string code, StockOutcome outcome, CancellationToken ct) => outcome is StockOutcome.Done ? await Show(code, ct) : outcome.ForApi;
}

/// <summary>A place as the API tells it.</summary>
public sealed record PlaceAnswer(string Code, string? Name, string Type, bool IsDefault, bool IsOffered, DateTime? ClosedAt, long Products, long OnHand, long Reserved, long InTransit, int Version)
{
    internal static PlaceAnswer Of(PlaceRow row) => new(row.Code, row.Name, row.PlaceType, row.IsDefault, row.IsOffered, row.ClosedAt, row.Products, row.OnHand, row.Reserved, row.InTransit, row.Version);
}

/// <summary>Where a page of places ended.</summary>
sealed record PlaceKey(string Code);

/// <summary>A place as it is typed.</summary>
public sealed class PlaceForm
{
    /// <summary>Its code, for a new one.</summary>
    public string? Code { get; set; }

    /// <summary>Its name.</summary>
    public string? Name { get; set; }

    /// <summary>Warehouse or store.</summary>
    public string? Type { get; set; }

    /// <summary>Buyers see its goods.</summary>
    public bool IsOffered { get; set; }

    /// <summary>Goods come and go here where nothing else is said.</summary>
    public bool IsDefault { get; set; }

    /// <summary>The version the person saw.</summary>
    public int? Version { get; set; }

    internal PlaceFacts Facts => new PlaceFacts(Code, Name, Type, IsOffered, IsDefault).Tidied();
}

/// <summary>The page of one place.</summary>
/// <param name="Form">What is typed.</param>
/// <param name="Code">The place; null for a new one.</param>
public sealed record PlaceFormPage(PlaceForm Form, string? Code);

/// <summary>The list of places.</summary>
/// <param name="Places">The places.</param>
/// <param name="Problems">Why one was not closed.</param>
public sealed record PlaceListPage(IReadOnlyList<PlaceRow> Places, IReadOnlyList<StockProblem> Problems);
