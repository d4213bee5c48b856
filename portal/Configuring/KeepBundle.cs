using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Web;

namespace Portal.Configuring;

/// <summary>The brand keeps what can be configured: writes drafts, publishes them from a day on, and ends what is sold no more.</summary>
public sealed class KeepBundle(Db db, BundleStore bundles, AuditTrail audit, ICurrentPerson me)
{
    /// <summary>No version begins later.</summary>
    public const int MostDaysAhead = 730;

    /// <summary>Writes a new bundle as a draft of its first version.</summary>
    public Task<BundleOutcome> CreateAsync(BundleFacts said, CancellationToken ct) => WithAsync(said, async facts =>
    {
        if (await bundles.InsertAsync(facts.Code!, ct) is not { } bundleId)
        {
            return new BundleOutcome.Refused(new FieldProblem(nameof(facts.Code), "configuring.problem.code_taken", facts.Code!));
        }

        await bundles.ReplacePartsAsync(await bundles.InsertDraftAsync(bundleId, facts, ct), facts, ct);
        await RecordAsync("bundle.created", facts, ct);
        return new BundleOutcome.Done(facts.Code!);
    }, ct);

    /// <summary>Changes the draft, whole; where the last version is published this begins the next one.</summary>
    /// <param name="code">The bundle.</param>
    /// <param name="rowVersion">The version of the record that the person saw.</param>
    /// <param name="said">What it consists of now; its code stays.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<BundleOutcome> UpdateAsync(string code, int rowVersion, BundleFacts said, CancellationToken ct) => WithAsync(said with { Code = code }, async facts =>
    {
        if (await bundles.HoldAsync(code, ct) is not { } bundleId || await bundles.NewestAsync(code, ct) is not { } newest)
        {
            return new BundleOutcome.NotFound();
        }

        if (newest.RowVersion != rowVersion)
        {
            return new BundleOutcome.Stale();
        }

        var versionId = newest.BundleVersionId;
        if (newest.PublishedAt is not null)
        {
            versionId = await bundles.InsertDraftAsync(bundleId, facts, ct);
        }
        else if (!await bundles.UpdateDraftAsync(versionId, rowVersion, facts, ct))
        {
            return new BundleOutcome.Stale();
        }

        await bundles.ReplacePartsAsync(versionId, facts, ct);
        await RecordAsync("bundle.changed", facts, ct);
        return new BundleOutcome.Done(code);
    }, ct);

    /// <summary>Publishes the draft from a day on.</summary>
    public Task<BundleOutcome> PublishAsync(string code, int rowVersion, DateOnly? from, DateOnly? until, CancellationToken ct) => KeepingAsync(async () =>
    {
        if (await bundles.HoldAsync(code, ct) is null || await bundles.NewestAsync(code, ct) is not { } draft)
        {
            return new BundleOutcome.NotFound();
        }

        if (draft.RowVersion != rowVersion || draft.PublishedAt is not null)
        {
            return new BundleOutcome.Stale();
        }

        var today = await bundles.TodayAsync(ct);
        var flaws = Publication.Flaws(draft).ToList();
        if (from is null || from < today || from > today.AddDays(MostDaysAhead))
        {
            flaws.Add(new("From", "configuring.publish.from", MostDaysAhead));
        }
        else if (until < from)
        {
            flaws.Add(new("Until", "configuring.publish.until"));
        }

        if (flaws.Count > 0)
        {
            return new BundleOutcome.Refused(flaws);
        }

        if (!await bundles.PublishAsync(draft, rowVersion, from!.Value, until, ct))
        {
            return new BundleOutcome.Stale();
        }

        await audit.RecordAsync("bundle.published", "bundle", code, null, new { draft.Version, from, until }, ct);
        return new BundleOutcome.Done(code);
    }, ct);

    /// <summary>Ends what holds of a bundle, not before yesterday; what was configured stays.</summary>
    public Task<BundleOutcome> EndAsync(string code, DateOnly? lastDay, CancellationToken ct) => KeepingAsync(async () =>
    {
        if (await bundles.HoldAsync(code, ct) is not { } bundleId)
        {
            return new BundleOutcome.NotFound();
        }

        if (lastDay is null || lastDay < (await bundles.TodayAsync(ct)).AddDays(-1))
        {
            return new BundleOutcome.Refused(new FieldProblem("LastDay", "configuring.problem.last_day"));
        }

        if (await bundles.EndAsync(bundleId, lastDay.Value, ct))
        {
            await audit.RecordAsync("bundle.ended", "bundle", code, null, new { lastDay }, ct);
        }

        return new BundleOutcome.Done(code);
    }, ct);

    Task<BundleOutcome> WithAsync(BundleFacts said, Func<BundleFacts, Task<BundleOutcome>> work, CancellationToken ct) => KeepingAsync(async () =>
    {
        var facts = said.Tidied();
        var flaws = facts.Flaws().ToList();
        if (flaws.Count == 0)
        {
            var unknown = (await bundles.UnknownAsync([.. facts.Options.Select(option => option.Sku).Append(facts.Sku).OfType<string>().Distinct(StringComparer.Ordinal)], ct)).ToHashSet(StringComparer.Ordinal);
            flaws.AddRange(facts.Options.Select((option, at) => (option, at)).Where(one => unknown.Contains(one.option.Sku!)).Select(one => new FieldProblem($"Options[{one.at}].Sku", "configuring.problem.sku_unknown", one.option.Sku!)));
            if (facts.Sku is not null && unknown.Contains(facts.Sku))
            {
                flaws.Add(new(nameof(facts.Sku), "configuring.problem.sku_unknown", facts.Sku));
            }
        }

        return flaws.Count > 0 ? new BundleOutcome.Refused(flaws) : await work(facts);
    }, ct);

    Task<BundleOutcome> KeepingAsync(Func<Task<BundleOutcome>> work, CancellationToken ct) =>
        db.InTransactionAsync(async () => me.IsBrand && me.Has(BundleWords.Keepers) ? await work() : new BundleOutcome.Forbidden(), ct);

    Task RecordAsync(string action, BundleFacts facts, CancellationToken ct) =>
        audit.RecordAsync(action, "bundle", facts.Code!, null, new { facts.Name, groups = facts.Groups.Count, options = facts.Options.Count, rules = facts.Rules.Count }, ct);
}

/// <summary>How keeping a bundle ended.</summary>
public abstract record BundleOutcome
{
    BundleOutcome()
    {
    }

    /// <summary>It is done.</summary>
    public sealed record Done(string Code) : BundleOutcome;

    /// <summary>There is no such bundle.</summary>
    public sealed record NotFound : BundleOutcome;

    /// <summary>The person may not.</summary>
    public sealed record Forbidden : BundleOutcome;

    /// <summary>Somebody was faster.</summary>
    public sealed record Stale : BundleOutcome;

    /// <summary>What is wrong, each with the remedy.</summary>
    public sealed record Refused(params IReadOnlyList<FieldProblem> Problems) : BundleOutcome;
}
