using Platform.Audit;
using Platform.Database;
using Platform.Web;

namespace Portal.Customers;

/// <summary>Changes what a partner says of its customer. The cluster stays: which company it is, the next screening or a reviewer decides.</summary>
public sealed class EditCustomer(Db db, CustomerStore customers, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Changes it.</summary>
    /// <param name="number">The customer.</param>
    /// <param name="version">The version the person saw; null takes whichever is there.</param>
    /// <param name="typed">All that is said of it, new and old.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<CustomerEdit> RunAsync(string number, int? version, NewCustomer typed, CancellationToken ct)
    {
        var (details, problems) = typed.Check();
        if (problems.Count > 0)
        {
            return new CustomerEdit.Refused(problems);
        }

        return await db.InTransactionAsync<CustomerEdit>(async () =>
        {
            if (await customers.FindAsync(number, ct) is not { Mine: true } before)
            {
                return new CustomerEdit.Missing();
            }

            // A new record, so that its profile and keys are made with the names of the past.
            details = details.Remembering(before.FormerNames, before.Name) with { DirectAccount = details.DirectAccount && before.OfBrand };
            if (details.FormerNames.Count > 50)
            {
                return new CustomerEdit.Refused([new("name", "customers.invalid.too_many_names", 50)]);
            }

            if ((await customers.OwnNamesAsync([before.PartnerId], ct))[before.PartnerId].Any(details.IsCalled))
            {
                return new CustomerEdit.Refused([new("name", "customers.invalid.own_company")]);
            }

            await customers.HoldAsync(details.Keys, ct);
            if (await customers.UpdateAsync(number, version ?? before.Version, details, clock.GetUtcNow().UtcDateTime, ct) is not { } next)
            {
                return new CustomerEdit.Stale();
            }

            await audit.RecordAsync("customer.changed", "customer", number, before.PartnerId, new { before = Said(before), after = details }, ct);
            return new CustomerEdit.Saved(next);
        }, ct);
    }

    static object Said(Customer customer) => new
    {
        customer.Name, customer.OtherNames, customer.OtherNameKinds, customer.FormerNames, customer.CountryCode, customer.State, customer.City, customer.PostalCode, customer.Address,
        customer.CreditCode, customer.VatNumber, customer.Duns, customer.Domain, customer.Phone, customer.DirectAccount,
    };
}

/// <summary>What became of a change to a customer.</summary>
public abstract record CustomerEdit
{
    CustomerEdit()
    {
    }

    /// <summary>It is changed and now has this version.</summary>
    public sealed record Saved(int Version) : CustomerEdit;

    /// <summary>It is not changed, for these reasons.</summary>
    public sealed record Refused(IReadOnlyList<FieldProblem> Problems) : CustomerEdit;

    /// <summary>Somebody changed it since.</summary>
    public sealed record Stale : CustomerEdit;

    /// <summary>There is no such customer, or it is somebody else's.</summary>
    public sealed record Missing : CustomerEdit;
}
