using Platform.Jobs;

namespace Portal.Imports;

/// <summary>Deletes uploaded files a week after their import ended (and what nobody started within two days); what came of them stays.</summary>
sealed class ForgetImportFiles(ImportLedger ledger, TimeProvider clock) : IScheduledJob
{
    /// <summary>How long a file is kept after the end.</summary>
    public const int KeptDays = 7;

    const int UnstartedDays = 2;

    public Task RunAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return ledger.ForgetFilesAsync(now.AddDays(-KeptDays), now.AddDays(-UnstartedDays), ct);
    }
}
