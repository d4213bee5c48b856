using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Platform.Audit;
using Platform.Database;

namespace Portal.Ubl;

/// <summary>
/// Takes a document in, once: an order becomes a draft or is handed in, an answer confirms or turns down, what was sent is shipped, an invoice is compared. The same document again is answered as the first time.
/// </summary>
public sealed class ReceiveUbl(Db db, UblMessages messages, TakeUblOrder takeOrder, TakeUblAnswer takeAnswer, TakeUblDespatch takeDespatch, CompareUblInvoice compareInvoice, AuditTrail audit)
{
    const int LongestId = 64;

    /// <summary>Takes it in.</summary>
    /// <param name="content">The document.</param>
    /// <param name="wishes">What is to become of an order.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<UblOutcome> RunAsync(byte[] content, UblWishes wishes, CancellationToken ct)
    {
        if (Read(content) is not (var document, var text))
        {
            return Refuse("", "ubl.problem.not_xml");
        }

        if (UblXml.KindOf(document) is not { } kind || !UblKinds.Received.Contains(kind))
        {
            return Refuse("", "ubl.problem.kind", document.Name.LocalName);
        }

        return UblXml.Text(document, "ID") is { Length: <= LongestId } id
            ? await db.InTransactionAsync(() => TakeAsync(kind, id, document, SHA256.HashData(content), text, wishes, ct), ct)
            : Refuse("id", "ubl.problem.id", LongestId);
    }

    async Task<UblOutcome> TakeAsync(string kind, string id, XElement document, byte[] sha256, string text, UblWishes wishes, CancellationToken ct)
    {
        var before = await messages.HoldAsync(kind, id, ct);
        if (before?.Sha256 == Convert.ToHexStringLower(sha256))
        {
            return new UblOutcome.Taken(before.Outcome, before.RecordNumber, before.Problems) { Number = before.Number, IsRepeated = true };
        }

        var outcome = kind switch
        {
            UblKinds.Order => await takeOrder.RunAsync(UblReader.Order(document), before, wishes, ct),
            UblKinds.Invoice => await compareInvoice.RunAsync(UblReader.Invoice(document), ct),
            // What was answered or sent cannot be said anew under the same number.
            _ when before is not null => new UblOutcome.Used(before.RecordNumber ?? before.Number),
            UblKinds.DespatchAdvice => await takeDespatch.RunAsync(UblReader.Despatch(document), ct),
            _ => await takeAnswer.RunAsync(UblReader.Response(document), ct),
        };
        if (outcome is not UblOutcome.Taken taken)
        {
            return outcome;
        }

        var (number, partner) = await messages.KeepAsync(kind, id, sha256, text, taken, ct);
        await audit.RecordAsync("ubl.received", "ubl", number, partner, new { kind, id, taken.Outcome, record = taken.RecordNumber, sha256 = Convert.ToHexStringLower(sha256) }, ct);
        return taken with { Number = number };
    }

    // UTF-8 or UTF-16 as its first bytes say; anything else is no document.
    static (XElement Document, string Text)? Read(byte[] content)
    {
        try
        {
            using var reader = new StreamReader(new MemoryStream(content), new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
            var text = reader.ReadToEnd();
            return Encoding.UTF8.GetByteCount(text) <= UblXml.MostBytes ? (UblXml.Read(text), text) : null;
        }
        catch (Exception broken) when (broken is XmlException or DecoderFallbackException)
        {
            return null;
        }
    }

    static UblOutcome.Refused Refuse(string field, string textKey, params IEnumerable<object?> arguments) => new([UblProblemSaid.Of(null, field, textKey, arguments)]);
}

/// <summary>What is to become of an order that is handed in.</summary>
/// <param name="Submit">True to hand it to the seller; false for a draft.</param>
/// <param name="Strict">True where nothing is kept when a line is wrong; false to keep the good ones as a draft.</param>
public sealed record UblWishes(bool Submit, bool Strict);
