using System.Text.Json;
using Platform.Database;
using Platform.Rows;
using Platform.Web;
using Portal.Customers;
using Portal.Deals;

namespace Portal.Imports;

/// <summary>
/// A partner's registrations. All rows are entered as drafts in one transaction; then each is submitted in one of its own. Screening is one by one by nature: what the
/// second row finds depends on what became of the first, and a lock on a customer is held no longer than by the form.
/// </summary>
sealed class DealsWriter(Db db, RegisterMany registerMany, RegisterDeal registerDeal, DealNews news, ImportEntries entries) : IFollowingWriter
{
    /// <summary>A partner has no more customers to register at once than this; a longer file is refused row by row.</summary>
    internal const int MostRows = 10_000;

    const int MostAttempts = 5;

    public string Kind => "deals";

    public async Task<IReadOnlyDictionary<string, long>> WriteAsync(ImportRun run, CancellationToken ct)
    {
        var rows = await run.AllAsync(Read, ct);
        foreach (var row in rows.Skip(MostRows))
        {
            await run.RefuseAsync(row.Row, [new(row.Row, null, "imports.refused.too_many_rows", MostRows)], ct);
        }

        rows = [.. rows.Take(MostRows)];
        run.Enter("checking");
        var entered = await registerMany.EnterAsync(rows, ct);
        foreach (var (row, entry) in rows.Zip(entered))
        {
            if (entry is RowEntry.Refused(var problems))
            {
                await run.RefuseAsync(row.Row, [.. problems.Select(problem => new RowRefusal(row.Row, ColumnOf(problem), problem.TextKey, problem.Arguments))], ct);
            }
        }

        await entries.KeepAsync(run.ImportId, [.. rows.Zip(entered).Where(pair => pair.Second is RowEntry.Entered).Select(pair => new KeptEntry(pair.First.Row, ((RowEntry.Entered)pair.Second).Number, pair.First.Submits))], ct);
        return new Dictionary<string, long>(StringComparer.Ordinal);
    }

    public async Task FollowAsync(ImportRun run, CancellationToken ct)
    {
        var waiting = await entries.ToFollowAsync(run.ImportId, ct);
        run.Begin("submitting");
        foreach (var ((row, number), place) in waiting.Select((entry, place) => (entry, place)))
        {
            await SubmitAsync(run.ImportId, row, number, ct);
            run.HasDone(place + 1, waiting.Count);
        }
    }

    public Task StopAsync(ImportRun run, CancellationToken ct) => entries.LeaveAsync(run.ImportId, new("imports.entry.stopped"), ct);

    public Task<IReadOnlyDictionary<string, long>> FiguresAsync(ImportRun run, CancellationToken ct) => entries.DealFiguresAsync(run.ImportId, ct);

    // Who waits for it is told once the file is through (TellOfImports), not by each row.
    Task<int> SubmitAsync(long importId, long row, string number, CancellationToken ct) => db.InTransactionDespiteDeadlocksAsync(
        MostAttempts, async () => await entries.FollowedAsync(importId, row, Problem(await news.SummedUpAsync(() => registerDeal.SubmitAsync(number, null, ct))), ct), ct);

    // A blocked claim is no mistake of the file: it stays a draft that says where it stands, as on the form.
    static ImportProblem? Problem(DealOutcome outcome) => outcome switch
    {
        DealOutcome.Done or DealOutcome.Blocked => null,
        DealOutcome.Invalid { Problems: [var problem, ..] } => new(problem.TextKey, problem.Arguments),
        DealOutcome.Refused(var key, var arguments) => new(key, arguments),
        DealOutcome.NoScreeningLeft => new("deals.refused.quota"),
        DealOutcome.Stale => new("deals.refused.stale"),
        _ => new("imports.entry.gone"),
    };

    static string? ColumnOf(FieldProblem problem) => problem.Field is "" ? null : problem.Field is "customerName" ? "customer" : JsonNamingPolicy.SnakeCaseLower.ConvertName(problem.Field);

    static RegistrationRow Read(ImportRow row)
    {
        var submits = row.Text("submit") is null || row.Yes("submit");
        var number = row.Text("customer_number");
        return new(row.Number, new()
        {
            CustomerNumber = number,
            Customer = row.Text("customer") is { } name ? new NewCustomer
            {
                Name = name, OtherNames = row.List("other_names"), CountryCode = row.Text("country_code"), State = row.Text("state"), City = row.Text("city"), Address = row.Text("address"),
                CreditCode = row.Text("credit_code"), VatNumber = row.Text("vat_number"), Duns = row.Text("duns"), Domain = row.Text("domain"), Phone = row.Text("phone"),
            }
            : null,
            ProductLines = row.List("product_lines"), Territory = row.Text("territory"), Amount = row.Amount("amount"), Currency = row.Text("currency"), ExpectedClose = row.Day("expected_close"),
            PeriodFrom = row.Day("period_from"), PeriodUntil = row.Day("period_until"), ContactName = row.Text("contact_name"), ContactEmail = row.Text("contact_email"), ContactPhone = row.Text("contact_phone"),
            Need = row.Paragraphs("need"),
        }, submits);
    }
}
