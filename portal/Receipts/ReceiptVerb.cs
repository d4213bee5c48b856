using System.Globalization;
using Portal.Web;

namespace Portal.Receipts;

/// <summary>
/// <c>portal -- receipt verify FILE...</c>: what a receipt is worth, without a database and without a network. Several files are looked at together:
/// one that another of them supersedes is told from the one that holds.
/// </summary>
public sealed class ReceiptVerb : IOfflineVerb
{
    /// <inheritdoc/>
    public string Name => "receipt verify";

    /// <inheritdoc/>
    public string Usage => "receipt verify FILE... [--jwks FILE]  checks receipts (text or PDF) offline, by the published keys or those noted in the data folder";

    /// <inheritdoc/>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, string dataFolder, TextWriter output, CancellationToken ct)
    {
        var (files, jwks) = Take(arguments);
        if (files.Count == 0)
        {
            throw new UsageException("Which file?");
        }

        var keys = await KeysAsync(jwks ?? ReceiptKeys.NoteIn(dataFolder), ct);
        var read = new List<(string File, ReceiptReading Reading)>();
        foreach (var file in files)
        {
            read.Add((file, ReceiptText.Read(await BytesAsync(file, ct), keys)));
        }

        var genuine = read.Select(one => one.Reading).OfType<ReceiptReading.Genuine>().ToList();
        var wrong = 0;
        foreach (var (file, reading) in read)
        {
            var problem = reading is ReceiptReading.Genuine receipt ? Standing(receipt, genuine) : Sentence(((ReceiptReading.Refused)reading).Flaw);
            wrong += problem is null ? 0 : 1;
            await output.WriteLineAsync($"{file}: {(problem is null ? "genuine" : "NOT VALID")}");
            await output.WriteLineAsync(problem is null ? Said(((ReceiptReading.Genuine)reading).Content) : "  " + problem);
        }

        if (wrong == 0)
        {
            await output.WriteLineAsync($"Signed by {keys.Issuer ?? "the holder of these keys"}. Whether a newer receipt supersedes {(files.Count == 1 ? "it" : "them")} is not known offline; the portal's page /claim-receipts tells.");
        }

        return wrong == 0 ? 0 : 1;
    }

    /// <summary>A flaw as a text's key names it.</summary>
    public static string NameOf(ReceiptFlaw flaw) => flaw switch
    {
        ReceiptFlaw.TooLong => "too_long",
        ReceiptFlaw.OtherKind => "other_kind",
        ReceiptFlaw.OtherAlgorithm => "other_algorithm",
        ReceiptFlaw.UnknownKey => "unknown_key",
        ReceiptFlaw.NotSigned => "not_signed",
        ReceiptFlaw.OtherIssuer => "other_issuer",
        _ => "no_receipt",
    };

    static string Sentence(ReceiptFlaw flaw) => flaw switch
    {
        ReceiptFlaw.TooLong => "It is longer than any receipt.",
        ReceiptFlaw.OtherKind => "It was signed for another purpose; its type is not claim-receipt+jwt.",
        ReceiptFlaw.OtherAlgorithm => "Its algorithm is not ES256.",
        ReceiptFlaw.UnknownKey => "The key it names is not one of the portal's.",
        ReceiptFlaw.NotSigned => "The signature does not fit: the text was altered, or somebody else signed it.",
        ReceiptFlaw.OtherIssuer => "It is another portal's.",
        _ => "There is no signed text of a receipt in it.",
    };

    // One that was superseded must be superseded by the very text that we have: the newer one names its hash.
    static string? Standing(ReceiptReading.Genuine receipt, IReadOnlyList<ReceiptReading.Genuine> all)
    {
        var ofDeal = all.Where(other => other.Content.Deal == receipt.Content.Deal && other.Jws != receipt.Jws).ToList();
        if (ofDeal.Find(other => other.Content.Sequence > receipt.Content.Sequence) is { } newer)
        {
            return $"It was superseded by {newer.Content.Number}.";
        }

        return receipt.Content.Supersedes is { } before && ofDeal.Find(other => other.Content.Sequence == receipt.Content.Sequence - 1) is { } older
               && (older.Content.Number != before.Number || Convert.ToHexStringLower(ReceiptSignature.HashOf(older.Jws)) != before.Sha256)
            ? $"It supersedes {before.Number}, but not the receipt that is at hand."
            : null;
    }

    static string Said(ReceiptContent content) => string.Create(CultureInfo.InvariantCulture, $"""
          Receipt {content.Number} of {content.Brand}, number {content.Sequence} of deal {content.Deal} ({content.Why}), signed {DateTimeOffset.FromUnixTimeSeconds(content.IssuedAt):yyyy-MM-dd HH:mm:ss} UTC
          Partner   {content.Partner.Name} ({content.Partner.Number})
          Customer  {content.Customer.Name} ({content.Customer.Number})
          Claims    {string.Join(", ", content.ProductLines.Select(line => line.Code))} in {content.Territory.Code}
          Protected {content.ProtectedFrom:yyyy-MM-dd HH:mm:ss} UTC through {content.LastProtectedDay:yyyy-MM-dd}, approved {content.ApprovedAt:yyyy-MM-dd HH:mm:ss} UTC
          Audit     act {content.Audit.Entry}, hash {content.Audit.Hash}
        """);

    static (List<string> Files, string? Jwks) Take(IReadOnlyList<string> arguments)
    {
        var (files, jwks) = (new List<string>(), (string?)null);
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is "--jwks")
            {
                jwks = i + 1 < arguments.Count ? arguments[++i] : throw new UsageException("--jwks wants a file after it.");
            }
            else
            {
                files.Add(arguments[i]);
            }
        }

        return (files, jwks);
    }

    static async Task<ReceiptKeySet> KeysAsync(string file, CancellationToken ct)
    {
        if (!File.Exists(file))
        {
            throw new UsageException($"There is no key set {file}. Fetch it from /.well-known/claim-receipts/jwks.json of the portal and name it with --jwks.");
        }

        try
        {
            return ReceiptKeySet.Read(await File.ReadAllTextAsync(file, ct));
        }
        catch (FormatException)
        {
            throw new UsageException($"{file} is no JWK set.");
        }
    }

    static async Task<byte[]> BytesAsync(string file, CancellationToken ct)
    {
        if (!File.Exists(file))
        {
            throw new UsageException($"There is no file {file}.");
        }

        await using var stream = File.OpenRead(file);
        var bytes = new byte[Math.Min(stream.Length, ReceiptText.MostBytes + 1L)];
        await stream.ReadExactlyAsync(bytes, ct);
        return bytes;
    }
}
