using System.Globalization;
using Platform.Texts;
using Portal.Documents.Excel;
using Portal.Documents.Tables;

namespace Portal.Kpis;

/// <summary>The grid of targets as a file, out and in again: a row for each level, territory and partner, a column for each period. All of a file is stored, or nothing; what is wrong is said at its cell.</summary>
public sealed class TargetFiles(TargetGrids grids, KpiDefinitions kpis, SetTargets setTargets, TableReader reader)
{
    /// <summary>How many rows a file may have.</summary>
    public const int MostRows = 20_000;

    /// <summary>How large a file may be.</summary>
    public const long MostBytes = 10 * 1024 * 1024;

    /// <summary>How many problems are shown; the file of wrong rows has all of their rows.</summary>
    public const int MostShown = 200;

    /// <summary>What takes a target away.</summary>
    const string Nothing = "-";

    // Owner and name stand before the periods.
    const int ColumnsBefore = 2;

    /// <summary>The columns of the file of a grid.</summary>
    public static IReadOnlyList<TableColumn> Columns(TargetGrid grid, Texts t) =>
        [new(t["kpis.file.owner"], Width: 22), new(t["kpis.name"], Width: 34), .. grid.Periods.Select(period => new TableColumn(period.ToString(), TableColumnKind.Number))];

    /// <summary>Its rows: every partner, whatever page the grid shows.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<object?>>> RowsAsync(TargetGrid grid, Texts t, CancellationToken ct)
    {
        var partners = await grids.PartnersAsync(grid.Words, 0, MostRows, ct);
        var held = (await grids.TargetsAsync(grid.Kpi!.KpiDefinitionId, grid.Year, [.. partners.Select(partner => partner.PartnerId)], ct)).ToLookup(target => (target.Owner, target.Period, target.StartsOn), target => target.Value);
        return [.. SetTargets.Levels.Reverse().Select(level => ("level:" + level, t["kpis.every", t["kpis.level." + level]].Value))
            .Concat(grid.Territories.Select(territory => ("territory:" + territory.Code, t["kpis.every_in", Named.In(territory.Name, territory.NameZh)].Value)))
            .Concat(partners.Select(partner => (partner.Number, partner.Name)))
            .Select(row => (IReadOnlyList<object?>)[row.Item1, row.Item2, .. grid.Periods.Select(period => held[(row.Item1, period.KindName, period.Start)].Select(value => (object)(grid.IsRatio ? value * 100 : value)).FirstOrDefault())])];
    }

    /// <summary>Takes a file in. An empty cell changes nothing, and a hyphen takes its target away.</summary>
    /// <param name="kpi">The KPI's number.</param>
    /// <param name="file">The content, seekable.</param>
    /// <param name="fileName">Its name.</param>
    /// <param name="note">Why, kept with each target.</param>
    /// <param name="by">The person's number.</param>
    /// <param name="t">The reader's texts.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<TargetFileTaken> TakeAsync(string kpi, Stream file, string fileName, string? note, string by, Texts t, CancellationToken ct)
    {
        if (await kpis.FindAsync(kpi, ct) is not { } definition)
        {
            return new TargetFileTaken.Unreadable(t["kpis.refused.unknown_kpi"]);
        }

        if (await reader.OpenAsync(file, fileName, ct) is not TableOpening.Opened(var table))
        {
            return new TargetFileTaken.Unreadable(t["kpis.file.unreadable"]);
        }

        await using (table)
        {
            var read = await ReadAsync(table, definition, note, t, ct);
            if (read.Asked.Count == 0 && read.Problems.Count == 0)
            {
                return new TargetFileTaken.Unreadable(t["kpis.file.empty"]);
            }

            var outcome = read.Problems.Count > 0 ? new TargetsSet.Refused(await setTargets.CheckAsync([.. read.Asked.Select(cell => cell.Target)], ct)) : await setTargets.RunAsync([.. read.Asked.Select(cell => cell.Target)], by, ct);
            return outcome switch
            {
                TargetsSet.Stored(var changed) => new TargetFileTaken.Stored(changed),
                TargetsSet.Refused(var refusals) => Wrong(table.Columns, read, refusals, t),
                _ => throw new InvalidOperationException("Targets are either stored or refused."),
            };
        }
    }

    static async Task<Content> ReadAsync(Table table, KpiDefinition kpi, string? note, Texts t, CancellationToken ct)
    {
        Content read = new([], [], []);
        var isRatio = kpi.Unit == "ratio";
        for (var column = ColumnsBefore; column < table.Columns.Count; column++)
        {
            if (Period.Parse(table.Columns[column]) is null)
            {
                read.Problems.Add(new(1, ExcelCell.ColumnName(column + 1), table.Columns[column], t["kpis.refused.period"]));
            }
        }

        await foreach (var line in table.LinesAsync(ct))
        {
            if (line is TableLine.Broken(var refusal))
            {
                read.Problems.Add(new(refusal.Row ?? 0, "A", "", refusal.Describe(t)));
                continue;
            }

            var row = (TableLine.Row)line;
            read.Rows[row.Number] = row.Cells;
            if (read.Rows.Count > MostRows)
            {
                read.Problems.Add(new(row.Number, "A", "", t["kpis.file.too_many_rows", MostRows]));
                break;
            }

            ReadRow(row, table.Columns, kpi.Number, isRatio, note, read, t);
        }

        return read;
    }

    static void ReadRow(TableLine.Row row, IReadOnlyList<string> columns, string kpi, bool isRatio, string? note, Content read, Texts t)
    {
        var owner = row.Cells[0]?.Trim();
        for (var column = ColumnsBefore; column < columns.Count; column++)
        {
            if (row.Cells[column]?.Trim() is not { Length: > 0 } typed || Period.Parse(columns[column]) is null)
            {
                continue;
            }

            var letter = ExcelCell.ColumnName(column + 1);
            var value = typed == Nothing ? null : TypedTarget.Read(typed, isRatio, CultureInfo.InvariantCulture);
            if (owner is not { Length: > 0 })
            {
                read.Problems.Add(new(row.Number, "A", "", t["kpis.refused.partner_or_level"]));
                return;
            }

            if (typed != Nothing && value is null)
            {
                read.Problems.Add(new(row.Number, letter, typed, t[TypedTarget.Reason(typed, CultureInfo.InvariantCulture, "kpis.refused.value")]));
                continue;
            }

            read.Asked.Add(new(row.Number, letter, typed, TypedTarget.Asked(kpi, owner, columns[column], value, note, typed == Nothing)));
        }
    }

    static TargetFileTaken.Wrong Wrong(IReadOnlyList<string> columns, Content read, IReadOnlyList<TargetRefusal> refusals, Texts t)
    {
        // What is wrong with whom a row is for is wrong once, not in each of its cells.
        var problems = read.Problems.Concat(refusals.Select(refusal => (refusal, cell: read.Asked[refusal.Row])).Select(pair => pair.refusal.Field switch
        {
            "partner" => new CellProblem(pair.cell.Row, "A", read.Rows[pair.cell.Row][0] ?? "", t[pair.refusal.TextKey]),
            "kpi" => new CellProblem(1, "A", columns[0], t[pair.refusal.TextKey]),
            "period" => new CellProblem(pair.refusal.TextKey == "kpis.refused.twice" ? pair.cell.Row : 1, pair.cell.Column, pair.cell.Target.Period, t[pair.refusal.TextKey]),
            _ => new CellProblem(pair.cell.Row, pair.cell.Column, pair.cell.Typed, t[pair.refusal.TextKey]),
        })).Distinct().OrderBy(problem => problem.Row).ToList();
        var wrong = problems.Where(problem => read.Rows.ContainsKey(problem.Row)).GroupBy(problem => problem.Row)
            .Select(group => (IReadOnlyList<string?>)[.. read.Rows[group.Key], string.Join("; ", group.Select(problem => $"{problem.Column}{problem.Row}: {problem.Said}"))]).ToList();
        return new(problems, columns, wrong);
    }

    sealed record AskedCell(long Row, string Column, string Typed, AskedTarget Target);

    sealed record Content(List<AskedCell> Asked, List<CellProblem> Problems, Dictionary<long, IReadOnlyList<string?>> Rows);
}

/// <summary>What is wrong with a cell.</summary>
/// <param name="Row">The row as a spreadsheet counts it.</param>
/// <param name="Column">The column's letter.</param>
/// <param name="Typed">What stands there.</param>
/// <param name="Said">What is wrong, with its remedy.</param>
public sealed record CellProblem(long Row, string Column, string Typed, string Said);

/// <summary>What became of a file of targets.</summary>
public abstract record TargetFileTaken
{
    /// <summary>All of it is stored; these changed.</summary>
    public sealed record Stored(IReadOnlyList<ChangedTarget> Changed) : TargetFileTaken;

    /// <summary>It cannot be read at all.</summary>
    public sealed record Unreadable(string Said) : TargetFileTaken;

    /// <summary>Nothing is stored, for these cells.</summary>
    /// <param name="Problems">What is wrong, by row.</param>
    /// <param name="Columns">The heads of the file.</param>
    /// <param name="Rows">The wrong rows, each with what is wrong behind its cells.</param>
    public sealed record Wrong(IReadOnlyList<CellProblem> Problems, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows) : TargetFileTaken;
}
