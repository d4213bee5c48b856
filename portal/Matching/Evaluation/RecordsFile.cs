using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Portal.Web;

namespace Portal.Matching.Evaluation;

/// <summary>
/// A CSV file (UTF-8, with a header) of companies. A company is read from the columns <c>name</c>, <c>city</c>, <c>address</c> (or <c>addr</c>), <c>country</c>,
/// <c>domain</c>, <c>phone</c> and <c>id</c>, each with a suffix where a row holds two: <c>name_a</c>, <c>name_b</c>. Only the name must be there; what a field holds
/// that cannot be one (an impossible number, a free mailbox's domain) is left out, as it is on screen.
/// </summary>
sealed class RecordsFile : IDisposable
{
    readonly StreamReader text;
    readonly CsvReader csv;
    readonly HashSet<string> columns;

    /// <summary>Opens it and reads its header.</summary>
    /// <exception cref="UsageException">The file cannot be read or lacks a column.</exception>
    public RecordsFile(string path, params IReadOnlyList<string> needed)
    {
        try
        {
            text = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be read: {missing.Message}");
        }

        csv = new CsvReader(text, new CsvConfiguration(CultureInfo.InvariantCulture) { PrepareHeaderForMatch = header => header.Header.Trim().ToLowerInvariant(), MissingFieldFound = null, BadDataFound = null });
        Header = csv.Read() && csv.ReadHeader() ? csv.HeaderRecord ?? [] : [];
        columns = Header.Select(name => name.Trim().ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        if (needed.Where(name => !columns.Contains(name)).ToList() is { Count: > 0 } lacking)
        {
            Dispose();
            throw new UsageException($"{path} has no column {string.Join(", ", lacking)}. It has: {string.Join(", ", Header)}.");
        }
    }

    /// <summary>The columns as the file names them.</summary>
    public IReadOnlyList<string> Header { get; }

    /// <summary>Goes to the next row.</summary>
    public bool Read() => csv.Read();

    /// <summary>The fields of the row.</summary>
    public string[] Row => [.. Header.Select((_, at) => csv.GetField(at) ?? "")];

    /// <summary>One field of the row; null where the file has no such column or nothing stands in it.</summary>
    public string? Field(string name) => columns.Contains(name) && csv.GetField(name) is { } field && field.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>The company of the row whose columns end so.</summary>
    public CompanyProfile Company(string suffix = "")
    {
        var name = Field("name" + suffix) ?? "";
        var country = Field("country" + suffix)?.ToUpperInvariant() ?? (name.Any(CompanyName.IsEastAsian) ? "CN" : "");
        var id = Field("id" + suffix);
        var creditCode = Identifiers.CreditCode(id);
        return new([name], country, Field("city" + suffix), Field("address" + suffix) ?? Field("addr" + suffix), creditCode, creditCode is null ? Identifiers.VatNumber(id) : null,
            Domain: Identifiers.Domain(Field("domain" + suffix)), Phone: Identifiers.Phone(Field("phone" + suffix), country is "" ? "US" : country));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        csv?.Dispose();
        text.Dispose();
    }
}
