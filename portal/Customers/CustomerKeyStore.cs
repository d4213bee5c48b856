using Platform.Database;
using Portal.Matching;

namespace Portal.Customers;

/// <summary>The statements by which stored keys are made anew (<see cref="RenewCustomerKeys"/>).</summary>
public sealed class CustomerKeyStore(Db db)
{
    /// <summary>Some customers whose keys were made in an older way; nobody else changes them until the transaction ends. Who asks at the same moment waits and gets others.</summary>
    internal Task<List<CustomerWithOldKeys>> TakeAsync(int most, CancellationToken ct) => db.ListAsync<CustomerWithOldKeys>("""
        select end_customer_id, name, other_names, former_names, country_code, city, address, credit_code, vat_number, duns, domain, phone
        from end_customer
        where keys_version < @version
        order by keys_version, end_customer_id
        limit @most
        for no key update
        """, new { version = MatchKey.Version, most }, ct);

    /// <summary>Writes the keys of these customers as they are made now in place of those that are stored, all with one statement.</summary>
    internal Task ReplaceAsync(IReadOnlyList<CustomerWithOldKeys> customers, CancellationToken ct)
    {
        var keys = customers.SelectMany(customer => customer.Profile.Keys.Select(key => (customer.EndCustomerId, key.Kind, key.Key))).ToList();
        return db.ExecuteAsync("""
            with wanted as (
                select w.id, w.kind, w.key from unnest(@keyIds, @kinds, @keys) as w (id, kind, key)
            ), gone as (
                delete from customer_key k
                where k.end_customer_id = any(@ids) and not exists (select from wanted w where (w.id, w.kind, w.key) = (k.end_customer_id, k.kind, k.key))
            ), come as (
                insert into customer_key (kind, key, end_customer_id, partner_id)
                select w.kind, w.key, w.id, c.partner_id from wanted w join end_customer c on c.end_customer_id = w.id
                on conflict do nothing
            )
            update end_customer set keys_version = @version where end_customer_id = any(@ids)
            """, new
        {
            version = MatchKey.Version,
            ids = customers.Select(customer => customer.EndCustomerId).ToArray(),
            keyIds = keys.Select(key => key.EndCustomerId).ToArray(),
            kinds = keys.Select(key => key.Kind).ToArray(),
            keys = keys.Select(key => key.Key).ToArray(),
        }, ct);
    }
}

/// <summary>A customer as far as its keys are made of it.</summary>
sealed class CustomerWithOldKeys
{
    public long EndCustomerId { get; init; }

    public required string Name { get; init; }

    public string[] OtherNames { get; init; } = [];

    public string[] FormerNames { get; init; } = [];

    public required string CountryCode { get; init; }

    public string? City { get; init; }

    public string? Address { get; init; }

    public string? CreditCode { get; init; }

    public string? VatNumber { get; init; }

    public string? Duns { get; init; }

    public string? Domain { get; init; }

    public string? Phone { get; init; }

    /// <summary>What the matcher looks at.</summary>
    public CompanyProfile Profile => new([Name, .. OtherNames, .. FormerNames], CountryCode, City, Address, CreditCode, VatNumber, Duns, Domain, Phone);
}
