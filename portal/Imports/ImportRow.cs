using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using Platform.Rows;
using Portal.Documents.Tables;

namespace Portal.Imports;

/// <summary>
/// Reads the cells of one row after another as their fields want them. What cannot be read is noted as a refusal with row, field and
/// remedy, and the value is then null: look at <see cref="Refusals"/> before the values are used. One instance serves a whole file.
/// </summary>
public sealed partial class ImportRow
{
    static readonly string[] Days = ["yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "yyyyMMdd", "yyyy年M月d日", "yyyy-M-d HH:mm:ss", "yyyy-M-d'T'HH:mm:ss", "yyyy/M/d H:mm:ss"];

    static readonly SearchValues<char> OfPlainNumbers = SearchValues.Create("0123456789.-");

    readonly Dictionary<string, Place> places;
    readonly List<RowRefusal> refusals = [];
    IReadOnlyList<string?> cells = [];

    /// <summary>Prepares to read a file.</summary>
    /// <param name="fields">The fields that may be filled.</param>
    /// <param name="mapping">From where.</param>
    /// <param name="columns">The file's columns.</param>
    public ImportRow(IReadOnlyList<ImportField> fields, ImportMapping mapping, IReadOnlyList<string> columns)
    {
        places = fields.ToDictionary(field => field.Name, field => new Place(field, mapping[field.Name] is { Column: { } column } ? IndexOf(columns, column) : -1, mapping[field.Name]?.Fixed), StringComparer.Ordinal);
        UsedColumns = [.. places.Values.Where(place => place.Index >= 0).Select(place => (place.Index, place.Field))];
    }

    /// <summary>The row as a spreadsheet counts it.</summary>
    public long Number { get; private set; }

    /// <summary>The row's cells, as many as the file has columns.</summary>
    internal IReadOnlyList<string?> Cells => cells;

    /// <summary>What is wrong with the cells that were read since <see cref="Begin"/>.</summary>
    public IReadOnlyList<RowRefusal> Refusals => refusals;

    /// <summary>True when nothing is wrong so far.</summary>
    public bool IsSound => refusals.Count == 0;

    /// <summary>Cells in which letters that had lost their encoding were mended.</summary>
    public long Repaired { get; private set; }

    internal IReadOnlyList<(int Index, ImportField Field)> UsedColumns { get; }

    /// <summary>Goes to the next row, and looks for what no field may contain.</summary>
    public void Begin(TableLine.Row row)
    {
        Number = row.Number;
        cells = row.Cells;
        refusals.Clear();
        foreach (var (index, field) in UsedColumns)
        {
            if (cells[index] is not { } text)
            {
                continue;
            }

            if (LooksLikeFormula(text))
            {
                Refuse(field.Name, "imports.refused.formula", Short(text));
            }
            else if (text.Any(letter => letter < ' ' && letter is not ('\t' or '\r' or '\n')))
            {
                Refuse(field.Name, "imports.refused.control_characters");
            }
        }
    }

    /// <summary>A text on one line, white space at its ends taken off; null where it is empty. Spreadsheets break addresses into lines.</summary>
    public string? Text(string field)
    {
        var text = ValueOf(field, cells)?.Trim();
        if (!string.IsNullOrEmpty(text))
        {
            text = Mended(text);
            return text.AsSpan().IndexOfAny('\r', '\n', '\t') < 0 ? text : string.Join(' ', text.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }

        if (places.GetValueOrDefault(field)?.Field.IsRequired == true)
        {
            Refuse(field, "imports.refused.missing");
        }

        return null;
    }

    /// <summary>A text that may have several lines, which it keeps.</summary>
    public string? Paragraphs(string field) => ValueOf(field, cells)?.Trim() is { Length: > 0 } text ? Mended(text) : null;

    /// <summary>A number, with a decimal point (or a comma, where it can mean nothing else).</summary>
    public decimal? Amount(string field) => Text(field) is { } text ? Amount(field, text) : null;

    /// <summary>A whole number.</summary>
    public int? Whole(string field)
    {
        if (Text(field) is not { } text || Amount(field, text) is not { } number)
        {
            return null;
        }

        if (number != decimal.Truncate(number) || number is < int.MinValue or > int.MaxValue)
        {
            Refuse(field, "imports.refused.not_whole", Short(text));
            return null;
        }

        return (int)number;
    }

    /// <summary>A share: 0.05, .05 or 5%.</summary>
    public decimal? Share(string field)
    {
        if (Text(field) is not { } text)
        {
            return null;
        }

        var isPercent = text[^1] is '%' or '％';
        return Amount(field, isPercent ? text[..^1].TrimEnd() : text) is { } number ? isPercent ? number / 100 : number : null;
    }

    /// <summary>A day, with the year in front: 2026-01-31, 2026/1/31, 2026年1月31日. What may be the 3rd of April or the 4th of March is refused.</summary>
    public DateOnly? Day(string field)
    {
        if (Text(field) is not { } text)
        {
            return null;
        }

        if (DateTime.TryParseExact(text, Days, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year > 1) // the database would take the first of all days for a time without beginning
        {
            return DateOnly.FromDateTime(day);
        }

        Refuse(field, "imports.refused.not_a_day", Short(text));
        return null;
    }

    /// <summary>Yes or no; no where it is empty.</summary>
    public bool Yes(string field)
    {
        if (Text(field) is not { } word)
        {
            return false;
        }

        if (IsYes(word) is { } meant)
        {
            return meant;
        }

        Refuse(field, "imports.refused.not_yes_or_no", Short(word.ToLowerInvariant()));
        return false;
    }

    /// <summary>A word that means yes or no; null for any other.</summary>
    public static bool? IsYes(string word) => word.ToLowerInvariant() switch
    {
        "yes" or "y" or "true" or "1" or "是" => true,
        "no" or "n" or "false" or "0" or "否" or "不" => false,
        _ => null,
    };

    /// <summary>Several texts, separated by semicolons.</summary>
    public IReadOnlyList<string> List(string field) => Text(field)?.Split([';', '；'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>Notes something that is wrong with the row.</summary>
    public void Refuse(string? field, string textKey, params IReadOnlyList<object> arguments) => refusals.Add(new(Number, field, textKey, arguments) { Value = ValueOf(field, cells) });

    /// <summary>What a row has for a field, as its column has it.</summary>
    internal string? ValueOf(string? field, IReadOnlyList<string?> ofRow) =>
        field is not null && places.GetValueOrDefault(field) is { } place ? place.Index >= 0 ? ofRow[place.Index] : place.Fixed : null;

    /// <summary>A value as its column has it, read as its field wants it; for the preview.</summary>
    internal string? Try(ImportField field)
    {
        _ = field.Type switch
        {
            ImportFieldType.Number => Amount(field.Name),
            ImportFieldType.WholeNumber => Whole(field.Name),
            ImportFieldType.Share => Share(field.Name),
            ImportFieldType.Day => Day(field.Name),
            ImportFieldType.YesNo => Yes(field.Name),
            _ => (object?)Text(field.Name),
        };
        return ValueOf(field.Name, cells);
    }

    decimal? Amount(string field, string text)
    {
        if (text.AsSpan().IndexOfAnyExcept(OfPlainNumbers) < 0 && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usual))
        {
            return usual;
        }

        var plain = text.Replace("\u00a0", "", StringComparison.Ordinal).Replace("\u202f", "", StringComparison.Ordinal);
        if (Plain().IsMatch(plain) || GroupedByCommas().IsMatch(plain))
        {
            plain = plain.Replace(",", "", StringComparison.Ordinal);
        }
        else if (WithDecimalComma().IsMatch(plain))
        {
            plain = plain.Replace(".", "", StringComparison.Ordinal).Replace(',', '.');
        }

        if (decimal.TryParse(plain, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        Refuse(field, "imports.refused.not_a_number", Short(text));
        return null;
    }

    /// <summary>
    /// Letters between U+0080 and U+009F are no letters, but bytes of an old code page that somebody took for Latin-1: of Windows (’ – €), or
    /// of DOS where Windows has nothing there (Kurf\x81rstenstr. is Kurfürstenstr.).
    /// </summary>
    string Mended(string text)
    {
        const string Letters = "€ü‚ƒ„…†‡ˆ‰Š‹ŒìŽÅÉ‘’“”•–—˜™š›œØžŸ";
        if (text.AsSpan().IndexOfAnyInRange('\u0080', '\u009f') < 0)
        {
            return text;
        }

        Repaired++;
        return string.Concat(text.Select(letter => letter is >= '\u0080' and <= '\u009f' ? Letters[letter - 0x80] : letter));
    }

    /// <summary>
    /// What a spreadsheet would run: anything that begins with an equals sign, and what begins with + - @ and calls something. A phone
    /// number or a company that is called @home is neither.
    /// </summary>
    static bool LooksLikeFormula(string text) => text.AsSpan().TrimStart() is { Length: > 1 } start
        && (start[0] is '=' or '＝'
            || (start[0] is '+' or '-' or '@' or '＋' or '－' or '＠' && start.IndexOfAny("(|!") > 0 && !PhoneNumber().IsMatch(start)));

    static int IndexOf(IReadOnlyList<string> columns, string column)
    {
        for (var index = 0; index < columns.Count; index++)
        {
            if (string.Equals(columns[index], column, StringComparison.Ordinal))
            {
                return index;
            }
        }

        return -1;
    }

    internal static string Short(string text) => text.Length > 60 ? text[..60] + "…" : text;

    [GeneratedRegex(@"^[+-]?[0-9]*(\.[0-9]*)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Plain();

    // 1,234.50 and 1,234,567; but 1,234 alone may be either, and is taken for neither
    [GeneratedRegex(@"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)$|^[+-]?[0-9]{1,3}(,[0-9]{3}){2,}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex GroupedByCommas();

    // 1234,5 and 1.234,50; but not 1,234
    [GeneratedRegex(@"^[+-]?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+),([0-9]{1,2}|[0-9]{4,})$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex WithDecimalComma();

    [GeneratedRegex(@"^\+[0-9 ()./-]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex PhoneNumber();

    sealed record Place(ImportField Field, int Index, string? Fixed);
}
