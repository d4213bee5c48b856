using Platform.Database;
using Portal.Matching;

namespace Portal.Customers;

/// <summary>Every statement that writes end customers or looks for the same company.</summary>
public sealed class CustomerStore(Db db)
{
    const int LongestBucketList = 512;

    // Of those who have one key so many are looked at; fewer for a long name, which has rarer keys beside.
    const int MostOfAKey = 300, MostOfOneOfMany = 150, Many = 12;

    /// <summary>A customer by its number, as far as the caller may see it.</summary>
    public Task<Customer?> FindAsync(string number, CancellationToken ct) => db.FindAsync<Customer>("""
        select c.end_customer_id, c.number, c.partner_id, p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, c.customer_cluster_id, c.name, c.other_names, c.other_name_kinds, c.former_names, c.country_code,
               c.state, c.city, c.postal_code, c.address, c.credit_code, c.vat_number, c.duns, c.domain, c.phone, c.direct_account, c.created_at, c.updated_at, c.version,
               p.partner_type = 'brand' as of_brand, c.partner_id = app_partner_id() or app_is_system() as mine
        from end_customer c join partner p using (partner_id)
        where c.number = @number
        """, new { number }, ct);

    /// <summary>
    /// Makes writers of the same company wait for each other until the transaction ends: without it two partners that enter a new
    /// company at the same moment would each open a cluster for it. Locks are taken in order, from a bounded number, so that an import
    /// of thousands neither deadlocks nor fills the server's lock table.
    /// </summary>
    public Task HoldAsync(IEnumerable<MatchKey> keys, CancellationToken ct) => db.ExecuteAsync("""
        select pg_advisory_xact_lock(hashtext('end customer'), bucket)
        from (select distinct abs(hashtext(key) % @LongestBucketList) as bucket from unnest(@keys) as k (key) order by bucket offset 0) as held
        """, new { keys = keys.Where(key => key.Decides).Select(key => $"{key.Kind}:{key.Key}").ToArray(), LongestBucketList }, ct);

    /// <summary>Makes whoever changes claims or members of these clusters wait for each other until the transaction ends.</summary>
    public Task HoldClustersAsync(IEnumerable<long> clusterIds, CancellationToken ct) => db.ExecuteAsync("""
        select pg_advisory_xact_lock(hashtextextended('customer cluster', cluster))
        from (select distinct cluster from unnest(@ids) as c (cluster) order by cluster offset 0) as held
        """, new { ids = clusterIds.ToArray() }, ct);

    /// <summary>Customers of any partner that may be one of the asked ones; <see cref="CustomerCandidate.Ordinal"/> says which.</summary>
    /// <param name="asked">What each of the companies asked about is looked for by.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<List<CustomerCandidate>> CandidatesAsync(IReadOnlyList<IReadOnlyList<SoughtKey>> asked, CancellationToken ct) => db.ListAsync<CustomerCandidate>("""
        select * from customer_candidates(@ordinals, @kinds, @keys, @weights, @always, @caps)
        """, new
    {
        ordinals = asked.SelectMany((keys, ordinal) => keys.Select(_ => ordinal)).ToArray(),
        kinds = asked.SelectMany(keys => keys.Select(key => key.Kind)).ToArray(),
        keys = asked.SelectMany(keys => keys.Select(key => key.Key)).ToArray(),
        weights = asked.SelectMany(keys => keys.Select(key => (float)key.Weight)).ToArray(),
        always = asked.SelectMany(keys => keys.Select(key => key.Always)).ToArray(),
        caps = asked.SelectMany(keys => keys.Select(_ => keys.Count > Many ? MostOfOneOfMany : MostOfAKey)).ToArray(),
    }, ct);

    /// <summary>How partners are called themselves: nobody's end customer is that partner.</summary>
    public async Task<ILookup<long, string>> OwnNamesAsync(IReadOnlyCollection<long> partnerIds, CancellationToken ct) =>
        (await db.ListAsync<(long PartnerId, string Name)>("""
            select partner_id, unnest(array_remove(array[name, name_latin], null)) from partner where partner_id = any(@ids)
            """, new { ids = partnerIds.ToArray() }, ct)).ToLookup(partner => partner.PartnerId, partner => CompanyName.Parse(partner.Name).Core);

    /// <summary>New clusters, for companies that match none.</summary>
    public async Task<Queue<long>> OpenClustersAsync(int howMany, DateTime now, CancellationToken ct) =>
        howMany == 0 ? new() : new(await db.ListAsync<long>("select open_customer_clusters(@howMany, @now)", new { howMany, now }, ct));

    /// <summary>Writes customers with their keys, all with one statement.</summary>
    public Task InsertAsync(IReadOnlyList<PlacedCustomer> customers, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        with entered as (
            insert into end_customer (number, partner_id, customer_cluster_id, name, other_names, other_name_kinds, country_code, state, city, postal_code, address,
                                      credit_code, vat_number, duns, domain, phone, direct_account, created_by, created_at, updated_at, keys_version)
            select number, partner_id, cluster, name, coalesce(string_to_array(nullif(others, ''), e'\x1f'), '{}'), coalesce(string_to_array(nullif(other_kinds, ''), ','), '{}'), country, state, city, postal, address,
                   credit_code, vat_number, duns, domain, phone, direct, app_person_id(), @now, @now, @keysVersion
            from unnest(@numbers, @partners, @clusters, @names, @others, @otherKinds, @countries, @states, @cities, @postals, @addresses,
                        @creditCodes, @vatNumbers, @dunses, @domains, @phones, @directs)
                 as c (number, partner_id, cluster, name, others, other_kinds, country, state, city, postal, address, credit_code, vat_number, duns, domain, phone, direct)
            returning end_customer_id, number, partner_id
        )
        insert into customer_key (kind, key, end_customer_id, partner_id)
        select k.kind, k.key, e.end_customer_id, e.partner_id
        from unnest(@keyNumbers, @kinds, @keys) as k (number, kind, key) join entered e using (number)
        """, new
    {
        now, keysVersion = MatchKey.Version,
        numbers = customers.Select(customer => customer.Number).ToArray(),
        partners = customers.Select(customer => customer.PartnerId).ToArray(),
        clusters = customers.Select(customer => customer.ClusterId).ToArray(),
        names = customers.Select(customer => customer.Details.Name).ToArray(),
        others = customers.Select(customer => string.Join('\u001f', customer.Details.OtherNames)).ToArray(),
        otherKinds = customers.Select(customer => string.Join(',', customer.Details.OtherNameKinds)).ToArray(),
        countries = customers.Select(customer => customer.Details.CountryCode).ToArray(),
        states = customers.Select(customer => customer.Details.State).ToArray(),
        cities = customers.Select(customer => customer.Details.City).ToArray(),
        postals = customers.Select(customer => customer.Details.PostalCode).ToArray(),
        addresses = customers.Select(customer => customer.Details.Address).ToArray(),
        creditCodes = customers.Select(customer => customer.Details.CreditCode).ToArray(),
        vatNumbers = customers.Select(customer => customer.Details.VatNumber).ToArray(),
        dunses = customers.Select(customer => customer.Details.Duns).ToArray(),
        domains = customers.Select(customer => customer.Details.Domain).ToArray(),
        phones = customers.Select(customer => customer.Details.Phone).ToArray(),
        directs = customers.Select(customer => customer.Details.DirectAccount).ToArray(),
        keyNumbers = customers.SelectMany(customer => customer.Details.Keys.Select(_ => customer.Number)).ToArray(),
        kinds = customers.SelectMany(customer => customer.Details.Keys.Select(key => key.Kind)).ToArray(),
        keys = customers.SelectMany(customer => customer.Details.Keys.Select(key => key.Key)).ToArray(),
    }, ct);

    /// <summary>Changes a customer and its keys; null when somebody changed it since that version.</summary>
    public Task<int?> UpdateAsync(string number, int version, CustomerDetails details, DateTime now, CancellationToken ct) => db.FindAsync<int?>("""
        with changed as (
            update end_customer
            set name = @Name, other_names = @others, other_name_kinds = @otherKinds, former_names = @former, country_code = @CountryCode, state = @State, city = @City, postal_code = @PostalCode, address = @Address,
                credit_code = @CreditCode, vat_number = @VatNumber, duns = @Duns, domain = @Domain, phone = @Phone, direct_account = @DirectAccount,
                updated_at = @now, version = version + 1, keys_version = @keysVersion
            where number = @number and version = @version
            returning end_customer_id, partner_id, version
        ), gone as (
            delete from customer_key k using changed c
            where k.end_customer_id = c.end_customer_id and (k.kind, k.key) not in (select * from unnest(@kinds, @keys))
        ), come as (
            insert into customer_key (kind, key, end_customer_id, partner_id)
            select k.kind, k.key, c.end_customer_id, c.partner_id from changed c cross join unnest(@kinds, @keys) as k (kind, key)
            on conflict do nothing
        )
        select version from changed
        """, new
    {
        number,
        version,
        now,
        keysVersion = MatchKey.Version,
        details.Name,
        others = details.OtherNames.ToArray(),
        otherKinds = details.OtherNameKinds.ToArray(),
        former = details.FormerNames.ToArray(),
        details.CountryCode,
        details.State,
        details.City,
        details.PostalCode,
        details.Address,
        details.CreditCode,
        details.VatNumber,
        details.Duns,
        details.Domain,
        details.Phone,
        details.DirectAccount,
        kinds = details.Keys.Select(key => key.Kind).ToArray(),
        keys = details.Keys.Select(key => key.Key).ToArray(),
    }, ct);

    /// <summary>
    /// Moves a customer into another cluster, its claims with it, and writes down who found that they are one company and why. The caller
    /// holds both clusters (<see cref="HoldClustersAsync"/>). Where two live claims would meet, the constraint on claims refuses.
    /// </summary>
    public Task MoveAsync(long customerId, long fromClusterId, long toClusterId, string reason, bool byPerson, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        with moved as (
            update end_customer set customer_cluster_id = @toClusterId
            where end_customer_id = @customerId and customer_cluster_id = @fromClusterId
            returning end_customer_id
        )
        insert into customer_cluster_move (end_customer_id, from_cluster_id, to_cluster_id, reason, person_id, moved_at)
        select end_customer_id, @fromClusterId, @toClusterId, @reason, case when @byPerson then app_person_id() end, @now from moved
        """, new { customerId, fromClusterId, toClusterId, reason, byPerson, now }, ct);

    /// <summary>The same company as other partners know it, as far as the caller may see it.</summary>
    public Task<List<Customer>> SameCompanyAsync(Customer customer, CancellationToken ct) => db.ListAsync<Customer>("""
        select c.end_customer_id, c.number, c.partner_id, p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, c.customer_cluster_id, c.name, c.other_names, c.other_name_kinds, c.former_names, c.country_code,
               c.state, c.city, c.postal_code, c.address, c.credit_code, c.vat_number, c.duns, c.domain, c.phone, c.direct_account, c.created_at, c.updated_at, c.version
        from end_customer c join partner p using (partner_id)
        where c.customer_cluster_id = @CustomerClusterId and c.end_customer_id <> @EndCustomerId
        order by c.end_customer_id
        limit 100
        """, new { customer.CustomerClusterId, customer.EndCustomerId }, ct);

    /// <summary>Where customers stand, by their numbers.</summary>
    public Task<List<CustomerPlace>> PlacesAsync(IReadOnlyCollection<string> numbers, CancellationToken ct) => db.ListAsync<CustomerPlace>("""
        select end_customer_id, number, customer_cluster_id from end_customer where number = any(@numbers)
        """, new { numbers = numbers.ToArray() }, ct);

    /// <summary>The customers of a cluster, as far as the caller may see them.</summary>
    public Task<List<CustomerPlace>> MembersAsync(long clusterId, CancellationToken ct) => db.ListAsync<CustomerPlace>("""
        select end_customer_id, number, customer_cluster_id from end_customer where customer_cluster_id = @clusterId order by end_customer_id
        """, new { clusterId }, ct);

    /// <summary>The partner that new customers belong to where none is named, and the brand where the caller works for it.</summary>
    public Task<(long PartnerId, long? BrandId)> OwnersAsync(CancellationToken ct) => db.OneAsync<(long, long?)>("""
        select coalesce(app_partner_id(), (select partner_id from partner where partner_type = 'brand')),
               case when app_is_brand() then (select partner_id from partner where partner_type = 'brand') end
        """, null, ct);
}

/// <summary>A customer of some partner that may be the one asked about; whose it is stays untold.</summary>
public sealed class CustomerCandidate
{
    /// <summary>Which of the asked ones.</summary>
    public int Ordinal { get; init; }

    /// <summary>The key.</summary>
    public long EndCustomerId { get; init; }

    /// <summary>The company it is.</summary>
    public long CustomerClusterId { get; init; }

    /// <summary>Belongs to the partner at work.</summary>
    public bool Mine { get; init; }

    /// <summary>Served by the brand itself.</summary>
    public bool DirectAccount { get; init; }

    /// <summary>Its number, where it belongs to the partner at work.</summary>
    public string? Number { get; init; }

    /// <summary>Its names.</summary>
    public string[] Names { get; init; } = [];

    /// <summary>Its country.</summary>
    public required string CountryCode { get; init; }

    /// <summary>Its city.</summary>
    public string? City { get; init; }

    /// <summary>Its address.</summary>
    public string? Address { get; init; }

    /// <summary>Kinds of keys it shares with the asked one.</summary>
    public string[] Shared { get; init; } = [];

    /// <summary>Kinds of identifiers it has.</summary>
    public string[] Held { get; init; } = [];

    /// <summary>So many candidates are kept for a reviewer.</summary>
    public const int MostShown = 20;

    /// <summary>Of candidates those a reviewer should see, the surest first.</summary>
    /// <param name="candidates">The candidates.</param>
    /// <param name="judge">Judges one.</param>
    public static IEnumerable<(CustomerCandidate Candidate, Judgement Judgement)> Surest(IEnumerable<CustomerCandidate> candidates, Func<CustomerCandidate, Judgement> judge) => candidates
        .Select(candidate => (Candidate: candidate, Judgement: judge(candidate)))
        .Where(found => found.Judgement.Band >= Band.Possible)
        .OrderByDescending(found => found.Judgement.Band).ThenByDescending(found => found.Judgement.Score).ThenBy(found => found.Candidate.EndCustomerId)
        .Take(MostShown);

    /// <summary>Is it the same company?</summary>
    public Judgement JudgedAgainst(CompanyProfile asked) => SameCompany.Judge(asked, new(Names, CountryCode, City, Address), Shared, Held);
}

/// <summary>Which company a customer is.</summary>
/// <param name="EndCustomerId">The key.</param>
/// <param name="Number">The number.</param>
/// <param name="CustomerClusterId">The cluster.</param>
public sealed record CustomerPlace(long EndCustomerId, string Number, long CustomerClusterId);

/// <summary>A customer that is about to be written.</summary>
public sealed record PlacedCustomer(string Number, long PartnerId, long ClusterId, CustomerDetails Details);
