using System.Text.Json;
using Platform.Rows;
using Portal.Leads;

namespace Portal.Imports;

/// <summary>The brand's leads, entered by the person who gave the file, and handed out where a row says to whom.</summary>
sealed class LeadsWriter(EnterLeads enterLeads, ImportEntries entries) : IImportWriter
{
    public string Kind => "leads";

    // As a whole, for each partner is told once and the same company twice in a file is one lead.
    public async Task<IReadOnlyDictionary<string, long>> WriteAsync(ImportRun run, CancellationToken ct)
    {
        var rows = await run.AllAsync(Read, ct);
        foreach (var row in rows.Skip(DealsWriter.MostRows))
        {
            await run.RefuseAsync(row.Row, [new(row.Row, null, "imports.refused.too_many_rows", DealsWriter.MostRows)], ct);
        }

        rows = [.. rows.Take(DealsWriter.MostRows)];
        run.Enter("writing");
        var entered = new List<(long Row, LeadEntry.Entered Lead)>();
        foreach (var (row, entry) in rows.Zip(await enterLeads.EnterAsync(rows, ct)))
        {
            switch (entry)
            {
                case LeadEntry.Entered lead:
                    entered.Add((row.Row, lead));
                    break;
                case LeadEntry.Refused(var problems):
                    await run.RefuseAsync(row.Row, [.. problems.Select(problem => new RowRefusal(row.Row, JsonNamingPolicy.SnakeCaseLower.ConvertName(problem.Field), problem.TextKey, problem.Arguments))], ct);
                    break;
            }
        }

        await entries.KeepAsync(run.ImportId, [.. entered.Select(pair => new KeptEntry(pair.Row, pair.Lead.Number, Problem: pair.Lead.Hindered is { } problem ? new(problem.TextKey, problem.Arguments) : null))], ct);
        return new Dictionary<string, long>(StringComparer.Ordinal)
        {
            ["entered"] = entered.Count, ["offered"] = entered.Count(pair => pair.Lead.Status is "offered"), ["pooled"] = entered.Count(pair => pair.Lead.Status is "pool"),
            ["not_handed_out"] = entered.Count(pair => pair.Lead.Hindered is not null),
        };
    }

    static LeadRow Read(ImportRow row) => new(row.Number, new()
    {
        Company = row.Text("company"), CountryCode = row.Text("country_code"), State = row.Text("state"), City = row.Text("city"), Address = row.Text("address"), CreditCode = row.Text("credit_code"),
        VatNumber = row.Text("vat_number"), Domain = row.Text("domain"), Phone = row.Text("phone"), ContactName = row.Text("contact_name"), ContactEmail = row.Text("contact_email"),
        ContactPhone = row.Text("contact_phone"), Need = row.Paragraphs("need"), Teaser = row.Paragraphs("teaser"), Source = row.Text("source"), Territory = row.Text("territory"),
        ProductLines = row.List("product_lines"), Amount = row.Amount("amount"), Currency = row.Text("currency"),
    }, row.Text("offer_to"), row.Text("pool") is { } pool ? Level(pool) : null);

    // Yes is for partners of any level.
    static string? Level(string typed) => ImportRow.IsYes(typed) switch { true => "registered", false => null, _ => typed.ToLowerInvariant() };
}
