using System.Net.Mail;
using Platform.Web;
using Portal.Customers;
using Portal.Matching;

namespace Portal.Deals;

/// <summary>A registration as somebody typed it, on the form or through the API. What is null was left empty.</summary>
public sealed record DealTyped
{
    /// <summary>The currencies a deal may be in.</summary>
    public static IReadOnlyList<string> Currencies { get; } = ["CNY", "EUR", "USD", "GBP", "HKD", "JPY", "TWD", "SGD", "AUD", "CAD", "CHF", "PLN"];

    /// <summary>An own customer, by its number; or else <see cref="Customer"/> says who it is.</summary>
    public string? CustomerNumber { get; init; }

    /// <summary>A customer that is entered with the deal; one the partner already has is taken, not entered twice.</summary>
    public NewCustomer? Customer { get; init; }

    /// <summary>The codes of the product lines claimed.</summary>
    public IReadOnlyList<string> ProductLines { get; init; } = [];

    /// <summary>The code of the territory claimed.</summary>
    public string? Territory { get; init; }

    /// <summary>What the deal is expected to be worth.</summary>
    public decimal? Amount { get; init; }

    /// <summary>The currency.</summary>
    public string? Currency { get; init; }

    /// <summary>The day it is expected to close.</summary>
    public DateOnly? ExpectedClose { get; init; }

    /// <summary>The first day of the period asked for.</summary>
    public DateOnly? PeriodFrom { get; init; }

    /// <summary>The last day of the period asked for.</summary>
    public DateOnly? PeriodUntil { get; init; }

    /// <summary>The contact at the customer.</summary>
    public string? ContactName { get; init; }

    /// <summary>The contact's mail address.</summary>
    public string? ContactEmail { get; init; }

    /// <summary>The contact's telephone.</summary>
    public string? ContactPhone { get; init; }

    /// <summary>What the customer needs.</summary>
    public string? Need { get; init; }

    /// <summary>The currency as it is stored.</summary>
    public string? CurrencyCode => Text(Currency)?.ToUpperInvariant();

    /// <summary>What is wrong with it, everything but the customer.</summary>
    /// <param name="terms">What it is checked against.</param>
    /// <param name="closeBefore">The expected close before the change; a day that is past may stay, not be set.</param>
    public IReadOnlyList<FieldProblem> Check(DealTerms terms, DateOnly? closeBefore = null)
    {
        var problems = new List<FieldProblem>();
        CheckClaim(ProductLines, terms.LineIds.Length, terms.TerritoryId, problems);
        CheckMoney(Amount, CurrencyCode, problems);
        CheckDays(terms.Today, closeBefore, problems);
        CheckContact(ContactName, ContactEmail, ContactPhone, Need, problems);
        return problems;
    }

    /// <summary>What is wrong with the customer that is entered with the deal.</summary>
    public IReadOnlyList<FieldProblem> CheckCustomer(DealTerms terms)
    {
        if (Text(CustomerNumber) is not null)
        {
            return [];
        }

        if (Customer is null)
        {
            return [new("customerName", "deals.invalid.customer")];
        }

        var (details, problems) = Customer.Check();
        if (problems.Count > 0)
        {
            return [.. problems.Select(problem => new FieldProblem(problem.Field is "name" ? "customerName" : problem.Field, problem.TextKey, problem.Arguments))];
        }

        var mine = details.Profile.ParsedNames.Select(name => name.Core).ToHashSet(StringComparer.Ordinal);
        return (terms.OwnNames ?? []).Any(name => mine.Contains(CompanyName.Parse(name).Core)) ? [new("customerName", "deals.invalid.own_company")] : [];
    }

    // What a lead says becomes a registration: it is checked the same way, or a partner could not accept it.
    internal static void CheckClaim(IReadOnlyList<string> productLines, int known, long? territoryId, List<FieldProblem> problems)
    {
        var lines = productLines.Distinct(StringComparer.Ordinal).Count();
        if (lines == 0)
        {
            problems.Add(new("productLines", "deals.invalid.no_lines"));
        }
        else if (lines != known)
        {
            problems.Add(new("productLines", "deals.invalid.unknown_line"));
        }

        if (territoryId is null)
        {
            problems.Add(new("territory", "deals.invalid.territory"));
        }
    }

    internal static void CheckMoney(decimal? amount, string? currencyCode, List<FieldProblem> problems)
    {
        if (amount is not (> 0 and < 1_000_000_000_000m) || decimal.Round(amount.Value, 2) != amount.Value)
        {
            problems.Add(new("amount", "deals.invalid.amount"));
        }

        if (currencyCode is null || !Currencies.Contains(currencyCode, StringComparer.Ordinal))
        {
            problems.Add(new("currency", "deals.invalid.currency", string.Join(", ", Currencies)));
        }
    }

    void CheckDays(DateOnly today, DateOnly? closeBefore, List<FieldProblem> problems)
    {
        if (ExpectedClose is not { } close || (close != closeBefore && (close < today || close > today.AddYears(3))))
        {
            problems.Add(new("expectedClose", "deals.invalid.expected_close"));
        }

        if (PeriodFrom is null != PeriodUntil is null || PeriodUntil < PeriodFrom || (PeriodUntil?.DayNumber - PeriodFrom?.DayNumber) > 1095 || PeriodUntil < today)
        {
            problems.Add(new("periodUntil", "deals.invalid.period"));
        }
    }

    internal static void CheckContact(string? name, string? email, string? phone, string? need, List<FieldProblem> problems)
    {
        if (Text(name)?.Length > 200)
        {
            problems.Add(new("contactName", "customers.invalid.too_long", 200));
        }

        if (Text(email) is { } mail && (mail.Length > 254 || !MailAddress.TryCreate(mail, out var address) || !string.Equals(address.Address, mail, StringComparison.Ordinal)))
        {
            problems.Add(new("contactEmail", "deals.invalid.contact_email"));
        }

        if (Text(phone)?.Length > 40)
        {
            problems.Add(new("contactPhone", "customers.invalid.too_long", 40));
        }

        if (Text(need)?.Length > 4000)
        {
            problems.Add(new("need", "customers.invalid.too_long", 4000));
        }
    }

    /// <summary>The deal as it is stored, once everything is checked.</summary>
    public DealDraft Draft(string number, long partnerId, long customerId, DealTerms terms) => new(
        number, partnerId, customerId, terms.TerritoryId!.Value, terms.LineIds, Amount!.Value, CurrencyCode!, ExpectedClose!.Value, PeriodFrom, PeriodUntil,
        Text(ContactName), Text(ContactEmail), Text(ContactPhone), Text(Need));

    internal static string? Text(string? typed) => Portal.Web.Typed.Text(typed);
}
