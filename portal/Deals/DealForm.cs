using System.ComponentModel.DataAnnotations;
using Portal.Customers;

namespace Portal.Deals;

/// <summary>The registration form, as the page sends it. Everything is optional here: <see cref="DealTyped"/> says what is missing.</summary>
public sealed class DealForm
{
    /// <summary>An own customer, by its number.</summary>
    [StringLength(40)]
    public string? CustomerNumber { get; set; }

    /// <summary>The customer's name.</summary>
    [StringLength(200)]
    public string? CustomerName { get; set; }

    /// <summary>The customer's name in another script or spelling.</summary>
    [StringLength(200)]
    public string? OtherName { get; set; }

    /// <summary>The customer's country.</summary>
    [StringLength(2)]
    public string? CountryCode { get; set; }

    /// <summary>The customer's city.</summary>
    [StringLength(200)]
    public string? City { get; set; }

    /// <summary>统一社会信用代码.</summary>
    [StringLength(40)]
    public string? CreditCode { get; set; }

    /// <summary>The VAT number.</summary>
    [StringLength(40)]
    public string? VatNumber { get; set; }

    /// <summary>The website.</summary>
    [StringLength(300)]
    public string? Domain { get; set; }

    /// <summary>The telephone.</summary>
    [StringLength(40)]
    public string? Phone { get; set; }

    /// <summary>The product lines, by code.</summary>
    public List<string> ProductLines { get; set; } = [];

    /// <summary>The territory, by code.</summary>
    public string? Territory { get; set; }

    /// <summary>The amount.</summary>
    public decimal? Amount { get; set; }

    /// <summary>The currency.</summary>
    public string? Currency { get; set; }

    /// <summary>The expected close.</summary>
    public DateOnly? ExpectedClose { get; set; }

    /// <summary>The first day of the period asked for.</summary>
    public DateOnly? PeriodFrom { get; set; }

    /// <summary>The last day of the period asked for.</summary>
    public DateOnly? PeriodUntil { get; set; }

    /// <summary>The contact at the customer.</summary>
    [StringLength(200)]
    public string? ContactName { get; set; }

    /// <summary>The contact's mail address.</summary>
    [StringLength(254)]
    public string? ContactEmail { get; set; }

    /// <summary>The contact's telephone.</summary>
    [StringLength(40)]
    public string? ContactPhone { get; set; }

    /// <summary>What the customer needs.</summary>
    [StringLength(4000)]
    public string? Need { get; set; }

    /// <summary>The version that was opened; none for a new deal.</summary>
    public int? Version { get; set; }

    /// <summary>What was checked last, as a fingerprint.</summary>
    [StringLength(64)]
    public string? Checked { get; set; }

    /// <summary><c>submit</c> or <c>draft</c>: which button was pressed.</summary>
    public string? Then { get; set; }

    /// <summary>The button was the one that submits.</summary>
    public bool Submits => Then is "submit";

    /// <summary>The form of a deal that is there.</summary>
    public static DealForm Of(Deal deal) => new()
    {
        CustomerNumber = deal.CustomerNumber,
        CustomerName = deal.CustomerName,
        ProductLines = [.. deal.ProductLines],
        Territory = deal.Territory,
        Amount = deal.Amount,
        Currency = deal.Currency,
        ExpectedClose = deal.ExpectedClose,
        PeriodFrom = deal.PeriodFrom,
        PeriodUntil = deal.PeriodUntil,
        ContactName = deal.ContactName,
        ContactEmail = deal.ContactEmail,
        ContactPhone = deal.ContactPhone,
        Need = deal.Need,
        Version = deal.Version,
    };

    /// <summary>What was typed.</summary>
    /// <param name="known">The own customer of <see cref="CustomerNumber"/>; taken as long as the name was left as it is.</param>
    public DealTyped Typed(Customer? known)
    {
        var stays = known is not null && string.Equals(known.Name, CustomerName?.Trim(), StringComparison.Ordinal);
        return new()
        {
            CustomerNumber = stays ? known!.Number : null,
            Customer = stays || string.IsNullOrWhiteSpace(CustomerName) ? null : new()
            {
                Name = CustomerName, OtherNames = OtherName is null ? [] : [OtherName], CountryCode = CountryCode, City = City, CreditCode = CreditCode, VatNumber = VatNumber, Domain = Domain, Phone = Phone,
            },
            ProductLines = ProductLines,
            Territory = Territory,
            Amount = Amount,
            Currency = Currency,
            ExpectedClose = ExpectedClose,
            PeriodFrom = PeriodFrom,
            PeriodUntil = PeriodUntil,
            ContactName = ContactName,
            ContactEmail = ContactEmail,
            ContactPhone = ContactPhone,
            Need = Need,
        };
    }
}
