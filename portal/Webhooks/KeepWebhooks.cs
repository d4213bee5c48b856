using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Web;

namespace Portal.Webhooks;

/// <summary>What administrators do with their company's endpoints: write one down, change it, pause it, give it a new secret, take it away.</summary>
public sealed class KeepWebhooks(Db db, WebhookAddress addresses, WebhookSecrets secrets, AuditTrail audit, TimeProvider clock)
{
    /// <summary>So many endpoints a company may have.</summary>
    public const int Most = 20;

    /// <summary>How long the old secret goes on being good beside a new one, at most, in hours.</summary>
    public const int LongestOverlapHours = 168;

    const string NamedOnce = "a_company_names_an_address_once";

    /// <summary>Writes a new one down.</summary>
    /// <param name="entered">What is said about it.</param>
    /// <param name="secret">The secret, where the receiver brings its own; null for a new one, which is answered.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<WebhookOutcome> CreateAsync(WebhookFacts entered, string? secret, CancellationToken ct)
    {
        var problems = await ProblemsAsync(entered, ct);
        if (secret is not null && !WebhookSecrets.IsSound(secret))
        {
            problems.Add(new("secret", "webhooks.problem.secret"));
        }

        return problems.Count > 0 ? new WebhookOutcome.Wrong(problems) : await EnterAsync(entered, secret ?? WebhookSecrets.New(), shows: secret is null, ct);
    }

    /// <summary>Changes what is said about an endpoint.</summary>
    public async Task<WebhookOutcome> ChangeAsync(string number, int? version, WebhookFacts entered, CancellationToken ct)
    {
        var problems = await ProblemsAsync(entered, ct);
        return problems.Count > 0 ? new WebhookOutcome.Wrong(problems) : await ActAsync("changed", number, version, """
            update webhook_endpoint
            set url = @url, description = @description, event_types = @eventTypes, scope = @scope, changed_at = @now, version = version + 1
            where number = @number and partner_id = app_partner_id() and version = coalesce(@version, version)
            returning partner_id
            """, Arguments(entered), new { to = Host(entered), events = Wanted(entered).Length, scope = ScopeOf(entered) }, ct);
    }

    /// <summary>Stops sending; what happens is kept, to be replayed.</summary>
    public Task<WebhookOutcome> PauseAsync(string number, int? version, CancellationToken ct) => ActAsync("paused", number, version, """
        update webhook_endpoint
        set status = 'paused', off_because = null, collects_until = null, changed_at = @now, version = version + 1
        where number = @number and partner_id = app_partner_id() and version = coalesce(@version, version)
        returning partner_id
        """, new(), null, ct);

    /// <summary>Sends again, also after the endpoint was switched off; what had begun to wait is tried at once.</summary>
    public Task<WebhookOutcome> ResumeAsync(string number, int? version, CancellationToken ct) => ActAsync("resumed", number, version, """
        with resumed as (
            update webhook_endpoint
            set status = 'active', off_because = null, collects_until = null, failures = 0, failing_since = null, rests_until = null, changed_at = @now, version = version + 1
            where number = @number and partner_id = app_partner_id() and version = coalesce(@version, version)
            returning partner_id)
        select r.partner_id from resumed r, (select pg_notify('webhooks_' || current_schema(), '')) as woken
        """, new(), null, ct);

    /// <summary>Takes an endpoint away with its log.</summary>
    public Task<WebhookOutcome> RemoveAsync(string number, CancellationToken ct) => ActAsync("removed", number, null, """
        delete from webhook_endpoint where number = @number and partner_id = app_partner_id() returning partner_id
        """, new(), null, ct);

    /// <summary>Gives an endpoint a new secret, which is answered this once; the old one is good for some hours more, so that receivers can change over without a gap.</summary>
    /// <param name="number">The endpoint.</param>
    /// <param name="version">The version that was seen; null where nobody looked.</param>
    /// <param name="overlapHours">For how many hours the old one stays good; 0 where it is no secret any longer.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<WebhookOutcome> RotateAsync(string number, int? version, int overlapHours, CancellationToken ct)
    {
        if (overlapHours is < 0 or > LongestOverlapHours)
        {
            return new WebhookOutcome.Wrong([new("overlapHours", "webhooks.problem.overlap", LongestOverlapHours)]);
        }

        var secret = WebhookSecrets.New();
        var outcome = await ActAsync("secret_renewed", number, version, """
            update webhook_endpoint
            set previous_secret = case when @overlap > 0 then secret end, previous_until = case when @overlap > 0 then @now + make_interval(hours => @overlap) end, secret = @secret, changed_at = @now, version = version + 1
            where number = @number and partner_id = app_partner_id() and version = coalesce(@version, version)
            returning partner_id
            """, new() { Secret = secrets.Protect(secret), Overlap = overlapHours }, new { overlapHours }, ct);
        return outcome is WebhookOutcome.Done done ? done with { Secret = secret } : outcome;
    }

    /// <summary>Writes an endpoint down whose address nobody could look up: of the demonstration.</summary>
    internal async Task<WebhookOutcome> EnterAsync(WebhookFacts entered, string secret, bool shows, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync<WebhookOutcome>(async () =>
            {
                // Two who add one at once count each other.
                if (await db.OneAsync<long>("select count(*) from webhook_endpoint e, (select pg_advisory_xact_lock(hashtextextended('webhook_endpoint', app_partner_id()))) as held where e.partner_id = app_partner_id()", null, ct) >= Most)
                {
                    return new WebhookOutcome.Wrong([new("url", "webhooks.problem.too_many", Most)]);
                }

                var number = PublicNumber.New("WH");
                var partner = await db.OneAsync<long>("""
                    insert into webhook_endpoint (number, partner_id, url, description, event_types, scope, secret, created_by, created_at, changed_at)
                    values (@number, app_partner_id(), @Url, @Description, @EventTypes, @Scope, @Secret, app_person_id(), @Now, @Now)
                    returning partner_id
                    """, Arguments(entered) with { Number = number, Secret = secrets.Protect(secret), Now = Now }, ct);
                await audit.RecordAsync("webhook.added", "webhook", number, partner, new { to = Host(entered), events = Wanted(entered).Length, scope = ScopeOf(entered) }, ct);
                return new WebhookOutcome.Done(number) { Secret = shows ? secret : null };
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(NamedOnce))
        {
            return new WebhookOutcome.Wrong([new("url", "webhooks.problem.named_already")]);
        }
    }

    async Task<WebhookOutcome> ActAsync(string act, string number, int? version, string sql, Values values, object? details, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync<WebhookOutcome>(async () =>
            {
                if (await db.FindAsync<long?>(sql, values with { Number = number, Version = version, Now = Now }, ct) is not { } partner)
                {
                    return await db.FindAsync<int?>("select version from webhook_endpoint where number = @number and partner_id = app_partner_id()", new { number }, ct) is null ? new WebhookOutcome.NotFound() : new WebhookOutcome.Stale();
                }

                await audit.RecordAsync("webhook." + act, "webhook", number, partner, details, ct);
                return new WebhookOutcome.Done(number);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates(NamedOnce))
        {
            return new WebhookOutcome.Wrong([new("url", "webhooks.problem.named_already")]);
        }
    }

    async Task<List<FieldProblem>> ProblemsAsync(WebhookFacts entered, CancellationToken ct)
    {
        var isBrand = await db.OneAsync<bool>("select app_is_brand()", null, ct);
        List<FieldProblem> problems = [.. new[] { await addresses.ProblemAsync(entered.Url?.Trim(), isBrand, ct) }.OfType<FieldProblem>()];
        if (entered.EventTypes.Count == 0)
        {
            problems.Add(new("eventTypes", "webhooks.problem.no_events"));
        }
        else if (entered.EventTypes.FirstOrDefault(type => WebhookEvents.Find(type) is null) is { } unknown)
        {
            problems.Add(new("eventTypes", "webhooks.problem.unknown_event", unknown));
        }

        if (Typed.Text(entered.Description)?.Length > 200)
        {
            problems.Add(new("description", "webhooks.problem.description", 200));
        }

        if (entered.Scope is not (null or "" or "own" or "channel"))
        {
            problems.Add(new("scope", "webhooks.problem.scope"));
        }
        else if (entered.Scope is "channel" && !isBrand)
        {
            problems.Add(new("scope", "webhooks.problem.only_the_brand"));
        }

        return problems;
    }

    // An address may carry a secret of its receiver; the audit is read by others and keeps all for ever.
    static string Host(WebhookFacts entered) => new Uri(entered.Url!.Trim()).GetLeftPart(UriPartial.Authority);

    static Values Arguments(WebhookFacts entered) => new() { Url = entered.Url!.Trim(), Description = Typed.Text(entered.Description), EventTypes = Wanted(entered), Scope = ScopeOf(entered) };

    static string[] Wanted(WebhookFacts entered) => [.. WebhookEvents.All.Select(type => type.Name).Where(entered.EventTypes.Contains)];

    static string ScopeOf(WebhookFacts entered) => entered.Scope is "channel" ? "channel" : "own";

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    sealed record Values
    {
        public string? Number { get; init; }

        public int? Version { get; init; }

        public DateTime Now { get; init; }

        public string? Url { get; init; }

        public string? Description { get; init; }

        public string[] EventTypes { get; init; } = [];

        public string? Scope { get; init; }

        public string? Secret { get; init; }

        public int Overlap { get; init; }
    }
}
