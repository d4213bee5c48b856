using System.Security.Cryptography;
using Platform.Audit;
using Platform.Database;

namespace Portal.Quotes;

/// <summary>
/// The way back of a quote's workbook: it is read and kept, what would change is shown at the prices of the day, and one act makes it the draft. Until then nothing of the quote changes, and what was
/// refused is still there.
/// </summary>
public sealed class TakeQuoteUpload(Db db, QuoteStore quotes, QuoteUploadStore uploads, ReadQuoteWorkbook read, PriceQuote pricing, WorkOnQuote work, AuditTrail audit)
{
    /// <summary>Reads a workbook and keeps what it says.</summary>
    /// <param name="number">The quote on whose page it was uploaded.</param>
    /// <param name="fileName">Its name.</param>
    /// <param name="content">Its content, seekable.</param>
    /// <param name="ct">Stops the work.</param>
    public async Task<QuoteUploading> UploadAsync(string number, string fileName, Stream content, CancellationToken ct)
    {
        if (await quotes.HeadAsync(number, ct) is not { } head)
        {
            return new QuoteUploading.NotFound();
        }

        if (StepOf(head) is not { } step)
        {
            return new QuoteUploading.NotNow(head.Status);
        }

        if (!work.Allowed(step, head))
        {
            return new QuoteUploading.Forbidden();
        }

        switch (await read.RunAsync(content, fileName, ct))
        {
            case QuoteWorkbookReading.Refused(var textKey, var arguments):
                return new QuoteUploading.Refused(new("file", textKey, arguments));
            case QuoteWorkbookReading.Read(var origin, var lines, var notes):
                return await FaultOfAsync(origin, head, ct) is { } fault ? new QuoteUploading.Refused(fault) : await KeepAsync(head, fileName, await HashAsync(content, ct), lines, notes, ct);
            default:
                throw new InvalidOperationException("A workbook is read or refused.");
        }
    }

    /// <summary>What an upload would change at the prices of the day, or what is wrong with it; null where there is no such upload.</summary>
    /// <param name="number">The quote.</param>
    /// <param name="upload">The upload.</param>
    /// <param name="validUntil">The last day the new revision holds; where none is given that of the revision, or one to come.</param>
    /// <param name="ct">Stops the work.</param>
    public Task<CheckedUpload?> CheckAsync(string number, string upload, DateOnly? validUntil, CancellationToken ct) => db.TogetherAsync(async () =>
    {
        if (await quotes.HeadAsync(number, ct) is not { } head || await uploads.FindAsync(head.QuoteId, upload, ct) is not { } found)
        {
            return null;
        }

        var mayTake = StepOf(head) is { } step && work.Allowed(step, head) && head.Revision == found.Revision && found.TakenRevision is null;
        var (request, rows, problems) = RequestOf(head, await quotes.LinesAsync(head.QuoteRevisionId, ct), found, await DayAsync(head, validUntil, ct));
        var check = await pricing.RunAsync(request, await quotes.SellerAsync(ct), head.Rate, ct);
        problems.AddRange(check.Problems.Select(problem => Placed(problem, rows)));
        return new CheckedUpload(head, found, request, check.Quote, check.Quote is { } quote && problems.Count == 0 ? await ChangesAsync(head, quote, ct) : null,
            [.. problems.OrderBy(problem => problem.Row ?? 0)], mayTake);
    }, ct);

    /// <summary>Makes it the draft: what was shown, or nothing.</summary>
    /// <param name="number">The quote.</param>
    /// <param name="upload">The upload.</param>
    /// <param name="version">The version of the quote that was shown.</param>
    /// <param name="validUntil">The last day.</param>
    /// <param name="grandTotal">The total that was shown; where prices have changed since, it is shown anew.</param>
    /// <param name="ct">Stops the work.</param>
    public Task<QuoteOutcome> ConfirmAsync(string number, string upload, int? version, DateOnly? validUntil, decimal? grandTotal, CancellationToken ct) => db.InTransactionAsync<QuoteOutcome>(async () =>
    {
        // Held before it is looked at: of two clicks the second finds it taken.
        if (!await quotes.HoldAsync(number, ct) || await CheckAsync(number, upload, validUntil, ct) is not { } check)
        {
            return new QuoteOutcome.NotFound();
        }

        if (check.Upload.TakenRevision is not null)
        {
            return new QuoteOutcome.Done(number);
        }

        if (check.Head.Revision != check.Upload.Revision)
        {
            return new QuoteOutcome.Stale(check.Head.Version);
        }

        if (check.Problems.Count > 0)
        {
            return new QuoteOutcome.Wrong([.. check.Problems.Select(problem => problem.Problem with { Field = problem.Field })]);
        }

        if (grandTotal is { } shown && shown != check.Quote!.GrandTotal)
        {
            return new QuoteOutcome.Wrong([new("grandTotal", "quotes.upload.problem.total_changed", shown, check.Quote.GrandTotal)]);
        }

        var outcome = await work.ReplaceAsync(number, version, check.Quote!, new { upload, file = check.Upload.FileName, sha256 = check.Upload.Sha256 }, ct);
        if (outcome is QuoteOutcome.Done)
        {
            await uploads.TakeAsync(check.Head.QuoteId, upload, (await quotes.HeadAsync(number, ct))!.Revision, ct);
        }

        return outcome;
    }, ct);

    /// <summary>The step that an upload would be now, or null where a quote in its state takes none.</summary>
    public static QuoteStep? StepOf(QuoteHead head) => QuoteLifecycle.Find(head.Status == "draft" ? QuoteLifecycle.Edit : QuoteLifecycle.Revise, head.Status);

    async Task<QuoteProblem?> FaultOfAsync(QuoteOrigin origin, QuoteHead head, CancellationToken ct)
    {
        if (origin.Number != head.Number)
        {
            return new("file", "quotes.upload.problem.other_quote", Shown(origin.Number), head.Number);
        }

        if (origin.Revision < head.Revision)
        {
            return new("file", "quotes.upload.problem.superseded", origin.Revision, head.Revision);
        }

        if (origin.Revision > head.Revision || (origin.IsSent && head.FrozenAt is null))
        {
            return new("file", "quotes.upload.problem.tampered");
        }

        if (head.FrozenAt is not null)
        {
            return !origin.IsSent ? new("file", "quotes.upload.problem.draft_sent", head.Revision)
                : origin.Sha256 == (await quotes.FindFrozenAsync(head.Number, head.Revision, ct))!.Sha256 ? null : new("file", "quotes.upload.problem.tampered");
        }

        return origin.Sha256 == QuoteOrigin.OfDraft(head, await quotes.LinesAsync(head.QuoteRevisionId, ct)).Sha256 ? null : new("file", "quotes.upload.problem.draft_changed");
    }

    Task<QuoteUploading> KeepAsync(QuoteHead head, string fileName, byte[] sha256, IReadOnlyList<UploadedLine> lines, IReadOnlyList<string> notes, CancellationToken ct) => db.InTransactionAsync<QuoteUploading>(async () =>
    {
        var number = PublicNumber.New("QU");
        var name = NameOf(fileName);
        await uploads.InsertAsync(number, head, name, sha256, lines, notes, ct);
        await audit.RecordAsync("quote.upload", "quote", head.Number, head.PartnerId, new { upload = number, head.Revision, file = name, sha256 = Convert.ToHexStringLower(sha256), lines = lines.Count }, ct);
        return new QuoteUploading.Taken(number);
    }, ct);

    async Task<DateOnly> DayAsync(QuoteHead head, DateOnly? validUntil, CancellationToken ct) =>
        validUntil ?? (await quotes.TodayAsync(ct) is var today && head.ValidUntil < today ? today.AddDays(PriceQuote.UsualDays) : head.ValidUntil);

    static (QuoteRequest Request, List<UploadedLine> Rows, List<UploadProblem> Problems) RequestOf(QuoteHead head, IReadOnlyList<QuoteLine> lines, QuoteUpload upload, DateOnly validUntil)
    {
        var (asked, rows, problems) = (new List<QuoteRequestLine>(), new List<UploadedLine>(), new List<UploadProblem>());
        // Groups, choices and what was configured together are not changed in a workbook; a line keeps what it has, one that is new has none. Lines are known by their product, in the order in which they stand.
        var kept = lines.GroupBy(line => line.Sku, StringComparer.OrdinalIgnoreCase).ToDictionary(same => same.Key, same => new Queue<QuoteLine>(same), StringComparer.OrdinalIgnoreCase);
        foreach (var line in upload.Lines)
        {
            var before = line.Sku is not null && kept.TryGetValue(line.Sku, out var same) && same.TryDequeue(out var first) ? first : null;
            // a gift comes and goes with the prices
            if (line.Fault is null && (line.IsOut || before is { IsGift: true }))
            {
                continue;
            }

            var (sound, problem) = line.Fault is null ? line.Read() : (null, new("row", "quotes.upload.problem.row", line.Fault));
            if (sound is null)
            {
                problems.Add(new(line.Row, line.Sku, problem!));
                continue;
            }

            asked.Add(sound with { Section = before?.Section, Choice = before?.Choice, Configuration = before?.Configuration, Start = before?.TermStart, Months = before?.TermMonths, Subscription = before?.Subscription });
            rows.Add(line);
        }

        return (new(head.CustomerNumber, head.DealNumber, validUntil, head.TaxRate * 100, head.Terms, asked) { Coupons = head.Coupons, Currency = head.Currency, Convert = head.Rate is not null, KeepRate = true, RateOnPaper = head.RateOnPaper }, rows, problems);
    }

    static UploadProblem Placed(QuoteProblem problem, List<UploadedLine> rows)
    {
        if (!problem.Field.StartsWith("lines[", StringComparison.Ordinal))
        {
            return new(null, null, problem);
        }

        var end = problem.Field.IndexOf(']', StringComparison.Ordinal);
        var line = rows[int.Parse(problem.Field.AsSpan(6, end - 6), System.Globalization.CultureInfo.InvariantCulture)];
        return new(line.Row, line.Sku, problem with { Field = problem.Field[(end + 2)..] });
    }

    async Task<RevisionChanges> ChangesAsync(QuoteHead head, PricedQuote quote, CancellationToken ct)
    {
        var before = (await quotes.FindRevisionAsync(head.QuoteId, head.Revision, ct))!;
        var products = (await quotes.ProductsAsync([.. quote.Lines.Select(line => line.ProductId)], ct)).ToDictionary(product => product.ProductId);
        return CompareRevisions.Of(before, new(head.FrozenAt is null ? head.Revision : head.Revision + 1, quote.ValidUntil, quote.TaxRate, quote.Terms, quote.NetTotal, quote.TaxTotal, quote.GrandTotal,
            [.. quote.Lines.Select((line, at) => (line, at, product: products[line.ProductId])).Select(one => new QuoteLine(one.at + 1, one.line.ProductId, one.product.Sku, one.product.Name, one.product.NameZh, one.product.Unit,
                one.line.Quantity, one.line.Price, one.line.Discount, one.line.UnitPrice, one.line.Amount, one.line.PriceSteps, one.line.Section, one.line.Choice, one.line.AlternativeTo, one.line.Floor, one.line.Configuration, one.line.TermStart, one.line.TermEnd, one.line.TermMonths, one.line.Subscription, one.line.IsGift))]));
    }

    static async Task<byte[]> HashAsync(Stream content, CancellationToken ct)
    {
        content.Position = 0;
        return await SHA256.HashDataAsync(content, ct);
    }

    static string Shown(string text) => text.Length > 40 ? text[..40] + "…" : text;

    // Browsers send a name, some of old a path.
    static string NameOf(string fileName)
    {
        var name = new string([.. fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..].Where(letter => !char.IsControl(letter) && !char.IsSurrogate(letter))]).Trim();
        return name.Length == 0 ? "file.xlsx" : name.Length > 200 ? name[..150] + name[^50..] : name;
    }
}

/// <summary>What became of a workbook that came back.</summary>
public abstract record QuoteUploading
{
    QuoteUploading()
    {
    }

    /// <summary>It was read; look at what it changes.</summary>
    public sealed record Taken(string Number) : QuoteUploading;

    /// <summary>There is no such quote for the person at work.</summary>
    public sealed record NotFound : QuoteUploading;

    /// <summary>The person may not change it.</summary>
    public sealed record Forbidden : QuoteUploading;

    /// <summary>A quote in that state is not changed.</summary>
    public sealed record NotNow(string Status) : QuoteUploading;

    /// <summary>The file as a whole is not taken.</summary>
    public sealed record Refused(QuoteProblem Problem) : QuoteUploading;
}

/// <summary>An upload with what it would change.</summary>
/// <param name="Head">The quote as it is.</param>
/// <param name="Upload">What came back.</param>
/// <param name="Request">What it asks for.</param>
/// <param name="Quote">That, priced; null where something is wrong.</param>
/// <param name="Changes">What would change; null where something is wrong.</param>
/// <param name="Problems">What is wrong, by row.</param>
/// <param name="MayTake">The person may confirm it, once nothing is wrong.</param>
public sealed record CheckedUpload(QuoteHead Head, QuoteUpload Upload, QuoteRequest Request, PricedQuote? Quote, RevisionChanges? Changes, IReadOnlyList<UploadProblem> Problems, bool MayTake);

/// <summary>Something wrong with a line of an upload.</summary>
/// <param name="Row">The row of the spreadsheet; null where it is about the quote itself.</param>
/// <param name="Sku">The product named there.</param>
/// <param name="Problem">Field and remedy.</param>
public sealed record UploadProblem(long? Row, string? Sku, QuoteProblem Problem)
{
    /// <summary>The field as the API names it: <c>rows[12].quantity</c>.</summary>
    public string Field => Row is { } row ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"rows[{row}].{Problem.Field}") : Problem.Field;
}
