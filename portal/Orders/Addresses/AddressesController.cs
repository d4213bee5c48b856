using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Platform.Web.Api;
using Portal.Stock;
using Portal.Web;

namespace Portal.Orders;

/// <summary>The ship-to addresses of the own company.</summary>
[Route("orders/addresses"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
public sealed class AddressesController(ShipToAddresses addresses, StockPlaces places, Texts t) : Controller
{
    const string FormView = "/Orders/Addresses/AddressForm.cshtml";

    /// <summary>All of them.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => View("/Orders/Addresses/AddressList.cshtml", await addresses.AllAsync(ct));

    /// <summary>The form for a new one.</summary>
    [HttpGet("new")]
    public async Task<IActionResult> New(CancellationToken ct) => await FormAsync(new AddressForm { Facts = new() { CountryCode = "CN" } }, ct);

    /// <summary>Adds it.</summary>
    [HttpPost(""), Idempotent]
    public Task<IActionResult> Create([FromForm(Name = "Form")] AddressForm form, CancellationToken ct) => KeepAsync(null, form, ct);

    /// <summary>The form of one that is there.</summary>
    [HttpGet("{number}/edit")]
    public async Task<IActionResult> Edit(string number, CancellationToken ct) =>
        await addresses.FindAsync(number, ct) is { } address ? await FormAsync(new AddressForm { Facts = address.Facts, Version = address.Version, Number = number }, ct) : NotFound();

    /// <summary>Changes it.</summary>
    [HttpPost("{number}"), Idempotent]
    public Task<IActionResult> Update(string number, [FromForm(Name = "Form")] AddressForm form, CancellationToken ct) => KeepAsync(number, form, ct);

    /// <summary>Drops it.</summary>
    [HttpPost("{number}/delete"), Idempotent]
    public async Task<IActionResult> Delete(string number, CancellationToken ct)
    {
        await addresses.DropAsync(number, ct);
        this.Flash(FlashKind.Done, t["orders.address.dropped"]);
        return RedirectToAction(nameof(Index));
    }

    async Task<IActionResult> KeepAsync(string? number, AddressForm form, CancellationToken ct)
    {
        switch (await addresses.KeepAsync(number, form.Version, form.Facts, ct))
        {
            case ShipToOutcome.Done:
                this.Flash(FlashKind.Done, t["orders.address.kept"]);
                return RedirectToAction(nameof(Index));
            case ShipToOutcome.Refused(var problems):
                ModelState.Explain(problems, t, field => "Form.Facts." + field);
                break;
            case ShipToOutcome.Stale:
                ModelState.AddModelError("", t["orders.address.stale"]);
                break;
            case ShipToOutcome.Forbidden:
                return Forbid();
            default:
                return NotFound();
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return await FormAsync(form with { Number = number }, ct);
    }

    async Task<ViewResult> FormAsync(AddressForm form, CancellationToken ct) => View(FormView, form with { Places = await places.OpenAsync(ct) });
}

/// <summary>Ship-to addresses for programs.</summary>
[ApiController]
[Route("api/v1/ship-to-addresses"), AllowRoles(BuyerRoles.Purchasing, BuyerRoles.Admin)]
public sealed class ShipToAddressesApi(ShipToAddresses addresses) : ControllerBase
{
    /// <summary>The addresses of the own company.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, CancellationToken ct) => page.TryReadCursor<AddressKey>(out var after)
        ? Ok(page.Cut(await addresses.AfterAsync(after?.Number, page.Take(), ct), row => new AddressKey(row.Number)))
        : PageRequest.BadCursor;

    /// <summary>One of them.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<ShipToRow>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await addresses.FindAsync(number, ct) is not { } address)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(address.Version);
        return Ok(address);
    }

    /// <summary>Adds one.</summary>
    [HttpPost(""), Idempotent]
    public async Task<IActionResult> Create(ShipToFacts body, CancellationToken ct) => await addresses.KeepAsync(null, null, body, ct) switch
    {
        ShipToOutcome.Done(var number) => Created(new Uri("/api/v1/ship-to-addresses/" + number, UriKind.Relative), new { number }),
        var outcome => Problem(outcome),
    };

    /// <summary>Writes all facts of one; what is left out is emptied.</summary>
    [HttpPut("{number}")]
    public async Task<IActionResult> Update(string number, ShipToFacts body, [IfMatch] int version, CancellationToken ct) =>
        await addresses.KeepAsync(number, version, body, ct) is var outcome and not ShipToOutcome.Done ? Problem(outcome) : await Show(number, ct);

    /// <summary>Drops one; orders keep it as it was.</summary>
    [HttpDelete("{number}")]
    public async Task<IActionResult> Delete(string number, CancellationToken ct)
    {
        await addresses.DropAsync(number, ct);
        return NoContent();
    }

    static ApiProblem Problem(ShipToOutcome outcome) => outcome switch
    {
        ShipToOutcome.Stale => ApiProblem.Stale,
        ShipToOutcome.Forbidden => ApiProblem.Forbidden,
        ShipToOutcome.Refused(var problems) => ApiProblem.Invalid([.. problems.Select(problem => problem with { Field = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(problem.Field) })]),
        _ => ApiProblem.NotFound,
    };
}

/// <summary>Where the list of addresses goes on.</summary>
sealed record AddressKey(string Number);

/// <summary>What the form sends.</summary>
public sealed record AddressForm
{
    /// <summary>The facts.</summary>
    public ShipToFacts Facts { get; init; } = new();

    /// <summary>The version that was read; none for a new one.</summary>
    public int? Version { get; init; }

    /// <summary>The address that is changed; null for a new one.</summary>
    public string? Number { get; init; }

    /// <summary>The places of the company.</summary>
    [BindNever]
    public IReadOnlyList<PlaceName> Places { get; init; } = [];
}
