using System.Text.Json;
using Platform.Rows;
using Portal.Receivables;

namespace Portal.Imports;

/// <summary>What buyers paid, as a bank's file lists it; what the reference or the exact amount says is matched at once.</summary>
sealed class PaymentsWriter(EnterPayments enterPayments) : IImportWriter
{
    public string Kind => "payments";

    public async Task<IReadOnlyDictionary<string, long>> WriteAsync(ImportRun run, CancellationToken ct)
    {
        var (entered, matched) = (0L, 0L);
        await foreach (var batch in run.BatchesAsync(1000, Read, ct))
        {
            var entries = await enterPayments.RunAsync([.. batch.Select(row => row.Payment)], "file", ct);
            foreach (var (row, entry) in batch.Zip(entries))
            {
                switch (entry)
                {
                    case PaymentEntry.Entered payment:
                        entered++;
                        matched += payment.Left == 0 ? 1 : 0;
                        break;
                    case PaymentEntry.Twice(var number):
                        await run.RefuseAsync(row.Row, [new(row.Row, "bank_reference", "receivables.problem.twice", number)], ct);
                        break;
                    case PaymentEntry.Refused(var problems):
                        await run.RefuseAsync(row.Row, [.. problems.Select(problem => new RowRefusal(row.Row, JsonNamingPolicy.SnakeCaseLower.ConvertName(problem.Field), problem.TextKey, problem.Arguments))], ct);
                        break;
                }
            }
        }

        return new Dictionary<string, long>(StringComparer.Ordinal) { ["payments"] = entered, ["matched"] = matched };
    }

    static PaymentRow Read(ImportRow row) => new(row.Number, new(row.Text("payer"), row.Text("currency")?.ToUpperInvariant(), row.Amount("amount"), row.Day("paid_on"), row.Text("reference"), row.Text("bank_reference")));

    sealed record PaymentRow(long Row, PaymentTyped Payment);
}
