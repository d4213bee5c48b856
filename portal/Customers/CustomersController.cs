using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Idempotency;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Tables;
using Portal.Web;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Portal.Customers;

/// <summary>The list of customers, a customer's page, and its form.</summary>
[Route("customers")]
public sealed class CustomersController(
    CustomerStore customers, CustomerLists lists, AddCustomers addCustomers, EditCustomer editCustomer, IEnumerable<ICustomerPart> parts, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>The list.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        var query = ListQuery.Read(Request, CustomerLists.Shape);
        return View("CustomerList", new CustomerListPage(query, await lists.PageAsync(query, ct), MayAdd));
    }

    /// <summary>The list as a workbook.</summary>
    [HttpGet("export"), EnableRateLimiting(RateLimits.Costly)]
    public Task Export(CancellationToken ct) =>
        Response.SendListAsync(t["customers.customers"], me.PartnerName, clock.GetUtcNow(), Columns(), RowsAsync(ListQuery.Read(Request, CustomerLists.Shape), ct), ct);

    /// <summary>Own customers while one types a name, as the choices of an input.</summary>
    [HttpGet("suggestions"), AllowRoles("sales", "partner_admin")]
    public async Task<IActionResult> Suggest([FromQuery(Name = "CustomerName")] string? words, CancellationToken ct) =>
        PartialView("_Suggestions", words?.Trim().Length is > 1 and <= 200 ? await lists.SuggestAsync(words.Trim(), 8, ct) : []);

    /// <summary>The form for a new customer.</summary>
    [HttpGet("new"), AllowRoles("sales", "partner_admin", "deal_desk", "channel_manager", "brand_admin")]
    public IActionResult New() => FormOf(new CustomerForm { CountryCode = "CN", DirectAccount = me.IsBrand }, null);

    /// <summary>Enters it.</summary>
    [HttpPost(""), AllowRoles("sales", "partner_admin", "deal_desk", "channel_manager", "brand_admin"), Idempotent]
    public async Task<IActionResult> Create([FromForm] CustomerForm form, CancellationToken ct)
    {
        switch (ModelState.IsValid ? (await addCustomers.AddCustomersAsync([form.Typed(me.IsBrand)], ct))[0] : new CustomerEntry.Refused([]))
        {
            case CustomerEntry.Added(var number):
                this.Flash(FlashKind.Done, t["customers.added", form.Name ?? ""]);
                return RedirectToAction(nameof(Show), new { number });
            case CustomerEntry.AlreadyThere(var number):
                this.Flash(FlashKind.Note, t["customers.already_there"]);
                return RedirectToAction(nameof(Show), new { number });
            case CustomerEntry.Refused(var problems):
                ModelState.Explain(problems, t, FieldProblems.AsOnForm);
                return FormOf(form, null);
            default:
                throw new InvalidOperationException("A customer is entered, there already, or refused.");
        }
    }

    /// <summary>One customer.</summary>
    [HttpGet("{number}")]
    public async Task<IActionResult> Show(string number, CancellationToken ct)
    {
        if (await customers.FindAsync(number, ct) is not { } customer)
        {
            return NotFound();
        }

        var shown = new List<ShownPart>();
        foreach (var part in parts)
        {
            shown.Add(await part.ShowAsync(customer, ct));
        }

        return View("CustomerPage", new CustomerPage(customer, MayEdit(customer), MayRegister, shown, me.IsBrand ? await customers.SameCompanyAsync(customer, ct) : []));
    }

    /// <summary>The form of a customer that is there.</summary>
    [HttpGet("{number}/edit"), AllowRoles("sales", "partner_admin", "deal_desk", "channel_manager", "brand_admin")]
    public async Task<IActionResult> Edit(string number, CancellationToken ct) =>
        await customers.FindAsync(number, ct) is { } customer && MayEdit(customer) ? FormOf(CustomerForm.Of(customer), customer) : NotFound();

    /// <summary>Changes it.</summary>
    [HttpPost("{number}"), AllowRoles("sales", "partner_admin", "deal_desk", "channel_manager", "brand_admin")]
    public async Task<IActionResult> Update(string number, [FromForm] CustomerForm form, CancellationToken ct)
    {
        if (await customers.FindAsync(number, ct) is not { } customer || !MayEdit(customer))
        {
            return NotFound();
        }

        switch (ModelState.IsValid ? await editCustomer.RunAsync(number, form.Version, form.Typed(me.IsBrand), ct) : new CustomerEdit.Refused([]))
        {
            case CustomerEdit.Saved:
                this.Flash(FlashKind.Done, t["customers.saved", form.Name ?? ""]);
                return RedirectToAction(nameof(Show), new { number });
            case CustomerEdit.Stale:
                ModelState.AddModelError("", t["customers.stale"]);
                break;
            case CustomerEdit.Refused(var problems):
                ModelState.Explain(problems, t, FieldProblems.AsOnForm);
                break;
            default:
                return NotFound();
        }

        return FormOf(form, customer);
    }

    ViewResult FormOf(CustomerForm form, Customer? customer)
    {
        ViewData["Customer"] = customer;
        return View("CustomerForm", form);
    }

    bool MayAdd => me.Has("sales", "partner_admin", "deal_desk", "channel_manager", "brand_admin");

    bool MayRegister => !me.IsBrand && me.Has("sales", "partner_admin");

    // The brand reads its partners' customers; what is said of them is the partner's to say.
    bool MayEdit(Customer customer) => MayAdd && string.Equals(customer.PartnerNumber, me.PartnerNumber, StringComparison.Ordinal);

    List<TableColumn> Columns() =>
    [
        new(t["customers.number"], Width: 20), new(t["customers.name"], Width: 36), new(t["customers.other_names"], Width: 36), new(t["customers.partner"], Width: 28), new(t["customers.country"], Width: 9),
        new(t["customers.state"]), new(t["customers.city"]), new(t["customers.postal_code"], Width: 12), new(t["customers.address"], Width: 36), new(t["customers.credit_code"], Width: 22),
        new(t["customers.vat_number"], Width: 18), new(t["customers.duns"], Width: 12), new(t["customers.domain"], Width: 22), new(t["customers.phone"], Width: 18),
    ];

    async IAsyncEnumerable<IReadOnlyList<object?>> RowsAsync(ListQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var customer in lists.StreamAsync(query, ct))
        {
            yield return
            [
                customer.Number, customer.Name, string.Join(" / ", customer.OtherNames), customer.PartnerName, customer.CountryCode, customer.State, customer.City, customer.PostalCode, customer.Address,
                customer.CreditCode, customer.VatNumber, customer.Duns, customer.Domain, customer.Phone,
            ];
        }
    }
}

/// <summary>What another feature shows on a customer's page, such as its deals; found by the container, so that customers need not know it.</summary>
public interface ICustomerPart
{
    /// <summary>Reads it.</summary>
    Task<ShownPart> ShowAsync(Customer customer, CancellationToken ct);
}

/// <summary>A part of a customer's page.</summary>
/// <param name="View">The address of its partial view.</param>
/// <param name="Model">What the view shows.</param>
public sealed record ShownPart(string View, object Model);

/// <summary>The customer form, as the page sends it.</summary>
public sealed class CustomerForm
{
    /// <summary>The name.</summary>
    [StringLength(200)]
    public string? Name { get; set; }

    /// <summary>Other names, one a line.</summary>
    [StringLength(2200)]
    public string? OtherNames { get; set; }

    /// <summary>The registered name in full, where the name above is not.</summary>
    [StringLength(2200)]
    public string? LegalNames { get; set; }

    /// <summary>Trade names, one a line.</summary>
    [StringLength(2200)]
    public string? TradeNames { get; set; }

    /// <summary>Short names, one a line.</summary>
    [StringLength(2200)]
    public string? ShortNames { get; set; }

    /// <summary>English names, one a line.</summary>
    [StringLength(2200)]
    public string? EnglishNames { get; set; }

    /// <summary>Names in pinyin or another script, one a line.</summary>
    [StringLength(2200)]
    public string? OtherScriptNames { get; set; }

    /// <summary>Names of the past, one a line; those the record itself had stay whatever stands here.</summary>
    [StringLength(2200)]
    public string? FormerNames { get; set; }

    /// <summary>The country.</summary>
    [StringLength(2)]
    public string? CountryCode { get; set; }

    /// <summary>The state or province.</summary>
    [StringLength(200)]
    public string? State { get; set; }

    /// <summary>The city.</summary>
    [StringLength(200)]
    public string? City { get; set; }

    /// <summary>The postal code.</summary>
    [StringLength(20)]
    public string? PostalCode { get; set; }

    /// <summary>Street and house.</summary>
    [StringLength(400)]
    public string? Address { get; set; }

    /// <summary>统一社会信用代码.</summary>
    [StringLength(40)]
    public string? CreditCode { get; set; }

    /// <summary>The VAT number.</summary>
    [StringLength(40)]
    public string? VatNumber { get; set; }

    /// <summary>The D-U-N-S number.</summary>
    [StringLength(20)]
    public string? Duns { get; set; }

    /// <summary>The website.</summary>
    [StringLength(300)]
    public string? Domain { get; set; }

    /// <summary>The telephone.</summary>
    [StringLength(40)]
    public string? Phone { get; set; }

    /// <summary>Served by the brand itself.</summary>
    public bool DirectAccount { get; set; }

    /// <summary>The version that was opened.</summary>
    public int? Version { get; set; }

    /// <summary>The form of a customer that is there.</summary>
    public static CustomerForm Of(Customer customer) => new()
    {
        Name = customer.Name, OtherNames = Lines(customer, "other"), LegalNames = Lines(customer, "legal"), TradeNames = Lines(customer, "trade"), ShortNames = Lines(customer, "short"),
        EnglishNames = Lines(customer, "english"), OtherScriptNames = Lines(customer, "other_script"), FormerNames = Lines(customer, "former"), CountryCode = customer.CountryCode, State = customer.State, City = customer.City, PostalCode = customer.PostalCode,
        Address = customer.Address, CreditCode = customer.CreditCode, VatNumber = customer.VatNumber, Duns = customer.Duns, Domain = customer.Domain, Phone = customer.Phone,
        DirectAccount = customer.DirectAccount, Version = customer.Version,
    };

    /// <summary>What was typed.</summary>
    /// <param name="byBrand">Only the brand has direct accounts.</param>
    public NewCustomer Typed(bool byBrand) => new()
    {
        Name = Name, OtherNames = Lines(OtherNames),
        Names = [.. new[] { ("legal", LegalNames), ("trade", TradeNames), ("short", ShortNames), ("english", EnglishNames), ("other_script", OtherScriptNames), ("former", FormerNames) }
            .SelectMany(names => Lines(names.Item2).Select(name => new CustomerName(name, names.Item1)))],
        CountryCode = CountryCode, State = State, City = City,
        PostalCode = PostalCode, Address = Address, CreditCode = CreditCode, VatNumber = VatNumber, Duns = Duns, Domain = Domain, Phone = Phone, DirectAccount = byBrand && DirectAccount,
    };

    static string[] Lines(string? names) => (names ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    static string Lines(Customer customer, string kind) =>
        string.Join('\n', customer.OtherNames.Where((_, at) => string.Equals(at < customer.OtherNameKinds.Length ? customer.OtherNameKinds[at] : "other", kind, StringComparison.Ordinal)));
}

/// <summary>What <c>CustomerList.cshtml</c> shows.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Page">The customers of the page.</param>
/// <param name="MayAdd">The person may enter customers.</param>
public sealed record CustomerListPage(ListQuery Query, ListPage<Customer> Page, bool MayAdd);

/// <summary>What <c>CustomerPage.cshtml</c> shows.</summary>
/// <param name="Customer">The customer.</param>
/// <param name="MayEdit">The person may change it.</param>
/// <param name="MayRegister">The person may register a deal about it.</param>
/// <param name="Parts">What other features show.</param>
/// <param name="SameCompany">The same company as other partners know it; for the brand.</param>
public sealed record CustomerPage(Customer Customer, bool MayEdit, bool MayRegister, IReadOnlyList<ShownPart> Parts, IReadOnlyList<Customer> SameCompany);
