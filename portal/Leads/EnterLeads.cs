using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Customers;
using Portal.Deals;

namespace Portal.Leads;

/// <summary>
/// Enters the leads of a whole file under the form's rules, screens them together and hands out those that say to whom, all with a few statements whatever their number. What may not be handed out
/// stays with the brand and says why: that is no mistake of the file.
/// </summary>
public sealed class EnterLeads(Db db, LeadStore leads, ManyStore words, ScreenLeads screenLeads, LeadScreeningStore screenings, LeadNews news, AuditTrail audit, TimeProvider clock)
{
    static readonly string[] Levels = ["registered", "silver", "gold", "platinum"];

    /// <summary>Enters them in one transaction (or in the one that is open). Rows that are refused do not keep the others out: the caller decides whether any are stored.</summary>
    /// <returns>One answer a row, in their order.</returns>
    public async Task<IReadOnlyList<LeadEntry>> EnterAsync(IReadOnlyList<LeadRow> typed, CancellationToken ct) => await db.InTransactionAsync<IReadOnlyList<LeadEntry>>(async () =>
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var known = await words.WordsAsync([.. typed.SelectMany(row => row.Typed.ProductLines)], [.. typed.Select(row => row.Typed.Territory).OfType<string>()], ct);
        var partners = await leads.PartnersByWordAsync([.. typed.Select(row => row.OfferTo).OfType<string>()], ct);
        var rows = typed.Select(row => new Row(row, known, partners)).ToList();
        await OnceAsync([.. rows.Where(row => row.IsSound)], ct);
        var entering = rows.Where(row => row.IsSound).ToList();
        if (entering.Count > 0)
        {
            await InsertAsync(entering, now, ct);
            await HandOutAsync([.. entering.Where(row => row.PartnerId is not null || row.PoolLevel is not null)], now, ct);
        }

        return [.. rows.Select(row => row.Entry)];
    }, ct);

    async Task OnceAsync(List<Row> rows, CancellationToken ct)
    {
        var open = (await leads.OpenOfAsync([.. rows.Select(row => row.Company.Name)], ct)).ToLookup(lead => KeyOf(lead.Company, lead.TerritoryId), lead => lead.Number, StringComparer.Ordinal);
        var earlier = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var key = KeyOf(row.Company.Name, row.TerritoryId);
            if (open[key].FirstOrDefault() is { } number)
            {
                row.Refuse(new("company", "leads.many.known", number));
            }
            else if (!earlier.TryAdd(key, row.Number))
            {
                row.Refuse(new("company", "leads.many.twice", earlier[key]));
            }
        }

        static string KeyOf(string company, long territory) => $"{territory} {company.ToLowerInvariant()}";
    }

    async Task InsertAsync(List<Row> rows, DateTime now, CancellationToken ct)
    {
        var ids = (await leads.InsertManyAsync([.. rows.Select(row => row.New)], now, ct)).ToDictionary(lead => lead.Number, lead => lead.LeadId, StringComparer.Ordinal);
        rows.ForEach(row => row.LeadId = ids[row.New.Number]);
        await audit.RecordAsync([.. rows.Select(row => new AuditAct("lead.entered", "lead", row.New.Number, [], new { row.Typed.Company, row.Typed.Territory, row.Typed.ProductLines, row.Typed.Amount, row.Typed.Currency, row.Typed.Source }))], ct);
        await screenLeads.RunAsync([.. rows.Select(row => (row.LeadId, row.Typed.Customer))], ct);
    }

    async Task HandOutAsync(List<Row> rows, DateTime now, CancellationToken ct)
    {
        if (rows.Count == 0)
        {
            return;
        }

        long[] ids = [.. rows.Select(row => row.LeadId)];
        var claims = (await screenings.ClaimsAsync(ids, now, ct)).ToLookup(claim => claim.LeadId);
        var direct = (await screenings.DirectAsync(ids, ct)).ToHashSet();
        var eligible = (await leads.EligibleAsync([.. rows.Where(row => row.PoolLevel is not null).Select(row => (row.TerritoryId, row.PoolLevel!)).Distinct()], ct))
            .ToLookup(partner => (partner.TerritoryId, partner.Level), partner => partner.PartnerId);
        foreach (var row in rows)
        {
            row.Hindered =
                LeadStanding.RefusalOf(claims[row.LeadId], direct.Contains(row.LeadId)) is { } refusal ? new("", refusal.TextKey, refusal.Arguments)
                : LeadStanding.Doubt(claims[row.LeadId]) is { } doubt ? new("", "leads.invalid.despite", doubt.PartnerName, doubt.DealNumber)
                : row.PoolLevel is { } level && !eligible[(row.TerritoryId, level)].Any() ? new("", "leads.refused.nobody")
                : null;
        }

        var going = rows.Where(row => row.Hindered is null).ToList();
        var until = await leads.AnswerByAsync(now, ct);
        await leads.HandOutManyAsync([.. going.Select(row => (row.LeadId, row.PartnerId, row.PoolLevel))], until, now, ct);
        await audit.RecordAsync([.. going.Select(row => row.PartnerId is { } partner
            ? new AuditAct("lead.offered", "lead", row.New.Number, [partner], new { partner = row.PartnerNumber, until })
            : new AuditAct("lead.opened", "lead", row.New.Number, [], new { level = row.PoolLevel }))], ct);
        await TellAsync(going, eligible, until, ct);
    }

    // One word to each partner, however many leads it gets.
    async Task TellAsync(List<Row> going, ILookup<(long TerritoryId, string Level), long> eligible, DateTime until, CancellationToken ct)
    {
        var day = DateOnly.FromDateTime(until.AddTicks(-10));
        foreach (var ofPartner in going.Where(row => row.PartnerId is not null).GroupBy(row => row.PartnerId!.Value))
        {
            await (ofPartner.ToList() is [var only]
                ? news.TellPartnerAsync("offered", only.New.Number, only.Company.Name, ofPartner.Key, null, ct, day)
                : news.TellOfManyAsync(ofPartner.Key, ofPartner.Count(), day, ct));
        }

        foreach (var ofTerritory in going.Where(row => row.PoolLevel is not null).GroupBy(row => row.Typed.Territory!, StringComparer.Ordinal))
        {
            await news.TellPoolAsync(ofTerritory.Key, [.. ofTerritory.SelectMany(row => eligible[(row.TerritoryId, row.PoolLevel!)]).Distinct()], ct);
        }
    }

    /// <summary>One row on its way in.</summary>
    sealed class Row
    {
        readonly List<FieldProblem> problems = [];

        public Row(LeadRow row, RegistrationWords words, IReadOnlyDictionary<string, (long PartnerId, string Number)> partners)
        {
            Number = row.Row;
            var lines = row.Typed.ProductLines.Select(words.Line).ToList();
            long[] known = [.. lines.Where(line => line.Id is not null).Select(line => line.Id!.Value).Distinct()];
            var territory = words.Territory(row.Typed.Territory);
            TerritoryId = territory.Id ?? 0;
            Typed = row.Typed with { ProductLines = [.. lines.Select(line => line.Code).Distinct(StringComparer.Ordinal)], Territory = territory.Code };
            (Company, var wrong) = Typed.Check(known.Length, territory.Id);
            problems.AddRange(wrong);
            if (row.OfferTo is { } to)
            {
                if (partners.TryGetValue(to, out var partner))
                {
                    (PartnerId, PartnerNumber) = partner;
                }
                else
                {
                    Refuse(new("offerTo", "leads.invalid.partner"));
                }
            }

            PoolLevel = row.Pool;
            if (PoolLevel is not null && !Levels.Contains(PoolLevel, StringComparer.Ordinal))
            {
                Refuse(new("pool", "leads.invalid.level"));
            }
            else if (PoolLevel is not null && row.OfferTo is not null)
            {
                Refuse(new("pool", "leads.many.both"));
            }

            New = new(PublicNumber.New("L"), Typed, Company, TerritoryId, known);
        }

        public long Number { get; }

        public LeadTyped Typed { get; }

        public CustomerDetails Company { get; }

        public long TerritoryId { get; }

        public long? PartnerId { get; }

        public string? PartnerNumber { get; }

        public string? PoolLevel { get; }

        public NewLead New { get; }

        public long LeadId { get; set; }

        public FieldProblem? Hindered { get; set; }

        public bool IsSound => problems.Count == 0;

        public LeadEntry Entry => IsSound ? new LeadEntry.Entered(New.Number, Hindered, Hindered is not null ? "new" : PartnerId is not null ? "offered" : PoolLevel is not null ? "pool" : "new") : new LeadEntry.Refused(problems);

        public void Refuse(FieldProblem problem) => problems.Add(problem);
    }
}

/// <summary>A row of a file that is to become a lead.</summary>
/// <param name="Row">The row as a spreadsheet counts it.</param>
/// <param name="Typed">What it says; lines and territory by code or by name.</param>
/// <param name="OfferTo">The partner it is offered to, by code or number.</param>
/// <param name="Pool">The level that is needed to take it from the pool; null where it does not go there.</param>
public sealed record LeadRow(long Row, LeadTyped Typed, string? OfferTo, string? Pool);

/// <summary>A lead that is about to be written.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Typed">What was typed.</param>
/// <param name="Company">The company as it is stored.</param>
/// <param name="TerritoryId">Its territory.</param>
/// <param name="LineIds">Its product lines.</param>
public sealed record NewLead(string Number, LeadTyped Typed, CustomerDetails Company, long TerritoryId, IReadOnlyList<long> LineIds);

/// <summary>What became of a row of a file.</summary>
public abstract record LeadEntry
{
    LeadEntry()
    {
    }

    /// <summary>It is a lead under this number.</summary>
    /// <param name="Number">The number.</param>
    /// <param name="Hindered">Why it was not handed out as the row says.</param>
    /// <param name="Status">Where it stands.</param>
    public sealed record Entered(string Number, FieldProblem? Hindered, string Status) : LeadEntry;

    /// <summary>It was not taken, for these reasons.</summary>
    public sealed record Refused(IReadOnlyList<FieldProblem> Problems) : LeadEntry;
}
