using Platform.Database;
using Platform.Jobs;
using Portal.Web.Live;

namespace Portal.Quotes;

/// <summary>
/// Makes the files that bundles ask for, one bundle at a time on each instance of the portal. A file is made as whoever asked for it and kept as if it had been downloaded by itself: another instance goes on
/// where one that died stopped, and nothing is made twice.
/// </summary>
public sealed class RunQuoteBundles(IServiceScopeFactory scopes, QuoteBundleSignal signal, IConfiguration settings, TimeProvider clock, ILogger<RunQuoteBundles> log) : QueueWorker(signal, settings, clock, log)
{
    /// <summary>What open pages hear.</summary>
    public const string Live = "quote-bundles";

    static readonly TimeSpan Lease = TimeSpan.FromSeconds(120);
    static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    const int MostBusy = 60;

    /// <summary>Makes the next bundle, to its end; answers its number, or null when none waits.</summary>
    public override async Task<string?> RunNextAsync(CancellationToken ct)
    {
        if (await AsProductAsync(store => store.ClaimAsync(Runner, Lease, ct)) is not { } bundle)
        {
            return null;
        }

        try
        {
            var problem = await MakeAsync(bundle, ct);
            await EndAsync(bundle, problem is null ? "done" : "failed", problem, ct);
        }
        catch (LeaseLostException)
        {
            Log.LogInformation("Bundle {Number} was cancelled or taken over", bundle.Number);
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            await EndAsync(bundle, "queued", null, CancellationToken.None);
        }
        catch (Exception failure)
        {
            Log.LogError(failure, "Bundle {Number} failed", bundle.Number);
            await EndAsync(bundle, "failed", "quotes.bundle.problem.failed", ct);
        }

        return bundle.Number;
    }

    /// <summary>Makes what is missing; answers the text key of why not all of it could be made.</summary>
    async Task<string?> MakeAsync(QuoteBundle bundle, CancellationToken ct)
    {
        if (await AsProductAsync(store => store.AskerAsync(bundle.PersonId, ct)) is not { } asker)
        {
            return "quotes.bundle.problem.may_no_longer";
        }

        var missing = await AsProductAsync(store => store.MissingAsync(bundle.QuoteBundleId, ct));
        var (made, told) = (bundle.Files - missing.Count, Clock.GetTimestamp());
        await BeatAsync(bundle, made, ct);
        foreach (var file in missing)
        {
            if (await MakeAsync(file, Caller.Subject(asker.Issuer, asker.Subject), ct) is { } problem)
            {
                return problem;
            }

            made++;
            if (Clock.GetElapsedTime(told) >= Beat)
            {
                await BeatAsync(bundle, made, ct);
                told = Clock.GetTimestamp();
            }
        }

        return null;
    }

    async Task<string?> MakeAsync(FileToMake file, Caller caller, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            await using var scope = Scope(caller);
            switch (await scope.ServiceProvider.GetRequiredService<QuoteFiles>().FindAsync(file.Number, file.Revision, file.Kind, file.Language, ct))
            {
                case QuoteFileOutcome.Ready:
                    return null;
                case QuoteFileOutcome.NotFound:
                    return "quotes.bundle.problem.may_no_longer";
                case QuoteFileOutcome.Busy when attempt < MostBusy:
                    await Task.Delay(Beat, ct);
                    break;
                default:
                    return "quotes.bundle.problem.failed";
            }
        }
    }

    async Task BeatAsync(QuoteBundle bundle, int made, CancellationToken ct)
    {
        await using var scope = Scope(Caller.System("job:run-quote-bundles"));
        var services = scope.ServiceProvider;
        await services.GetRequiredService<Db>().InTransactionAsync(async () =>
        {
            if (!await services.GetRequiredService<QuoteBundleStore>().BeatAsync(bundle.QuoteBundleId, Runner, made, Lease, ct))
            {
                throw new LeaseLostException();
            }

            await services.GetRequiredService<LiveUpdates>().TellAsync([bundle.PersonId], Live, ct);
        }, ct);
    }

    async Task EndAsync(QuoteBundle bundle, string status, string? problem, CancellationToken ct)
    {
        await using var scope = Scope(Caller.System("job:run-quote-bundles"));
        var services = scope.ServiceProvider;
        await services.GetRequiredService<Db>().InTransactionAsync(async () =>
        {
            await services.GetRequiredService<QuoteBundleStore>().EndAsync(bundle.QuoteBundleId, Runner, status, problem, ct);
            await services.GetRequiredService<LiveUpdates>().TellAsync([bundle.PersonId], Live, ct);
        }, ct);
    }

    async Task<T> AsProductAsync<T>(Func<QuoteBundleStore, Task<T>> work)
    {
        await using var scope = Scope(Caller.System("job:run-quote-bundles"));
        return await work(scope.ServiceProvider.GetRequiredService<QuoteBundleStore>());
    }

    AsyncServiceScope Scope(Caller caller)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = caller;
        return scope;
    }

    /// <summary>It was cancelled, or another instance has it.</summary>
    sealed class LeaseLostException : Exception;
}

/// <summary>Wakes the runner of bundles of this instance.</summary>
public sealed class QuoteBundleSignal : QueueSignal;

/// <summary>Forgets workbooks that came back and bundles, some time after anybody wanted them.</summary>
sealed class ForgetQuoteFiles(QuoteUploadStore uploads, QuoteBundleStore bundles, TimeProvider clock) : IScheduledJob
{
    public async Task RunAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await uploads.ForgetAsync(now.AddDays(-QuoteUploadStore.KeptDays), ct);
        await bundles.ForgetAsync(now.AddDays(-QuoteBundleStore.KeptDays), ct);
    }
}
