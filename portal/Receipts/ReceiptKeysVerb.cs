using Portal.Web;

namespace Portal.Receipts;

/// <summary><c>portal -- receipt WORD</c> for what needs the database: the keys, and whether what somebody's receipt says of the audit still stands there.</summary>
sealed class ReceiptKeysVerb(ReceiptKeys keys, ReceiptAudits audits) : IVerb
{
    public string Name => "receipt";

    public string Usage => "receipt keys | rotate | revoke KID REASON | witness FILE...  prints the public keys; lets a new key sign; ends a compromised one; holds the audit against receipts kept elsewhere";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken ct)
    {
        switch (arguments)
        {
            case ["keys"]:
                await output.WriteLineAsync((await keys.PublishedAsync(ct)).Write());
                return 0;
            case ["rotate"]:
                await output.WriteLineAsync($"{await keys.RotateNowAsync(ct)} signs from now on. Copies of the key set that are kept elsewhere want it.");
                return 0;
            case ["revoke", var kid, var reason]:
                var revoked = await keys.RevokeAsync(kid, reason, ct);
                await output.WriteLineAsync(revoked ? $"{kid} is revoked; the receipts that it signed count no more and are written anew within minutes." : $"There is no key '{kid}' that still counts.");
                return revoked ? 0 : 1;
            case ["witness", _, ..]:
                return await WitnessAsync([.. arguments.Skip(1)], output, ct);
            default:
                throw new UsageException("What about receipts?");
        }
    }

    async Task<int> WitnessAsync(IReadOnlyList<string> files, TextWriter output, CancellationToken ct)
    {
        var known = await keys.PublishedAsync(ct);
        var wrong = 0;
        foreach (var file in files)
        {
            var bytes = File.Exists(file) && new FileInfo(file).Length <= ReceiptText.MostBytes ? await File.ReadAllBytesAsync(file, ct) : throw new UsageException($"There is no file {file} of a receipt's size.");
            var findings = ReceiptText.Read(bytes, known) is ReceiptReading.Genuine genuine
                ? await audits.ContradictionsAsync([genuine.Content], ct)
                : [$"{file} is no receipt of this portal."];
            wrong += findings.Count;
            await output.WriteLineAsync($"{file}: {(findings.Count == 0 ? "the audit still says what it said when this was signed" : string.Join(' ', findings))}");
        }

        return wrong == 0 ? 0 : 1;
    }
}
