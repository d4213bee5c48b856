using Portal.Demo;

namespace Portal.Receipts;

/// <summary>The demo's protected claims have their receipts from the start.</summary>
sealed class ReceiptsDemo(IssueReceipts issueReceipts) : IDemoPart
{
    public int Order => 45;

    public Task SeedAsync(DateOnly today, CancellationToken ct) => issueReceipts.RunAsync(ct);
}
