using Platform.Audit;
using Platform.Database;
using Portal.Documents;
using Portal.Web;
using Portal.Web.Lists;

namespace Portal.Quotes;

/// <summary>Asks for the files of many quotes in one zip. They are made in the background (<see cref="RunQuoteBundles"/>), each once and for good, and the zip is put together while it is downloaded.</summary>
public sealed class AskForBundle(Db db, QuoteBundleStore bundles, QuoteBundleSignal signal, AuditTrail audit, ICurrentPerson me)
{
    /// <summary>The most quotes of one zip.</summary>
    public const int MostQuotes = 500;

    static readonly string[] Kinds = ["pdf", "xlsx"];

    /// <summary>Keeps the wish and answers its number, or says what is wrong with it.</summary>
    public async Task<BundleAsking> RunAsync(BundleWish wish, ListQuery query, CancellationToken ct)
    {
        var (kinds, languages) = (Kinds.Where(kind => wish.Kinds.Contains(kind, StringComparer.Ordinal)).ToList(), Platform.Texts.TextBook.Languages.Where(language => wish.Languages.Contains(language, StringComparer.Ordinal)).ToList());
        if (kinds.Count == 0)
        {
            return Wrong("kinds", "quotes.bundle.problem.kinds");
        }

        if (languages.Count == 0)
        {
            return Wrong("languages", "quotes.bundle.problem.languages");
        }

        if (wish.Quotes is { Count: 0 })
        {
            return Wrong("quotes", "quotes.bundle.problem.none");
        }

        if (wish.Quotes?.Count > MostQuotes)
        {
            return Wrong("quotes", "quotes.bundle.problem.too_many", MostQuotes);
        }

        var answer = await db.InTransactionAsync(() => KeepAsync(wish, query, kinds, languages, ct), ct);
        signal.Set();
        return answer;
    }

    async Task<BundleAsking> KeepAsync(BundleWish wish, ListQuery query, List<string> kinds, List<string> languages, CancellationToken ct)
    {
        var found = await bundles.QuotesAsync(wish.Quotes, query, MostQuotes + 1, ct);
        if (found.Count > MostQuotes)
        {
            return Wrong("quotes", "quotes.bundle.problem.too_many", MostQuotes);
        }

        // What is another company's is not there; a number that is not there is told, or somebody would miss it in the zip.
        if (wish.Quotes?.FirstOrDefault(number => !found.Exists(quote => quote.Number == number)) is { } missing)
        {
            return Wrong("quotes", "quotes.bundle.problem.unknown", missing.Length > 40 ? missing[..40] + "…" : missing);
        }

        var sent = found.Where(quote => quote.QuoteRevisionId is not null).ToList();
        if (sent.Count == 0)
        {
            return Wrong("quotes", found.Count == 0 ? "quotes.bundle.problem.none" : "quotes.bundle.problem.only_drafts");
        }

        var number = PublicNumber.New("QB");
        await bundles.InsertAsync(number, me.PartnerId, sent.Count, found.Count - sent.Count,
            [.. from quote in sent from kind in kinds from language in languages select new BundledFile(quote.QuoteRevisionId!.Value, kind, language, NameOf(quote, kind, languages.Count > 1 ? language : null))], ct);
        await audit.RecordAsync("quote_bundle.asked", "quote_bundle", number, me.PartnerId, new { quotes = sent.Count, leftOut = found.Count - sent.Count, kinds, languages, chosen = wish.Quotes?.Count }, ct);
        return new BundleAsking.Asked(number);
    }

    static BundleAsking.Wrong Wrong(string field, string textKey, params IReadOnlyList<object> arguments) => new(new(field, textKey, arguments));

    // The number makes it unlike any other; the customer's name is for people.
    static string NameOf(BundledQuote quote, string kind, string? language) =>
        string.Join(' ', new[] { FormattableString.Invariant($"{quote.Number}-{quote.Revision}"), ZipAnswer.SafeName(quote.Customer), language }.Where(part => !string.IsNullOrEmpty(part))) + "." + kind;
}

/// <summary>What somebody wants in a zip.</summary>
/// <param name="Quotes">The numbers; null for all that the list finds.</param>
/// <param name="Kinds"><c>pdf</c>, <c>xlsx</c> or both.</param>
/// <param name="Languages"><c>en</c>, <c>zh-CN</c> or both.</param>
public sealed record BundleWish(IReadOnlyList<string>? Quotes, IReadOnlyList<string> Kinds, IReadOnlyList<string> Languages);

/// <summary>What became of the wish.</summary>
public abstract record BundleAsking
{
    BundleAsking()
    {
    }

    /// <summary>It is kept under that number.</summary>
    public sealed record Asked(string Number) : BundleAsking;

    /// <summary>Something is wrong with it.</summary>
    public sealed record Wrong(QuoteProblem Problem) : BundleAsking;
}
