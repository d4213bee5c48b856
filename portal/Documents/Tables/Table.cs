using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Localization;

namespace Portal.Documents.Tables;

/// <summary>What became of an upload: a table that can be read, or a refusal.</summary>
public abstract record TableOpening
{
    TableOpening()
    {
    }

    /// <summary>It can be read. Dispose of the table when done.</summary>
    public sealed record Opened(Table Table) : TableOpening;

    /// <summary>It is refused as a whole.</summary>
    public sealed record Refused(TableRefusal Refusal) : TableOpening;
}

/// <summary>One line of a table as it is read.</summary>
public abstract record TableLine
{
    TableLine()
    {
    }

    /// <summary>A row with a text for each column, null where the cell is empty. Numbers have a decimal point, days are 2026-01-31.</summary>
    /// <param name="Number">The row as a spreadsheet counts it.</param>
    /// <param name="Cells">As many as there are columns.</param>
    public sealed record Row(long Number, IReadOnlyList<string?> Cells) : TableLine;

    /// <summary>A row that cannot be read; the rows after it can.</summary>
    public sealed record Broken(TableRefusal Refusal) : TableLine
    {
        /// <summary>Its cells as far as they could be made out, for a repair file.</summary>
        public IReadOnlyList<string?> Cells { get; init; } = [];

        /// <summary>Two are the same when the same is wrong with the same row.</summary>
        public bool Equals(Broken? other) => other is not null && Refusal == other.Refusal;

        /// <inheritdoc/>
        public override int GetHashCode() => Refusal.GetHashCode();
    }
}

/// <summary>Something a person should know about a table that was opened all the same.</summary>
/// <param name="TextKey">The sentence; its placeholders are the count and the example.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Example">The first of them.</param>
public sealed record TableNote(string TextKey, int Count, string Example)
{
    /// <summary>The sentence in the language of the localizer.</summary>
    public string Describe(IStringLocalizer texts) => texts[TextKey, Count, Example];
}

/// <summary>An opened table: its column names, and its rows as a stream that is read once.</summary>
public abstract class Table : IAsyncDisposable
{
    long headRow;

    /// <summary>What it was read as, for the person who uploaded it: <c>CSV, GB18030, ;</c> or <c>Excel, Sheet1</c>.</summary>
    public abstract string Format { get; }

    /// <summary>The names of the columns, without surrounding space.</summary>
    public IReadOnlyList<string> Columns { get; protected set; } = ReadOnlyCollection<string>.Empty;

    /// <summary>How many rows there are, about: the look through the file counts empty ones too, which are left out when it is read.</summary>
    public long RowsExpected => Math.Max(0, LastRow - headRow);

    /// <summary>What was noticed: merged cells, hidden rows, sheets that are not read.</summary>
    public IReadOnlyList<TableNote> Notes { get; protected init; } = ReadOnlyCollection<TableNote>.Empty;

    /// <summary>Reads the rows, once, in constant memory. Rows that are empty all over are left out.</summary>
    public async IAsyncEnumerable<TableLine> LinesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        while (await NextAsync(ct) is { } raw)
        {
            ct.ThrowIfCancellationRequested();
            if (LineOf(raw) is { } line)
            {
                yield return line;
            }
        }
    }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>The last row of the file, as the look through it found.</summary>
    private protected abstract long LastRow { get; }

    /// <summary>The next row as it stands in the file, or null at the end.</summary>
    private protected abstract ValueTask<RawRow?> NextAsync(CancellationToken ct);

    /// <summary>Takes the first row that is not empty for the column names.</summary>
    private protected Task<TableRefusal?> ReadColumnsAsync(TableLimits limits, CancellationToken ct) => ReadColumnsAsync(limits, null, ct);

    /// <summary>Takes the row that is known as their head for the column names, or the first row that is not empty.</summary>
    private protected async Task<TableRefusal?> ReadColumnsAsync(TableLimits limits, Func<IReadOnlyList<string?>, bool>? isHead, CancellationToken ct)
    {
        while (await NextAsync(ct) is { } row)
        {
            if (isHead is not null && row.Number <= TableLook.MostRowsAbove && !isHead(row.Cells))
            {
                continue;
            }

            if (row.Refusal is not null)
            {
                return row.Refusal;
            }

            var names = row.Cells.Select(cell => string.Join(' ', (cell ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).ToList();
            names = names[..(names.FindLastIndex(name => name.Length > 0) + 1)];
            if (names.Count > 0)
            {
                (Columns, headRow) = (names, row.Number);
                return FaultOf(names, row.Number, limits);
            }
        }

        return new TableRefusal(TableRefusalKind.NoRows);
    }

    static TableRefusal? FaultOf(List<string> names, long row, TableLimits limits)
    {
        if (names.Count > limits.Columns)
        {
            return new TableRefusal(TableRefusalKind.TooManyColumns, row, Detail: limits.Columns.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        var unnamed = names.IndexOf("");
        if (unnamed >= 0)
        {
            return new TableRefusal(TableRefusalKind.NoColumnName, row, Excel.ExcelCell.ColumnName(unnamed + 1));
        }

        var repeated = names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1);
        return repeated is null ? null : new TableRefusal(TableRefusalKind.RepeatedColumn, row, repeated.Key);
    }

    TableLine? LineOf(RawRow raw)
    {
        if (raw.Refusal is not null)
        {
            return new TableLine.Broken(raw.Refusal) { Cells = raw.Cells };
        }

        if (raw.Cells.All(cell => cell is null))
        {
            return null;
        }

        for (var index = Columns.Count; index < raw.Cells.Count; index++)
        {
            if (raw.Cells[index] is { } surplus)
            {
                return new TableLine.Broken(new TableRefusal(TableRefusalKind.TooManyCells, raw.Number, Excel.ExcelCell.ColumnName(index + 1), surplus.Length > 40 ? surplus[..40] + "…" : surplus)) { Cells = raw.Cells };
            }
        }

        var cells = new string?[Columns.Count];
        for (var index = 0; index < cells.Length && index < raw.Cells.Count; index++)
        {
            cells[index] = raw.Cells[index];
        }

        return new TableLine.Row(raw.Number, cells);
    }
}

/// <summary>A row as it stands in the file, with its fault if it has one.</summary>
readonly record struct RawRow(long Number, IReadOnlyList<string?> Cells, TableRefusal? Refusal = null);
