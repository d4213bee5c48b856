using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Matching;

namespace Portal.Customers;

/// <summary>
/// Enters end customers, one or thousands alike. Each is placed in the cluster of the company it certainly is, whoever entered that
/// before; one the same partner already has is answered with its number and not entered twice.
/// </summary>
public sealed class AddCustomers(Db db, CustomerStore customers, AuditTrail audit, TimeProvider clock)
{
    const int AtOnce = 500;

    /// <summary>Enters them in one transaction (or in the one that is open). Rows that are refused do not keep the others out.</summary>
    /// <returns>One answer a row, in their order.</returns>
    public async Task<IReadOnlyList<CustomerEntry>> AddCustomersAsync(IReadOnlyList<NewCustomer> typed, CancellationToken ct)
    {
        var rows = typed.Select(row => new Row(row)).ToList();
        await db.InTransactionAsync(async () =>
        {
            var sound = rows.Where(row => row.Entry is null).ToList();
            if (sound.Count > 0)
            {
                // Of all of them at once and in order, before anything else is held: files of the same companies in opposite order wait for each other instead of deadlocking.
                await customers.HoldAsync(sound.SelectMany(row => row.Details.Keys), ct);
            }

            foreach (var some in sound.Chunk(AtOnce))
            {
                await AddAsync(some, ct);
            }
        }, ct);
        return [.. rows.Select(row => row.Entry!)];
    }

    async Task AddAsync(Row[] rows, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var (partnerAtWork, brand) = await customers.OwnersAsync(ct);
        // Only who is certainly the same matters here; the other keys find whom a reviewer should see.
        var candidates = (await customers.CandidatesAsync([.. rows.Select(row => row.Details.Keys.Where(key => key.Decides).Select(SoughtKey.Of).ToList())], ct)).ToLookup(candidate => candidate.Ordinal);
        var owners = await OwnersAsync(rows, candidates, ct);
        foreach (var row in rows)
        {
            row.BelongsTo(row.Typed.PartnerId ?? partnerAtWork, brand);
        }

        var ownNames = await customers.OwnNamesAsync([.. rows.Select(row => row.PartnerId).Distinct()], ct);
        var batch = new Batch();
        for (var ordinal = 0; ordinal < rows.Length; ordinal++)
        {
            if (ownNames[rows[ordinal].PartnerId].Any(rows[ordinal].Details.IsCalled))
            {
                rows[ordinal].Entry = new CustomerEntry.Refused([new("name", "customers.invalid.own_company")]);
                continue;
            }

            Place(rows[ordinal], candidates[ordinal], owners, batch);
        }

        var fresh = await customers.OpenClustersAsync(batch.Opened, now, ct);
        batch.Open(fresh);
        var placed = batch.Entered.Select(row => new PlacedCustomer(row.Number!, row.PartnerId, row.Cluster!.Id, row.Details)).ToList();
        if (placed.Count > 0)
        {
            await customers.InsertAsync(placed, now, ct);
            await audit.RecordAsync([.. placed.Select(customer => new AuditAct("customer.added", "customer", customer.Number, [customer.PartnerId], new { customer.Details.Name }))], ct);
        }
    }

    // The product itself enters customers for many partners; whose a candidate is decides whether a row is one the partner already has.
    async Task<IReadOnlyDictionary<long, (long PartnerId, string Number)>> OwnersAsync(Row[] rows, ILookup<int, CustomerCandidate> candidates, CancellationToken ct)
    {
        if (rows.All(row => row.Typed.PartnerId is null))
        {
            return new Dictionary<long, (long, string)>();
        }

        var ids = candidates.SelectMany(group => group).Select(candidate => candidate.EndCustomerId).Distinct().ToArray();
        return (await db.ListAsync<(long Id, long PartnerId, string Number)>("select end_customer_id, partner_id, number from end_customer where end_customer_id = any(@ids)", new { ids }, ct))
            .ToDictionary(owner => owner.Id, owner => (owner.PartnerId, owner.Number));
    }

    static void Place(Row row, IEnumerable<CustomerCandidate> candidates, IReadOnlyDictionary<long, (long PartnerId, string Number)> owners, Batch batch)
    {
        var partnerId = row.PartnerId;
        var certain = candidates.Select(candidate => (Candidate: candidate, Judgement: candidate.JudgedAgainst(row.Details.Profile)))
            .Where(pair => pair.Judgement.Band == Band.Certain).OrderByDescending(pair => pair.Judgement.Score).ThenBy(pair => pair.Candidate.EndCustomerId).ToList();
        var own = certain.Select(pair => owners.TryGetValue(pair.Candidate.EndCustomerId, out var owner)
                ? owner.PartnerId == partnerId ? owner.Number : null
                : pair.Candidate is { Mine: true } ? pair.Candidate.Number : null).FirstOrDefault(number => number is not null)
            ?? batch.CertainlyThe(row).FirstOrDefault(other => other.PartnerId == partnerId)?.Number;
        if (own is not null)
        {
            row.Entry = new CustomerEntry.AlreadyThere(own);
            return;
        }

        row.Number = PublicNumber.New("C");
        row.Cluster = certain.Count > 0 ? new Cluster { Id = certain[0].Candidate.CustomerClusterId } : batch.CertainlyThe(row).FirstOrDefault()?.Cluster ?? batch.OpenLater();
        row.Entry = new CustomerEntry.Added(row.Number);
        batch.Enter(row);
    }

    /// <summary>One row on its way in.</summary>
    sealed class Row
    {
        public Row(NewCustomer typed)
        {
            Typed = typed;
            (Details, var problems) = typed.Check();
            Entry = problems.Count > 0 ? new CustomerEntry.Refused(problems) : null;
        }

        public NewCustomer Typed { get; }

        public CustomerDetails Details { get; private set; }

        public CustomerEntry? Entry { get; set; }

        public long PartnerId { get; private set; }

        public string? Number { get; set; }

        public Cluster? Cluster { get; set; }

        // A partner that marked its customer as the brand's direct account would keep everybody else away from it.
        public void BelongsTo(long partnerId, long? brand)
        {
            PartnerId = partnerId;
            Details = Details with { DirectAccount = Details.DirectAccount && partnerId == brand };
        }
    }

    /// <summary>A cluster whose number may come only after all rows are placed.</summary>
    sealed class Cluster
    {
        public long Id { get; set; }
    }

    /// <summary>What this chunk has entered so far: rows of one file are the same company too.</summary>
    sealed class Batch
    {
        readonly Dictionary<MatchKey, List<Row>> byKey = [];
        readonly List<Cluster> unopened = [];

        public List<Row> Entered { get; } = [];

        public int Opened => unopened.Count;

        public IEnumerable<Row> CertainlyThe(Row row) =>
            row.Details.Keys.Where(key => key.Decides).SelectMany(key => byKey.GetValueOrDefault(key) ?? []).Distinct()
                .Where(other => SameCompany.Judge(row.Details.Profile, other.Details.Profile).Band == Band.Certain);

        public Cluster OpenLater()
        {
            var cluster = new Cluster();
            unopened.Add(cluster);
            return cluster;
        }

        public void Enter(Row row)
        {
            Entered.Add(row);
            foreach (var key in row.Details.Keys)
            {
                if (!byKey.TryGetValue(key, out var rows))
                {
                    byKey[key] = rows = [];
                }

                rows.Add(row);
            }
        }

        public void Open(Queue<long> ids)
        {
            foreach (var cluster in unopened)
            {
                cluster.Id = ids.Dequeue();
            }
        }
    }
}

/// <summary>What became of one customer that was to be entered.</summary>
public abstract record CustomerEntry
{
    CustomerEntry()
    {
    }

    /// <summary>It is entered under this number.</summary>
    public sealed record Added(string Number) : CustomerEntry;

    /// <summary>The partner has it already, under this number.</summary>
    public sealed record AlreadyThere(string Number) : CustomerEntry;

    /// <summary>It is not entered, for these reasons.</summary>
    public sealed record Refused(IReadOnlyList<FieldProblem> Problems) : CustomerEntry;
}
