using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Customers;

/// <summary>End customers for programs.</summary>
[ApiController]
[Route("api/v1/customers")]
public sealed class CustomersApi(CustomerStore customers, CustomerLists lists, AddCustomers addCustomers, EditCustomer editCustomer) : ControllerBase
{
    /// <summary>The customers one may see, in the order in which they last changed. Filter: q, words of the name.</summary>
    [HttpGet("")]
    [ProducesResponseType<Page<CustomerAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, string? q, CancellationToken ct)
    {
        if (!page.TryReadCursor<CustomerPlaceInList>(out var after))
        {
            return PageRequest.BadCursor;
        }

        var rows = await lists.AfterAsync(q, after is null ? null : (after.UpdatedAt, after.Number), page.Take(), ct);
        return Ok(page.Cut(rows, customer => new CustomerPlaceInList(customer.UpdatedAt, customer.Number)).Select(CustomerAnswer.Of));
    }

    /// <summary>One customer.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<CustomerAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await customers.FindAsync(number, ct) is not { } customer)
        {
            return ApiProblem.NotFound;
        }

        this.SendVersion(customer.Version);
        return Ok(CustomerAnswer.Of(customer));
    }

    /// <summary>Enters a customer. One that the company certainly has already is answered with 200 and its number, and not entered twice.</summary>
    [HttpPost(""), AllowRoles("sales", "partner_admin", "deal_desk", "channel_manager", "brand_admin"), Idempotent]
    [ProducesResponseType<CustomerAnswer>(StatusCodes.Status201Created)]
    [ProducesResponseType<CustomerAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Create(CustomerBody body, CancellationToken ct) => (await addCustomers.AddCustomersAsync([body.Typed()], ct))[0] switch
    {
        CustomerEntry.Added(var number) => await CreatedAsync(number, ct),
        CustomerEntry.AlreadyThere(var number) => await Show(number, ct),
        CustomerEntry.Refused(var problems) => ApiProblem.Invalid(problems),
        _ => throw new InvalidOperationException("A customer is entered, there already, or refused."),
    };

    /// <summary>Writes all that is said of a customer; what is left out is emptied.</summary>
    [HttpPut("{number}"), AllowRoles("sales", "partner_admin", "deal_desk", "channel_manager", "brand_admin")]
    [ProducesResponseType<CustomerAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Update(string number, [IfMatch] int version, CustomerBody body, CancellationToken ct) => await editCustomer.RunAsync(number, version, body.Typed(), ct) switch
    {
        CustomerEdit.Saved => await Show(number, ct),
        CustomerEdit.Refused(var problems) => ApiProblem.Invalid(problems),
        CustomerEdit.Stale => ApiProblem.Stale,
        _ => ApiProblem.NotFound,
    };

    async Task<IActionResult> CreatedAsync(string number, CancellationToken ct)
    {
        var customer = (await customers.FindAsync(number, ct))!;
        this.SendVersion(customer.Version);
        return Created($"/api/v1/customers/{number}", CustomerAnswer.Of(customer));
    }

    sealed record CustomerPlaceInList(DateTime UpdatedAt, string Number);
}

/// <summary>A customer as a program sends it.</summary>
public record CustomerBody
{
    /// <summary>The name.</summary>
    public string? Name { get; init; }

    /// <summary>Other spellings and scripts.</summary>
    public IReadOnlyList<string>? OtherNames { get; init; }

    /// <summary>Further names, each with its kind: <c>legal</c>, <c>trade</c>, <c>short</c>, <c>former</c>, <c>english</c>, <c>other_script</c> (pinyin and the like) or <c>other</c>.</summary>
    public IReadOnlyList<CustomerName>? Names { get; init; }

    /// <summary>The country, two letters.</summary>
    public string? CountryCode { get; init; }

    /// <summary>The state or province.</summary>
    public string? State { get; init; }

    /// <summary>The city.</summary>
    public string? City { get; init; }

    /// <summary>The postal code.</summary>
    public string? PostalCode { get; init; }

    /// <summary>Street and house.</summary>
    public string? Address { get; init; }

    /// <summary>统一社会信用代码.</summary>
    public string? CreditCode { get; init; }

    /// <summary>The VAT number.</summary>
    public string? VatNumber { get; init; }

    /// <summary>The D-U-N-S number.</summary>
    public string? Duns { get; init; }

    /// <summary>The website or its domain.</summary>
    public string? Domain { get; init; }

    /// <summary>The telephone.</summary>
    public string? Phone { get; init; }

    /// <summary>Served by the brand itself; of the brand's own customers only.</summary>
    public bool DirectAccount { get; init; }

    /// <summary>What was typed.</summary>
    public NewCustomer Typed() => new()
    {
        Name = Name, OtherNames = OtherNames ?? [], Names = Names ?? [], CountryCode = CountryCode, State = State, City = City, PostalCode = PostalCode, Address = Address,
        CreditCode = CreditCode, VatNumber = VatNumber, Duns = Duns, Domain = Domain, Phone = Phone, DirectAccount = DirectAccount,
    };
}

/// <summary>A customer as a program sees it.</summary>
public sealed record CustomerAnswer(
    string Number, string Partner, string Name, IReadOnlyList<string> OtherNames, IReadOnlyList<CustomerName> Names, string CountryCode, string? State, string? City, string? PostalCode, string? Address,
    string? CreditCode, string? VatNumber, string? Duns, string? Domain, string? Phone, bool DirectAccount, DateTime CreatedAt, DateTime UpdatedAt, int Version)
{
    internal static CustomerAnswer Of(Customer customer) => new(
        customer.Number, customer.PartnerNumber, customer.Name, customer.OtherNames, customer.Aliases, customer.CountryCode, customer.State, customer.City, customer.PostalCode, customer.Address,
        customer.CreditCode, customer.VatNumber, customer.Duns, customer.Domain, customer.Phone, customer.DirectAccount, customer.CreatedAt, customer.UpdatedAt, customer.Version);
}
