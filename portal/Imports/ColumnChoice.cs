namespace Portal.Imports;

/// <summary>What a person chose on the page of the columns: for each column of the file what it is, and values that are the same for every row.</summary>
public sealed class ColumnChoice
{
    readonly Dictionary<int, string> fields = [];

    /// <summary>The mapping that comes of it.</summary>
    public ImportMapping Mapping { get; private init; } = ImportMapping.Empty;

    /// <summary>What cannot be said by a mapping: two columns for one field.</summary>
    public IReadOnlyList<ImportProblem> Problems { get; private init; } = [];

    /// <summary>Take the right rows and leave out the wrong ones.</summary>
    public bool LeavesOutWrong { get; private init; }

    /// <summary>The name under which the page sends what a column is.</summary>
    public static string ColumnInput(int column) => FormattableString.Invariant($"column-{column}");

    /// <summary>The name under which the page sends the value of every row.</summary>
    public static string AlwaysInput(string field) => "always-" + field;

    /// <summary>What the column fills, or null.</summary>
    public string? FieldOf(int column) => fields.GetValueOrDefault(column);

    /// <summary>As it is kept with an import.</summary>
    public static ColumnChoice Of(Import import)
    {
        var choice = new ColumnChoice { Mapping = import.Mapping, LeavesOutWrong = import.LeavesOutWrong };
        foreach (var (field, source) in import.Mapping.Sources.Where(source => source.Value.Column is not null))
        {
            choice.fields.TryAdd(Array.IndexOf(import.Columns, source.Column), field);
        }

        return choice;
    }

    /// <summary>As the page sends it.</summary>
    /// <param name="form">The form.</param>
    /// <param name="import">The import it is for.</param>
    /// <param name="labelOf">What people call a field.</param>
    public static ColumnChoice Read(IFormCollection form, Import import, Func<ImportField, string> labelOf)
    {
        var known = ImportKind.Of(import.Kind).FieldsFor(import.IsBrands);
        var chosen = import.Columns.Select((name, index) => (Index: index, Name: name, Field: known.FirstOrDefault(field => field.Name == form[ColumnInput(index)])))
            .Where(column => column.Field is not null).ToList();
        var sources = known.Where(field => form[AlwaysInput(field.Name)].ToString().Trim().Length > 0)
            .ToDictionary(field => field.Name, field => FieldSource.Always(form[AlwaysInput(field.Name)].ToString().Trim()), StringComparer.Ordinal);
        foreach (var column in chosen)
        {
            sources[column.Field!.Name] = FieldSource.Of(column.Name);
        }

        var choice = new ColumnChoice
        {
            Mapping = new(sources),
            LeavesOutWrong = form["wrong"] == "leave-out",
            Problems = [.. chosen.GroupBy(column => column.Field!).Where(same => same.Count() > 1)
                .Select(same => new ImportProblem("imports.refused.field_twice", labelOf(same.Key), string.Join(", ", same.Select(column => column.Name))))],
        };
        foreach (var column in chosen)
        {
            choice.fields[column.Index] = column.Field!.Name;
        }

        return choice;
    }
}
