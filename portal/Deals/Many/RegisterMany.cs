using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Customers;

namespace Portal.Deals;

/// <summary>
/// Enters the registrations of a whole file as drafts, under the form's rules and with a few statements whatever their number; each is then submitted by itself
/// (<see cref="RegisterDeal"/>), so that it is screened, counted and decided like one from the form.
/// </summary>
public sealed class RegisterMany(Db db, DealStore deals, ManyStore many, CapacityStore capacities, RoomForClaims room, CustomerStore customers, AddCustomers addCustomers, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Enters them in one transaction (or in the one that is open). Rows that are refused do not keep the others out: the caller decides whether any are stored.</summary>
    /// <returns>One answer a row, in their order.</returns>
    public async Task<IReadOnlyList<RowEntry>> EnterAsync(IReadOnlyList<RegistrationRow> typed, CancellationToken ct) => await db.InTransactionAsync<IReadOnlyList<RowEntry>>(async () =>
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var terms = await deals.TermsAsync([], null, now, ct);
        if (terms.Registrant is not { } partnerId)
        {
            return [.. typed.Select(_ => new RowEntry.Refused([new("", "deals.many.not_yours")]))];
        }

        var rows = await CheckAsync(typed, terms, ct);
        await CustomersAsync(rows, ct);
        await OnceAsync(rows, partnerId, ct);
        await WithinLimitsAsync(rows, partnerId, now, ct);
        await InsertAsync([.. rows.Where(row => row.IsSound)], partnerId, now, ct);
        return [.. rows.Select(row => row.Entry)];
    }, ct);

    async Task<List<Row>> CheckAsync(IReadOnlyList<RegistrationRow> typed, DealTerms terms, CancellationToken ct)
    {
        var words = await many.WordsAsync([.. typed.SelectMany(row => row.Typed.ProductLines)], [.. typed.Select(row => row.Typed.Territory).OfType<string>()], ct);
        var rows = typed.Select(row => new Row(row, words, terms)).ToList();
        foreach (var row in rows)
        {
            row.Refuse([.. row.Typed.CheckCustomer(row.Terms), .. row.Typed.Check(row.Terms)]);
        }

        return rows;
    }

    async Task CustomersAsync(List<Row> rows, CancellationToken ct)
    {
        var entering = rows.Where(row => row.IsSound && row.Typed.CustomerNumber is null).ToList();
        var entries = await addCustomers.AddCustomersAsync([.. entering.Select(row => row.Typed.Customer!)], ct);
        foreach (var (row, entry) in entering.Zip(entries))
        {
            switch (entry)
            {
                case CustomerEntry.Added(var number):
                    row.CustomerNumber = number;
                    break;
                case CustomerEntry.AlreadyThere(var number):
                    row.CustomerNumber = number;
                    break;
                case CustomerEntry.Refused(var problems):
                    row.Refuse([.. problems.Select(problem => problem.Field is "name" ? problem with { Field = "customerName" } : problem)]);
                    break;
            }
        }

        var places = (await customers.PlacesAsync([.. rows.Where(row => row.IsSound).Select(row => row.CustomerNumber!).Distinct(StringComparer.Ordinal)], ct)).ToDictionary(place => place.Number, StringComparer.Ordinal);
        foreach (var row in rows.Where(row => row.IsSound))
        {
            row.Customer = places.GetValueOrDefault(row.CustomerNumber!);
            if (row.Customer is null)
            {
                row.Refuse([new("customerNumber", "deals.invalid.customer")]);
            }
        }
    }

    // The same file twice registers nothing twice: what the company has already for that customer, line and territory is named, and no screening is spent on it.
    async Task OnceAsync(List<Row> rows, long partnerId, CancellationToken ct)
    {
        var sound = rows.Where(row => row.IsSound).ToList();
        var open = (await many.OwnOpenAsync(partnerId, [.. sound.Select(row => row.Customer!.CustomerClusterId).Distinct()], ct)).ToLookup(deal => deal.CustomerClusterId);
        var earlier = new Dictionary<(long Cluster, long Line, long Territory), long>();
        foreach (var row in sound)
        {
            var cluster = row.Customer!.CustomerClusterId;
            var keys = row.Terms.LineIds.Select(line => (cluster, line, row.Terms.TerritoryId!.Value)).ToList();
            if (open[cluster].FirstOrDefault(deal => deal.TerritoryId == row.Terms.TerritoryId && deal.LineIds.Intersect(row.Terms.LineIds).Any()) is { } own)
            {
                row.Refuse([new("customerName", own.Status is "draft" ? "deals.many.own_draft" : "deals.many.own", own.Number)]);
            }
            else if (keys.Find(earlier.ContainsKey) is var twice && earlier.TryGetValue(twice, out var first))
            {
                row.Refuse([new("customerName", "deals.many.twice", first)]);
            }
            else
            {
                keys.ForEach(key => earlier[key] = row.Number);
            }
        }
    }

    // What the day's screenings or the capacity do not suffice for is not entered. How many of those before will turn out to be taken, and need no place, is not known yet.
    async Task WithinLimitsAsync(List<Row> rows, long partnerId, DateTime now, CancellationToken ct)
    {
        var submitting = rows.Where(row => row is { IsSound: true, Submits: true }).ToList();
        if (submitting.Count == 0)
        {
            return;
        }

        var left = await many.ScreeningsLeftAsync(partnerId, [.. submitting.Select(row => row.Lines).Distinct(StringComparer.Ordinal)], now, ct);
        var capacity = await capacities.FindAsync(partnerId, now, ct);
        var free = capacity.Capacity - capacity.Open;
        var full = free < submitting.Count ? (DealOutcome.Refused)await room.RefusalAsync(partnerId, ct) : null;
        var asked = 0;
        foreach (var row in submitting)
        {
            if (asked >= left[row.Lines])
            {
                row.Refuse([new("", "deals.many.no_screening")]);
            }
            else if (asked >= free)
            {
                row.Refuse([new("", full!.TextKey, full.Arguments)]);
            }
            else
            {
                asked++;
            }
        }
    }

    async Task InsertAsync(List<Row> rows, long partnerId, DateTime now, CancellationToken ct)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var drafts = rows.Select(row => row.Draft(PublicNumber.New("D"), partnerId)).ToList();
        await many.InsertAsync(drafts, now, ct);
        await audit.RecordAsync([.. rows.Zip(drafts).Select(pair => new AuditAct("deal.entered", "deal", pair.Second.Number, [partnerId], RegisterDeal.Said(pair.First.Typed, pair.First.CustomerNumber!)))], ct);
    }

    /// <summary>One row on its way in.</summary>
    sealed class Row
    {
        List<FieldProblem> problems = [];
        DealDraft? draft;

        public Row(RegistrationRow row, RegistrationWords words, DealTerms terms)
        {
            (Number, Submits) = (row.Row, row.Submits);
            var lines = row.Typed.ProductLines.Select(words.Line).ToList();
            var territory = words.Territory(row.Typed.Territory);
            Terms = terms with { LineIds = [.. lines.Where(line => line.Id is not null).Select(line => line.Id!.Value).Distinct().Order()], TerritoryId = territory.Id };
            Lines = string.Join(',', Terms.LineIds);
            Typed = row.Typed with { ProductLines = [.. lines.Select(line => line.Code).Distinct(StringComparer.Ordinal)], Territory = territory.Code };
            CustomerNumber = DealTyped.Text(Typed.CustomerNumber);
        }

        public long Number { get; }

        public bool Submits { get; }

        public DealTyped Typed { get; }

        public DealTerms Terms { get; }

        /// <summary>The keys of its lines, as a key.</summary>
        public string Lines { get; }

        public string? CustomerNumber { get; set; }

        public CustomerPlace? Customer { get; set; }

        public bool IsSound => problems.Count == 0;

        public RowEntry Entry => draft is not null ? new RowEntry.Entered(draft.Number) : new RowEntry.Refused(problems);

        public void Refuse(IReadOnlyList<FieldProblem> found) => problems = [.. problems, .. found];

        public DealDraft Draft(string number, long partnerId) => draft = Typed.Draft(number, partnerId, Customer!.EndCustomerId, Terms);
    }
}

/// <summary>A row of a file that is to become a registration.</summary>
/// <param name="Row">The row as a spreadsheet counts it.</param>
/// <param name="Typed">What it says; lines and territory by code or by name.</param>
/// <param name="Submits">It is to be submitted, not to stay a draft.</param>
public sealed record RegistrationRow(long Row, DealTyped Typed, bool Submits);

/// <summary>What became of a row of a file.</summary>
public abstract record RowEntry
{
    RowEntry()
    {
    }

    /// <summary>It is a draft under this number.</summary>
    public sealed record Entered(string Number) : RowEntry;

    /// <summary>It was not taken, for these reasons; an empty field is the row as a whole.</summary>
    public sealed record Refused(IReadOnlyList<FieldProblem> Problems) : RowEntry;
}
