using System.Text.Json;
using Platform.Texts;
using Portal.Pricing;

namespace Portal.Imports;

/// <summary>Where the value of a field comes from: a column of the file, or one value for all rows.</summary>
/// <param name="Column">The column's name as the file has it.</param>
/// <param name="Fixed">The value of every row.</param>
public sealed record FieldSource(string? Column, string? Fixed)
{
    /// <summary>From a column.</summary>
    public static FieldSource Of(string column) => new(column, null);

    /// <summary>The same for every row.</summary>
    public static FieldSource Always(string value) => new(null, value);
}

/// <summary>Which column of a file fills which field of its kind.</summary>
/// <param name="Sources">By the field's name; fields that are absent stay empty.</param>
public sealed record ImportMapping(IReadOnlyDictionary<string, FieldSource> Sources)
{
    /// <summary>Nothing is filled.</summary>
    public static ImportMapping Empty { get; } = new(new Dictionary<string, FieldSource>(StringComparer.Ordinal));

    /// <summary>Where a field's value comes from, or null where it stays empty.</summary>
    public FieldSource? this[string field] => Sources.GetValueOrDefault(field);

    /// <summary>The columns that fill nothing.</summary>
    public IReadOnlyList<string> Unused(IReadOnlyList<string> columns) =>
        [.. columns.Where(column => !Sources.Values.Any(source => source.Column == column))];

    /// <summary>The same with a field filled from elsewhere (or from nowhere).</summary>
    public ImportMapping With(string field, FieldSource? source)
    {
        var sources = Sources.Where(pair => pair.Key != field).ToDictionary(StringComparer.Ordinal);
        if (source is not null)
        {
            sources[field] = source;
        }

        return new(sources);
    }

    /// <summary>
    /// Guesses by the names of the columns: each field looks for its own name, its labels in every language and its synonyms, regardless of
    /// case, spaces and punctuation; a column is given to one field only. <c>list_price_usd</c> fills the price, and its currency with USD.
    /// </summary>
    /// <param name="kind">What the file contains.</param>
    /// <param name="columns">The file's columns.</param>
    /// <param name="isBrand">Whether the brand imports it, or a partner.</param>
    /// <param name="brandCurrency">What is proposed where no column says the currency; null for nothing.</param>
    /// <param name="texts">The labels.</param>
    public static ImportMapping Suggest(ImportKind kind, IReadOnlyList<string> columns, bool isBrand, string? brandCurrency, Texts texts)
    {
        var fields = kind.FieldsFor(isBrand);
        var free = columns.Select(column => (Column: column, Name: Normal(column))).ToList();
        var sources = new Dictionary<string, FieldSource>(StringComparer.Ordinal);
        var names = fields.ToDictionary(field => field.Name, field => NamesOf(kind, field, texts), StringComparer.Ordinal);

        // First everything that is called exactly so, then amounts with their currency at the end of the name.
        foreach (var rank in Enumerable.Range(0, names.Values.Max(list => list.Count)))
        {
            foreach (var field in fields.Where(field => !sources.ContainsKey(field.Name) && rank < names[field.Name].Count))
            {
                var found = free.FindIndex(column => column.Name == names[field.Name][rank]);
                if (found >= 0)
                {
                    sources[field.Name] = FieldSource.Of(free[found].Column);
                    free.RemoveAt(found);
                }
            }
        }

        foreach (var field in fields.Where(field => field.CurrencyField is not null && !sources.ContainsKey(field.Name)))
        {
            var found = free.FindIndex(column => CurrencyAtEnd(column.Column) is { } currency && names[field.Name].Contains(column.Name[..^currency.Length]));
            if (found >= 0)
            {
                sources[field.Name] = FieldSource.Of(free[found].Column);
                sources.TryAdd(field.CurrencyField!, FieldSource.Always(CurrencyAtEnd(free[found].Column)!));
                free.RemoveAt(found);
            }
        }

        foreach (var field in fields.Where(field => field.IsTheBrandsCurrency && !sources.ContainsKey(field.Name) && brandCurrency is not null))
        {
            var amount = fields.FirstOrDefault(other => other.CurrencyField == field.Name);
            if (field.IsRequired || amount is null || sources.ContainsKey(amount.Name))
            {
                sources[field.Name] = FieldSource.Always(brandCurrency!);
            }
        }

        return new(sources);
    }

    /// <summary>What keeps a file with these columns from being read so: fields without a source, columns that are not there, a column used twice.</summary>
    public IReadOnlyList<ImportProblem> Problems(ImportKind kind, IReadOnlyList<string> columns, bool isBrand, Texts texts)
    {
        var problems = new List<ImportProblem>();
        var fields = kind.FieldsFor(isBrand);
        foreach (var field in fields.Where(field => field.IsRequired && this[field.Name] is not ({ Column: not null } or { Fixed.Length: > 0 })))
        {
            problems.Add(new("imports.refused.column_missing", texts[kind.LabelKey(field)].Value, string.Join(", ", NamesPeopleKnow(field))));
        }

        problems.AddRange(Sources.Where(source => !fields.Any(field => field.Name == source.Key)).Select(source => new ImportProblem("imports.refused.field_unknown", source.Key)));
        problems.AddRange(Sources.Values.Where(source => source.Column is { } column && !columns.Contains(column, StringComparer.Ordinal))
            .Select(source => new ImportProblem("imports.refused.column_not_there", source.Column!)));
        problems.AddRange(Sources.Values.Where(source => source.Column is not null).GroupBy(source => source.Column!, StringComparer.Ordinal).Where(same => same.Count() > 1)
            .Select(same => new ImportProblem("imports.refused.column_used_twice", same.Key)));
        return problems;
    }

    /// <summary>As it is kept.</summary>
    public string ToJson() => JsonSerializer.Serialize(Sources, JsonSerializerOptions.Web);

    /// <summary>As it was kept.</summary>
    public static ImportMapping FromJson(string json) =>
        new(JsonSerializer.Deserialize<Dictionary<string, FieldSource>>(json, JsonSerializerOptions.Web) ?? []);

    static IEnumerable<string> NamesPeopleKnow(ImportField field) => field.Synonyms.Prepend(field.Name).Take(4);

    // The field's own name and its labels weigh most; after them its synonyms one by one.
    static List<string> NamesOf(ImportKind kind, ImportField field, Texts texts)
    {
        IEnumerable<string> own = [field.Name, .. TextBook.Languages.Select(language => texts.In(language, kind.LabelKey(field)))];
        return [.. (field.GivesWay ? field.Synonyms.Concat(own) : own.Concat(field.Synonyms)).Select(Normal).Distinct(StringComparer.Ordinal)];
    }

    static string Normal(string name) => new([.. name.Normalize(System.Text.NormalizationForm.FormKC).Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    static string? CurrencyAtEnd(string column)
    {
        var letters = new string([.. column.Where(char.IsLetterOrDigit)]);
        var end = letters.Length > 3 ? letters[^3..].ToUpperInvariant() : "";
        return Currencies.IsKnown(end) ? end : null;
    }
}
