using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Partners;

/// <summary>Partners for programs.</summary>
[ApiController]
[Route("api/v1/partners")]
public sealed class PartnersApi(
    PartnerStore partners, PartnerList list, AddPartner addPartner, EditPartner editPartner, MovePartner movePartner, SuspendPartner suspend, ReactivatePartner reactivate) : ControllerBase
{
    /// <summary>Everybody below the own company, by name. Filters: q, type, level, territory, status.</summary>
    [HttpGet("")]
    [ProducesResponseType<Page<PartnerSummary>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, CancellationToken ct)
    {
        if (!page.TryReadCursor<PartnerKey>(out var after))
        {
            return PageRequest.BadCursor;
        }

        var rows = await list.AfterAsync(ListQuery.Read(Request, PartnerList.Shape), after, page.Take(), ct);
        return Ok(page.Cut(rows, row => new PartnerKey(row.Name, row.Number)).Select(PartnerSummary.Of));
    }

    /// <summary>One partner: the own company, one below it, or the one it buys from.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<PartnerAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await partners.FindAsync(number, ct) is not { } partner)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(partner.Version);
        return Ok(PartnerAnswer.Of(partner));
    }

    /// <summary>Takes a new partner in.</summary>
    [HttpPost("")]
    [AllowRoles("brand_admin", "channel_manager")]
    [Idempotent]
    [ProducesResponseType<PartnerAnswer>(StatusCodes.Status201Created)]
    public async Task<IActionResult> Create(NewPartner body, CancellationToken ct)
    {
        var outcome = await addPartner.RunAsync(body.Facts(), body.Upstream, ct);
        if (outcome is not PartnerOutcome.Done(var number))
        {
            return Refusal(outcome);
        }

        var partner = await partners.FindAsync(number, ct);
        this.SendVersion(partner!.Version);
        return Created($"/api/v1/partners/{number}", PartnerAnswer.Of(partner));
    }

    /// <summary>Writes all facts of a partner; what is left out is emptied.</summary>
    [HttpPut("{number}")]
    [AllowRoles("brand_admin", "channel_manager")]
    [ProducesResponseType<PartnerAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Update(string number, [IfMatch] int version, PartnerBody body, CancellationToken ct) =>
        await editPartner.RunAsync(number, version, body.Facts(), ct) is PartnerOutcome outcome and not PartnerOutcome.Done ? Refusal(outcome) : await Show(number, ct);

    /// <summary>Places a partner below another one.</summary>
    [HttpPut("{number}/upstream")]
    [AllowRoles("brand_admin", "channel_manager")]
    [ProducesResponseType<PartnerAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Move(string number, [IfMatch] int version, NewPlace body, CancellationToken ct) =>
        await movePartner.RunAsync(number, version, body.Upstream, ct) is PartnerOutcome outcome and not PartnerOutcome.Done ? Refusal(outcome) : await Show(number, ct);

    /// <summary>Shuts a partner out.</summary>
    [HttpPut("{number}/suspension")]
    [AllowRoles("brand_admin", "channel_manager")]
    [ProducesResponseType<PartnerAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Suspend(string number, SuspensionBody body, CancellationToken ct) => await StatusAsync(number, "active", await suspend.RunAsync(number, body.Reason, ct), ct);

    /// <summary>Lets a partner in again.</summary>
    [HttpDelete("{number}/suspension")]
    [AllowRoles("brand_admin", "channel_manager")]
    [ProducesResponseType<PartnerAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Reactivate(string number, CancellationToken ct) => await StatusAsync(number, "suspended", await reactivate.RunAsync(number, ct), ct);

    // Asked for what is so already, the answer is what is so.
    async Task<IActionResult> StatusAsync(string number, string before, PartnerOutcome outcome, CancellationToken ct) => outcome switch
    {
        PartnerOutcome.Done => await Show(number, ct),
        PartnerOutcome.NotThere when await partners.FindAsync(number, ct) is { IsBrand: false } partner && partner.Status != before => await Show(number, ct),
        _ => Refusal(outcome),
    };

    static ApiProblem Refusal(PartnerOutcome outcome) => outcome switch
    {
        PartnerOutcome.Stale => ApiProblem.Stale,
        PartnerOutcome.Refused(var problems) => ApiProblem.Invalid([.. problems.Select(problem => problem with { Field = ApiName(problem.Field) })]),
        _ => ApiProblem.NotFound,
    };

    static string ApiName(string field) => field switch
    {
        nameof(PartnerFacts.PartnerType) => "type",
        nameof(PartnerFacts.PartnerLevel) => "level",
        _ => JsonNamingPolicy.CamelCase.ConvertName(field),
    };
}

/// <summary>A partner in a list.</summary>
/// <param name="Number">The number it is addressed by.</param>
/// <param name="Code">What the brand's systems call it.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameLatin">Its name in Latin letters.</param>
/// <param name="Type">distributor, reseller, store, agent, coworking_operator.</param>
/// <param name="Level">registered, silver, gold, platinum.</param>
/// <param name="Status">active or suspended.</param>
/// <param name="Upstream">The number of the company it buys from.</param>
/// <param name="CountryCode">ISO 3166.</param>
/// <param name="City">City.</param>
/// <param name="Version">For If-Match.</param>
public sealed record PartnerSummary(string Number, string? Code, string Name, string? NameLatin, string Type, string Level, string Status, string? Upstream, string CountryCode, string? City, int Version)
{
    internal static PartnerSummary Of(PartnerRowShown row) =>
        new(row.Number, row.Code, row.Name, row.NameLatin, row.PartnerType, row.PartnerLevel, row.Status, row.UpstreamNumber, row.CountryCode, row.City, row.Version);
}

/// <summary>What a program may say about a partner.</summary>
public record PartnerBody
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its name in Latin letters.</summary>
    public string? NameLatin { get; init; }

    /// <summary>What the brand's systems call it.</summary>
    public string? Code { get; init; }

    /// <summary>distributor, reseller, store, agent, coworking_operator.</summary>
    public string? Type { get; init; }

    /// <summary>registered, silver, gold, platinum; registered where it is left out.</summary>
    public string? Level { get; init; }

    /// <summary>The code of its territory.</summary>
    public string? Territory { get; init; }

    /// <summary>ISO 3166, two letters.</summary>
    public string? CountryCode { get; init; }

    /// <summary>State or province.</summary>
    public string? State { get; init; }

    /// <summary>City.</summary>
    public string? City { get; init; }

    /// <summary>Postal code.</summary>
    public string? PostalCode { get; init; }

    /// <summary>Street and number.</summary>
    public string? Address { get; init; }

    /// <summary>Telephone.</summary>
    public string? Phone { get; init; }

    /// <summary>ISO 4217.</summary>
    public string? Currency { get; init; }

    /// <summary>en or zh-CN.</summary>
    public string? Language { get; init; }

    /// <summary>IANA.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Sales in a year, in its currency.</summary>
    public decimal? AnnualSales { get; init; }

    /// <summary>People employed.</summary>
    public int? Employees { get; init; }

    /// <summary>Year of foundation.</summary>
    public int? YearOpened { get; init; }

    internal PartnerFacts Facts() => new()
    {
        Name = Name, NameLatin = NameLatin, Code = Code, PartnerType = Type, PartnerLevel = Level, Territory = Territory, CountryCode = CountryCode, State = State, City = City,
        PostalCode = PostalCode, Address = Address, Phone = Phone, Currency = Currency, Language = Language, TimeZone = TimeZone, AnnualSales = AnnualSales, Employees = Employees,
        YearOpened = YearOpened,
    };
}

/// <summary>A partner to be taken in.</summary>
public sealed record NewPartner : PartnerBody
{
    /// <summary>The number or code of the company it buys from; the brand where it is left out.</summary>
    public string? Upstream { get; init; }
}

/// <summary>Where a partner shall stand.</summary>
/// <param name="Upstream">The number or code of the company it shall buy from.</param>
public sealed record NewPlace(string? Upstream);

/// <summary>Why a partner is shut out.</summary>
/// <param name="Reason">Kept with the decision.</param>
public sealed record SuspensionBody(string? Reason);

/// <summary>A partner. Of the company one buys from only name, address and telephone are told.</summary>
public sealed record PartnerAnswer : PartnerBody
{
    /// <summary>The number it is addressed by.</summary>
    public required string Number { get; init; }

    /// <summary>active or suspended.</summary>
    public string? Status { get; init; }

    /// <summary>The number of the company it buys from.</summary>
    public string? Upstream { get; init; }

    /// <summary>For If-Match.</summary>
    public int Version { get; init; }

    internal static PartnerAnswer Of(Partner partner) => partner.IsMine
        ? new()
        {
            Number = partner.Number, Status = partner.Status, Upstream = partner.UpstreamNumber, Version = partner.Version, Name = partner.Name, NameLatin = partner.NameLatin, Code = partner.Code,
            Type = partner.PartnerType, Level = partner.PartnerLevel, Territory = partner.Territory, CountryCode = partner.CountryCode, State = partner.State, City = partner.City,
            PostalCode = partner.PostalCode, Address = partner.Address, Phone = partner.Phone, Currency = partner.Currency, Language = partner.Language, TimeZone = partner.TimeZone,
            AnnualSales = partner.AnnualSales, Employees = partner.Employees, YearOpened = partner.YearOpened,
        }
        : new()
        {
            Number = partner.Number, Version = partner.Version, Name = partner.Name, NameLatin = partner.NameLatin, Type = partner.PartnerType, CountryCode = partner.CountryCode, State = partner.State,
            City = partner.City, PostalCode = partner.PostalCode, Address = partner.Address, Phone = partner.Phone,
        };
}
