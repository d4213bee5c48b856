using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Portal.Matching.Scoring;
using Portal.Web;

namespace Portal.Matching.Evaluation;

/// <summary>
/// A CSV file (UTF-8, with a header) of companies. A company is read from the columns <c>name</c>, <c>city</c>, <c>address</c> (or <c>addr</c>), <c>country</c>,
/// <c>domain</c>, <c>phone</c>, <c>zip</c> (or <c>postal_code</c>) and <c>id</c>, each with a suffix where a row holds two: <c>name_a</c>, <c>name_b</c>. Only the name must be there; what a field holds
/// that cannot be one (an impossible number, a free mailbox's domain) is left out, as it is on screen.
/// </summary>
sealed class RecordsFile : IDisposable
{
    readonly string path;
    readonly StreamReader text;
    readonly CsvReader csv;
    readonly HashSet<string> columns;

    /// <summary>Opens it and reads its header.</summary>
    /// <exception cref="UsageException">The file cannot be read or lacks a column.</exception>
    public RecordsFile(string path, params IReadOnlyList<string> needed)
    {
        try
        {
            text = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be read: {missing.Message}");
        }

        csv = new CsvReader(text, new CsvConfiguration(CultureInfo.InvariantCulture) { PrepareHeaderForMatch = header => header.Header.Trim().ToLowerInvariant(), MissingFieldFound = null, BadDataFound = null });
        this.path = path;
        Header = Read() && csv.ReadHeader() ? csv.HeaderRecord ?? [] : [];
        columns = Header.Select(name => name.Trim().ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        if (needed.Where(name => !columns.Contains(name)).ToList() is { Count: > 0 } lacking)
        {
            Dispose();
            throw new UsageException($"{path} has no column {string.Join(", ", lacking)}. It has: {string.Join(", ", Header)}.");
        }
    }

    /// <summary>The columns as the file names them.</summary>
    public IReadOnlyList<string> Header { get; }

    /// <summary>Some columns of each row of a file; nothing stands as an empty text.</summary>
    public static IEnumerable<string[]> Rows(string path, params IReadOnlyList<string> columns)
    {
        using var file = new RecordsFile(path, columns);
        while (file.Read())
        {
            yield return [.. columns.Select(column => file.Field(column) ?? "")];
        }
    }

    /// <summary>True where it has all these columns.</summary>
    public bool Has(params IReadOnlyList<string> names) => names.All(columns.Contains);

    /// <summary>Goes to the next row.</summary>
    /// <exception cref="UsageException">The file is not UTF-8.</exception>
    public bool Read()
    {
        try
        {
            return csv.Read();
        }
        catch (Exception fault) when (fault is DecoderFallbackException || fault.InnerException is DecoderFallbackException)
        {
            throw new UsageException($"{path} is not UTF-8. Save it as \"CSV UTF-8\" and try again.");
        }
    }

    /// <summary>The fields of the row.</summary>
    public string[] Row => [.. Header.Select((_, at) => csv.GetField(at) ?? "")];

    /// <summary>One field of the row; null where the file has no such column or nothing stands in it.</summary>
    public string? Field(string name) => columns.Contains(name) && csv.GetField(name) is { } field && field.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>The column <c>label</c> of a pair: true for the same company.</summary>
    /// <param name="row">The row's number in the file, for the message.</param>
    /// <exception cref="UsageException">It is neither.</exception>
    public bool Label(int row) => Field("label") switch
    {
        "1" or "true" => true,
        "0" or "false" => false,
        var label => throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"Row {row} has the label '{label}'; it is 1 for the same company and 0 for another.")),
    };

    /// <summary>The company of the row whose columns end so.</summary>
    public CompanyProfile Company(string suffix = "")
    {
        var name = Field("name" + suffix) ?? "";
        var country = Field("country" + suffix)?.ToUpperInvariant() ?? "";
        // For a telephone number without a country code only: a country that is not told is no country.
        var home = country.Length > 0 ? country : name.Any(CompanyName.IsEastAsian) ? "CN" : "US";
        var id = Field("id" + suffix);
        var creditCode = Identifiers.CreditCode(id);
        return new([name], country, Field("city" + suffix), Field("address" + suffix) ?? Field("addr" + suffix), creditCode, creditCode is null ? Identifiers.VatNumber(id) : null,
            Domain: Identifiers.Domain(Field("domain" + suffix)), Phone: Identifiers.Phone(Field("phone" + suffix), home), PostalCode: Field("zip" + suffix) ?? Field("postal_code" + suffix));
    }

    /// <summary>Judges two companies of such files; a country that one of them does not tell speaks neither for nor against.</summary>
    public static Judgement Judge(CompanyProfile one, CompanyProfile other) => Judge(one, other, Scorer.Learned);

    /// <summary>The same by another scorer than the product's.</summary>
    public static Judgement Judge(CompanyProfile one, CompanyProfile other, Scorer scorer) =>
        SameCompany.Judge(one.CountryCode.Length > 0 ? one : one with { CountryCode = other.CountryCode }, other.CountryCode.Length > 0 ? other : other with { CountryCode = one.CountryCode }, scorer);

    /// <inheritdoc/>
    public void Dispose()
    {
        csv?.Dispose();
        text.Dispose();
    }
}
