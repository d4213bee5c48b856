using System.Globalization;
using Platform.Database;
using Platform.Idempotency;
using Platform.Web;

namespace Portal.Deals;

/// <summary>
/// A reviewer does one thing with many deals. Each is decided in a transaction of its own, by the same acts and rules as on its page, at the version that was seen; what became of it
/// is written in that transaction. So no deal is half done, nobody waits for all of them, and the same request sent again does nothing twice and goes on where the first one stopped.
/// </summary>
public sealed class ReviewInBulk(Db db, ReviewBatchStore batches, ReviewDeal reviewDeal, ApprovalStore approvals, TimeProvider clock)
{
    /// <summary>So many deals at once.</summary>
    public const int Most = 200;

    /// <summary>What can be done in bulk. A duplicate is found by comparing, deal by deal.</summary>
    public static IReadOnlyList<string> Acts { get; } = ["take_up", "approve", "reject", "request_information"];

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Does it.</summary>
    /// <param name="name">The name of the request.</param>
    /// <param name="act">One of <see cref="Acts"/>.</param>
    /// <param name="reason">The reason of a rejection, the question, or a note with an approval.</param>
    /// <param name="seen">The deals at the versions that were seen.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<BatchOutcome> RunAsync(RequestName name, string? act, string? reason, IReadOnlyList<SeenDeal> seen, CancellationToken ct)
    {
        var deals = seen.Where(deal => !string.IsNullOrWhiteSpace(deal.Number)).DistinctBy(deal => deal.Number, StringComparer.Ordinal).ToList();
        if (Problems(act, reason, deals) is { Count: > 0 } problems)
        {
            return new BatchOutcome.Invalid(problems);
        }

        var number = PublicNumber.New("RB");
        var isNew = await db.InTransactionAsync(async () =>
        {
            if (await batches.InsertAsync(number, name, act!, DealTyped.Text(reason), Now, ct) is null)
            {
                return false;
            }

            await batches.InsertDealsAsync(number, deals, ct);
            return true;
        }, ct);
        if (!isNew)
        {
            var sent = await batches.SentAsync(name, ct);
            if (!sent.Hash.SequenceEqual(name.Hash))
            {
                return new BatchOutcome.UsedBefore(name.UsedBefore);
            }

            number = sent.Number;
        }

        return await GoOnAsync(number, ct) ? new BatchOutcome.Done(number) : throw new InvalidOperationException("A batch that was just sent is there.");
    }

    /// <summary>Does what is left of a batch; false where the person at work sent none of that number.</summary>
    public async Task<bool> GoOnAsync(string number, CancellationToken ct)
    {
        if (await batches.FindAsync(number, ct) is not { } batch)
        {
            return false;
        }

        foreach (var deal in batch.Deals.Where(deal => deal.AnsweredAt is null))
        {
            await db.InTransactionAsync(() => DecideAsync(batch, deal, ct), ct);
        }

        return true;
    }

    static List<FieldProblem> Problems(string? act, string? reason, List<SeenDeal> deals)
    {
        var problems = new List<FieldProblem>();
        if (act is null || !Acts.Contains(act, StringComparer.Ordinal))
        {
            problems.Add(new("decision", "deals.invalid.decision", string.Join(", ", Acts)));
        }

        if (deals.Count is 0 or > Most || deals.Exists(deal => deal.Number.Length > 40))
        {
            problems.Add(new("deals", deals.Count == 0 ? "reviews.invalid.none" : "reviews.invalid.many", Most));
        }

        if (act is "reject" or "request_information" && DealTyped.Text(reason) is null)
        {
            problems.Add(new("reason", act is "reject" ? "deals.invalid.reason" : "reviews.invalid.question"));
        }

        if (reason?.Length > 2000)
        {
            problems.Add(new("reason", "customers.invalid.too_long", 2000));
        }

        return problems;
    }

    // The act's own transaction takes part in this one: what it wrote is undone where it refuses, its answer stays.
    async Task DecideAsync(ReviewBatch batch, BatchedDeal deal, CancellationToken ct)
    {
        if (await batches.TakeAsync(batch.ReviewBatchId, deal.Place, ct))
        {
            await batches.AnswerAsync(batch.ReviewBatchId, deal.Place, Answer(batch.Act, await ActAsync(batch, deal, ct)), Now, ct);
        }
    }

    async Task<DealOutcome> ActAsync(ReviewBatch batch, BatchedDeal deal, CancellationToken ct) => batch.Act switch
    {
        "take_up" => await reviewDeal.TakeUpAsync(deal.Number, deal.Version, ct),
        "reject" => await reviewDeal.RejectAsync(deal.Number, deal.Version, batch.Reason, ct),
        "request_information" => await reviewDeal.RequestInformationAsync(deal.Number, deal.Version, batch.Reason, ct),
        _ => await approvals.BandAsync(deal.Number, ct) is { } band and not ("none" or "possible")
            ? new DealOutcome.Refused($"reviews.refused.band.{band}")
            : await reviewDeal.ApproveAsync(deal.Number, deal.Version, null, [], batch.Reason, ct),
    };

    static BatchAnswer Answer(string act, DealOutcome outcome) => outcome switch
    {
        DealOutcome.Done(var number, _, _) { TextKey: var instead } => new(true, instead ?? DoneKey(act), [number]),
        DealOutcome.Refused(var key, var arguments) => new(false, key, Written(arguments)),
        DealOutcome.Invalid(var problems) => new(false, problems[0].TextKey, Written(problems[0].Arguments)),
        DealOutcome.Stale => new(false, "deals.refused.stale", []),
        DealOutcome.Forbidden => new(false, "reviews.refused.forbidden", []),
        DealOutcome.Missing => new(false, "reviews.refused.missing", []),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} is not what becomes of a review."),
    };

    static string DoneKey(string act) => act switch { "take_up" => "deals.taken_up", "approve" => "deals.approved", "reject" => "deals.rejected", _ => "deals.information_requested" };

    static List<string> Written(IEnumerable<object> arguments) => [.. arguments.Select(argument => Convert.ToString(argument, CultureInfo.CurrentCulture) ?? "")];
}

/// <summary>What became of a bulk act as a whole.</summary>
public abstract record BatchOutcome
{
    BatchOutcome()
    {
    }

    /// <summary>Each deal has its answer.</summary>
    public sealed record Done(string Number) : BatchOutcome;

    /// <summary>What was asked is wrong; nothing was done.</summary>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : BatchOutcome;

    /// <summary>The key was used before, for something else.</summary>
    public sealed record UsedBefore(ApiProblem Problem) : BatchOutcome;
}
