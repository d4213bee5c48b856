using System.Text.Json.Serialization;
using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Texts;
using Platform.Web;
using Portal.Kpis.Formulas;
using Portal.Kpis.Metrics;

namespace Portal.Kpis;

/// <summary>The brand defines a measure, gives it another version, or retires it.</summary>
public sealed class DefineKpi(Db db, KpiDefinitions kpis, BrandCalendar calendar, AuditTrail audit)
{
    /// <summary>Defines a KPI: in use from its first period on, or as a draft that only the brand sees.</summary>
    public async Task<KpiDefined> RunAsync(NewKpi kpi, string by, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(async () =>
            {
                await kpis.HoldAsync(ct);
                var wanted = kpi.Wanted;
                if (NamesRefused(kpi) is { } misnamed)
                {
                    return misnamed;
                }

                var narrowed = await kpis.NarrowedAsync(wanted.ProductLines, wanted.Territories, ct);
                var (refused, unit, _) = await CheckAsync(null, wanted, narrowed, ct);
                if (refused is not null)
                {
                    return refused;
                }

                var number = PublicNumber.New("K");
                await StoreAsync(await kpis.AddAsync(number, kpi.Name!.Trim(), kpi.NameZh!.Trim(), ct), wanted, unit, narrowed, !kpi.Draft, by, ct);
                await audit.RecordAsync(kpi.Draft ? "kpi.drafted" : "kpi.defined", "kpi", number, null, kpi, ct);
                return (KpiDefined)new KpiDefined.Stored((await kpis.FindAsync(number, ct))!);
            }, ct);
        }
        catch (PostgresException refusedByTable) when (refusedByTable.Violates("a_kpi_name_is_used_once"))
        {
            return new KpiDefined.Refused("name", "kpis.refused.name_used");
        }
    }

    /// <summary>Gives a KPI another version: as a draft, or to hold from this or a later period on.</summary>
    /// <param name="number">The KPI.</param>
    /// <param name="version">How it was when it was read.</param>
    /// <param name="wanted">The new version.</param>
    /// <param name="publish">False keeps it as the KPI's draft.</param>
    /// <param name="by">The person's number.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<KpiDefined> ReviseAsync(string number, int version, WantedVersion wanted, bool publish, string by, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await kpis.HoldAsync(ct);
        if (await kpis.FindAsync(number, ct) is not { } kpi)
        {
            return new KpiDefined.Unknown();
        }

        var narrowed = await kpis.NarrowedAsync(wanted.ProductLines, wanted.Territories, ct);
        var (refused, unit, _) = kpi.Status == "retired" ? new(new("formula", "kpis.refused.retired_version"), default, null) : await CheckAsync(kpi, wanted, narrowed, ct);
        refused ??= publish ? await FromRefusedAsync(kpi, wanted, ct) : null;
        if (refused is not null)
        {
            return refused;
        }

        if (!await kpis.TouchAsync(number, version, ct))
        {
            return new KpiDefined.ChangedMeanwhile();
        }

        var before = (await kpis.VersionsAsync(number, ct)).Find(other => other.Status != "replaced");
        await StoreAsync(kpi.KpiDefinitionId, wanted, unit, narrowed, publish, by, ct);
        await audit.RecordAsync(publish ? "kpi.version-published" : "kpi.drafted", "kpi", number, null, new { wanted.From, wanted.Note, changes = VersionChanges.Between(before, wanted) }, ct);
        return (KpiDefined)new KpiDefined.Stored((await kpis.FindAsync(number, ct))!);
    }, ct);

    /// <summary>Retires a KPI: the period that runs is its last, it stays readable and gets no new targets.</summary>
    public Task<KpiDefined> RetireAsync(string number, int version, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        await kpis.HoldAsync(ct);
        if (await kpis.FindAsync(number, ct) is not { } kpi)
        {
            return new KpiDefined.Unknown();
        }

        var (today, _) = await calendar.TodayAsync(ct);
        var last = Period.Of(Period.ParseKind(kpi.Period)!.Value, today);
        if ((await kpis.PublishedAsync(ct)).Find(other => other.Number != number && (other.ValidUntil is null || other.ValidUntil > last.End) && NamedBy(other).Contains(number, StringComparer.Ordinal)) is { } user)
        {
            return new KpiDefined.Refused("number", "kpis.refused.named_by") { Arguments = [user.Number] };
        }

        if (!await kpis.RetireAsync(number, version, last.End, ct))
        {
            return new KpiDefined.ChangedMeanwhile();
        }

        await audit.RecordAsync("kpi.retired", "kpi", number, null, new { last = last.ToString() }, ct);
        return (KpiDefined)new KpiDefined.Stored((await kpis.FindAsync(number, ct))!);
    }, ct);

    /// <summary>Looks whether a version could stand: what is wrong with it, or its unit.</summary>
    /// <param name="kpi">The KPI it is for; null for a new one.</param>
    /// <param name="wanted">The version.</param>
    /// <param name="narrowed">Its product lines and territories.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<Checked> CheckAsync(KpiDefinition? kpi, WantedVersion wanted, Narrowed narrowed, CancellationToken ct)
    {
        if (FieldRefused(wanted, narrowed) is { } refused)
        {
            return new(refused, default, null);
        }

        var read = Formula.Read(wanted.Formula);
        if (read is not FormulaRead.Right(var formula))
        {
            return new(new("formula", "kpis.refused.formula") { Problem = ((FormulaRead.Wrong)read).Problem }, default, null);
        }

        var entry = new BookEntry(kpi?.Number ?? "", formula, [.. narrowed.Lines.Values.Order()]);
        return Look(kpi, entry, formula, Period.Parse(wanted.From)?.HeldOn, await kpis.PublishedAsync(ct));
    }

    // The book is opened at each day from which another set of versions holds: what is right today may name a KPI that ends next year.
    static Checked Look(KpiDefinition? kpi, BookEntry entry, Formula formula, DateOnly? from, List<KpiVersion> published)
    {
        var first = from ?? Beginning(published);
        var unit = default(Unit);
        Node? tree = null;
        foreach (var day in published.SelectMany(version => new[] { version.ValidFrom, version.ValidUntil }).OfType<DateOnly>().Where(day => day > first).Append(first).Distinct().Order())
        {
            var held = published.Where(version => version.Number != entry.Number && version.Holds(day)).Select(Entry).OfType<BookEntry>().ToList();
            var book = new FormulaBook(held.Append(entry));
            var (problem, found, written) = Judge(book, entry);
            if (problem is not null)
            {
                return new(new("formula", "kpis.refused.formula") { Problem = problem }, default, null);
            }

            (unit, tree) = (found, tree ?? written);
            if (kpi is not null && kpi.Status != "draft" && unit.ToString() != kpi.Unit)
            {
                return new(new("formula", "kpis.refused.other_unit") { Arguments = [Named.Unit(kpi.Unit), unit] }, default, null);
            }

            if (held.Find(other => other.Formula.Kpis.Contains(entry.Number, StringComparer.Ordinal) && Judge(book, other).Problem is not null) is { } broken)
            {
                return new(new("formula", "kpis.refused.breaks") { Arguments = [broken.Number, Judge(book, broken).Problem!] }, default, null);
            }
        }

        return new(null, unit, tree);
    }

    static (FormulaProblem? Problem, Unit Unit, Node? Tree) Judge(FormulaBook book, BookEntry entry) => book.WriteOut(entry.Number.Length == 0 ? null : entry.Number, entry.Formula, entry.Lines) switch
    {
        WrittenOut.Right(var tree) => FormulaUnits.Of(entry.Formula.Text, tree) switch
        {
            FormulaUnit.Right(var unit) => (null, unit, tree),
            FormulaUnit.Wrong(var problem) => (problem, default, null),
            _ => throw new InvalidOperationException("A formula has a unit or a problem."),
        },
        WrittenOut.Wrong(var problem) => (problem, default, null),
        _ => throw new InvalidOperationException("A formula is written out or has a problem."),
    };

    /// <summary>The same for a version that is only being written, so that a page can say at once what is wrong with it or what it would give.</summary>
    public Task<Checked> TryAsync(KpiDefinition? kpi, WantedVersion wanted, CancellationToken ct) => db.TogetherAsync(async () =>
        await CheckAsync(kpi, wanted, await kpis.NarrowedAsync(wanted.ProductLines, wanted.Territories, ct), ct), ct);

    /// <summary>A version as the book has it; null where its formula is none any more.</summary>
    internal static BookEntry? Entry(KpiVersion version) => Formula.Read(version.Formula) is FormulaRead.Right(var formula) ? new(version.Number, formula, version.ProductLineIds) : null;

    /// <summary>The book of the versions that hold at one time.</summary>
    internal static FormulaBook Book(IEnumerable<KpiVersion> held) => new(held.Select(Entry).OfType<BookEntry>());

    /// <summary>A day before any of the versions begins that does not hold since ever.</summary>
    internal static DateOnly Beginning(IEnumerable<KpiVersion> published) =>
        published.Where(version => version.ValidFrom is not null).Select(version => version.ValidFrom!.Value.AddDays(-1)).Append(new DateOnly(1990, 1, 1)).Min();

    static IEnumerable<string> NamedBy(KpiVersion version) => Entry(version)?.Formula.Kpis ?? [];

    async Task StoreAsync(long definition, WantedVersion wanted, Unit unit, Narrowed narrowed, bool publish, string by, CancellationToken ct) =>
        await (publish ? kpis.PublishAsync(definition, wanted, unit, narrowed, Period.Parse(wanted.From)?.HeldOn, by, ct) : kpis.KeepDraftAsync(definition, wanted, unit, narrowed, by, ct));

    async Task<KpiDefined.Refused?> FromRefusedAsync(KpiDefinition kpi, WantedVersion wanted, CancellationToken ct)
    {
        if (kpi.Status == "draft")
        {
            return null;
        }

        if (Period.Parse(wanted.From) is not { } from)
        {
            return new("from", "kpis.refused.from");
        }

        var held = Period.ParseKind(kpi.Period)!.Value;
        var (today, _) = await calendar.TodayAsync(ct);
        return from.HeldOn < Period.Of(from.Kind, today).HeldOn ? new("from", "kpis.refused.from_past") { Arguments = [Period.Of(from.Kind, today).ToString()] }
            : Period.Of(held, from.HeldOn).HeldOn != from.HeldOn ? new("from", "kpis.refused.from_cuts") { Arguments = [Period.Of(held, from.HeldOn).ToString()] }
            : null;
    }

    static KpiDefined.Refused? NamesRefused(NewKpi kpi) => kpi switch
    {
        { Name: var name } when string.IsNullOrWhiteSpace(name) || name.Length > 120 => new("name", "kpis.refused.name"),
        { NameZh: var name } when string.IsNullOrWhiteSpace(name) || name.Length > 120 => new("name_zh", "kpis.refused.name"),
        _ => null,
    };

    static KpiDefined.Refused? FieldRefused(WantedVersion wanted, Narrowed narrowed) => wanted switch
    {
        { Formula: var formula } when string.IsNullOrWhiteSpace(formula) => new("formula", "kpis.refused.metric"),
        { Direction: not ("up" or "down") } => new("direction", "kpis.refused.direction"),
        { Period: var period } when Period.ParseKind(period) is null => new("period", "kpis.refused.period_kind"),
        { From: { Length: > 0 } from, Period: var period } when Period.Parse(from)?.KindName != period => new("from", "kpis.refused.from"),
        { ProductLines: var lines } when lines.Any(line => !narrowed.Lines.ContainsKey(line)) => new("product_line", "kpis.refused.unknown_product_line"),
        { Territories: var territories } when territories.Any(territory => !narrowed.Territories.ContainsKey(territory)) => new("territory", "kpis.refused.unknown_territory"),
        { PartnerTypes: var types } when types.Except(Types, StringComparer.Ordinal).Any() => new("partner_type", "kpis.refused.partner_type"),
        { PartnerLevels: var levels } when levels.Except(SetTargets.Levels, StringComparer.Ordinal).Any() => new("partner_level", "kpis.refused.partner_level"),
        { Green: var green, Amber: var amber } when amber <= 0 || amber >= green || green > 2 => new("green", "kpis.refused.thresholds"),
        { Note.Length: > 500 } => new("note", "kpis.refused.note"),
        { ProductLines.Count: > 0, Formula: var formula } when MetricCatalog.Find(formula.Trim()) is { KnowsProductLines: false } => new("product_line", "kpis.refused.metric_without_lines"),
        _ => null,
    };

    /// <summary>The types of partners a KPI can be for.</summary>
    public static IReadOnlyList<string> Types { get; } = ["distributor", "reseller", "store", "agent", "coworking_operator"];
}

/// <summary>What was found when a version was looked at.</summary>
/// <param name="Refused">What is wrong with it, or null.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Tree">What it measures from its first day on, written out.</param>
public sealed record Checked(KpiDefined.Refused? Refused, Unit Unit, Node? Tree);

/// <summary>A KPI to be defined.</summary>
/// <param name="Name">In English.</param>
/// <param name="NameZh">In Chinese.</param>
/// <param name="Metric">A metric of the catalogue; or <see cref="Formula"/>.</param>
/// <param name="ProductLine">One product line that counts; more of them in <see cref="ProductLines"/>.</param>
/// <param name="Direction">up or down.</param>
/// <param name="Period">The kind of period.</param>
public sealed record NewKpi(string? Name, string? NameZh, string? Metric, string? ProductLine, string? Direction, string? Period)
{
    /// <summary>A formula over metrics and other KPIs.</summary>
    public string? Formula { get; init; }

    /// <summary>Codes of the product lines that count; empty is all.</summary>
    public IReadOnlyList<string> ProductLines { get; init; } = [];

    /// <summary>The types of partners it is for; empty is all.</summary>
    public IReadOnlyList<string> PartnerTypes { get; init; } = [];

    /// <summary>The levels it is for; empty is all.</summary>
    public IReadOnlyList<string> PartnerLevels { get; init; } = [];

    /// <summary>Codes of the territories it is for; empty is all.</summary>
    public IReadOnlyList<string> Territories { get; init; } = [];

    /// <summary>The attainment from which it is green; 1 is the target.</summary>
    public decimal Green { get; init; } = 1;

    /// <summary>The attainment below which it is red.</summary>
    public decimal Amber { get; init; } = 0.8m;

    /// <summary>The first period it holds for; nothing: since ever.</summary>
    public string? From { get; init; }

    /// <summary>Why it is defined.</summary>
    public string? Note { get; init; }

    /// <summary>True keeps it as a draft that only the brand sees.</summary>
    public bool Draft { get; init; }

    /// <summary>Its first version.</summary>
    [JsonIgnore]
    public WantedVersion Wanted => new(Formula is { Length: > 0 } ? Formula : Metric ?? "", Direction ?? "", Period ?? "")
    {
        ProductLines = ProductLine is { Length: > 0 } ? [.. ProductLines.Append(ProductLine).Distinct(StringComparer.Ordinal)] : ProductLines,
        PartnerTypes = PartnerTypes, PartnerLevels = PartnerLevels, Territories = Territories, Green = Green, Amber = Amber, From = string.IsNullOrWhiteSpace(From) ? null : From.Trim(), Note = Note,
    };
}

/// <summary>What became of a KPI to be defined or changed.</summary>
public abstract record KpiDefined
{
    /// <summary>It stands.</summary>
    public sealed record Stored(KpiDefinition Kpi) : KpiDefined;

    /// <summary>There is none of that number.</summary>
    public sealed record Unknown : KpiDefined;

    /// <summary>Somebody was faster.</summary>
    public sealed record ChangedMeanwhile : KpiDefined;

    /// <summary>It was refused because of one field.</summary>
    public sealed record Refused(string Field, string TextKey) : KpiDefined
    {
        /// <summary>What the reason names.</summary>
        public IReadOnlyList<object> Arguments { get; init; } = [];

        /// <summary>What is wrong with the formula.</summary>
        public FormulaProblem? Problem { get; init; }

        /// <summary>The sentence for the reader.</summary>
        public string Said(Texts t) => Problem?.Said(t) ?? new FieldProblem(Field, TextKey, [.. Arguments.Select(argument => argument switch { FormulaProblem problem => problem.Said(t), Unit unit => UnitWords.Of(unit, t), _ => argument })]).Text(t);
    }
}
