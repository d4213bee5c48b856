using Platform.Database;

namespace Identity.Administration.Audit;

/// <summary>What is asked of the audit.</summary>
sealed class AuditQuery
{
    /// <summary>The first day, in UTC.</summary>
    public DateOnly? From { get; set; }

    /// <summary>The last day.</summary>
    public DateOnly? To { get; set; }

    /// <summary>A subject, an address, or a job of the product.</summary>
    public string? Actor { get; set; }

    /// <summary>An action, or the part before its dot.</summary>
    public string? Act { get; set; }

    /// <summary>To what: a subject, a client_id, an address.</summary>
    public string? Subject { get; set; }

    /// <summary>A tenant's key; only who sees all tenants asks for one.</summary>
    public string? Tenant { get; set; }

    /// <summary>The number of the last act of the page before.</summary>
    public long? Before { get; set; }
}

/// <summary>One act.</summary>
sealed class AuditRow
{
    public long AuditEntryId { get; init; }

    public DateTime HappenedAt { get; init; }

    /// <summary>As it was recorded: <c>account:SUBJECT</c> or a part of the product.</summary>
    public string Actor { get; init; } = "";

    /// <summary>Its name, where the reader may know the person.</summary>
    public string? ActorName { get; init; }

    public string Action { get; init; } = "";

    public string SubjectKind { get; init; } = "";

    public string SubjectNumber { get; init; } = "";

    /// <summary>Its name, where the reader may know it.</summary>
    public string? SubjectName { get; init; }

    /// <summary>What changed, as JSON.</summary>
    public string Details { get; init; } = "{}";

    public string? CorrelationId { get; init; }
}

/// <summary>Reads the audit: all of it, or the acts that are of one tenant.</summary>
sealed class AuditListStore(Db db)
{
    /// <summary>How many acts a page has.</summary>
    public const int PageSize = 50;

    const string Select = """
        select e.audit_entry_id, e.happened_at, e.actor, actor.name as actor_name, e.action, e.subject_kind, e.subject_number,
               coalesce(person.name, client.client_name) as subject_name, e.details::text as details, e.correlation_id
        from audit_entry e
        left join account actor on e.actor like 'account:%' and actor.subject = substr(e.actor, 9) and (@only::bigint is null or actor.tenant_id = @only)
        left join account person on e.subject_kind = 'account' and person.subject = e.subject_number and (@only::bigint is null or person.tenant_id = @only)
        left join registered_client client on e.subject_kind = 'client' and client.client_id = e.subject_number and (@only::bigint is null or client.tenant_id = @only)
        where (@From::date is null or e.happened_at >= @From::date::timestamp at time zone 'utc')
          and (@To::date is null or e.happened_at < (@To::date + 1)::timestamp at time zone 'utc')
          and (@Actor::text is null or e.actor = @Actor or e.actor = 'account:' || @Actor
               or e.actor = (select 'account:' || a.subject from account a where a.normalized_email = upper(@Actor) and (@only::bigint is null or a.tenant_id = @only)))
          and (@Act::text is null or e.action = @Act or starts_with(e.action, @Act || '.'))
          and (@Subject::text is null or e.subject_number = @Subject
               or (e.subject_kind = 'account' and e.subject_number = (select a.subject from account a where a.normalized_email = upper(@Subject) and (@only::bigint is null or a.tenant_id = @only))))
          and (@Tenant::text is null or e.partner_ids @> array(select t.tenant_id from tenant t where t.key = @Tenant) and exists (select from tenant t where t.key = @Tenant))
          and (@Before::bigint is null or e.audit_entry_id < @Before)
        """;

    // "One's own, or all" is an "or" that no index serves; so who is confined has a statement of their own.
    static string Confined(long? only) => only is null ? "" : "and e.partner_ids @> array[@only::bigint]";

    /// <summary>One page, the latest act first, and whether there is another.</summary>
    public async Task<(List<AuditRow> Rows, bool HasNext)> ListAsync(AuditQuery query, long? only, CancellationToken ct)
    {
        var rows = await db.ListAsync<AuditRow>($"{Select} {Confined(only)} order by e.audit_entry_id desc limit {PageSize + 1}", Arguments(query, only), ct);
        return rows.Count > PageSize ? (rows[..PageSize], true) : (rows, false);
    }

    /// <summary>All acts of the question, row by row, for a file.</summary>
    public IAsyncEnumerable<AuditRow> StreamAsync(AuditQuery query, long? only, CancellationToken ct) =>
        db.StreamAsync<AuditRow>($"{Select} {Confined(only)} order by e.audit_entry_id desc", Arguments(query, only), ct);

    static object Arguments(AuditQuery query, long? only) => new { query.From, query.To, query.Actor, query.Act, query.Subject, query.Tenant, query.Before, only };
}
