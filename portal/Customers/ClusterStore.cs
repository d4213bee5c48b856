using Platform.Database;

namespace Portal.Customers;

/// <summary>Every statement by which customers change their company, and what a company's page shows; for the brand.</summary>
public sealed class ClusterStore(Db db, CustomerStore customers)
{
    /// <summary>
    /// Where these customers stand, with their clusters held until the transaction ends. While the locks were waited for a customer may have
    /// moved; then its new cluster is held as well.
    /// </summary>
    public async Task<List<CustomerPlace>> HeldAsync(IReadOnlyCollection<string> numbers, CancellationToken ct)
    {
        var seen = await customers.PlacesAsync(numbers, ct);
        while (true)
        {
            await customers.HoldClustersAsync(seen.Select(customer => customer.CustomerClusterId), ct);
            var now = await customers.PlacesAsync(numbers, ct);
            if (now.ToHashSet().SetEquals(seen))
            {
                return now;
            }

            seen = now;
        }
    }

    /// <summary>Writes an act down.</summary>
    public Task<long> InsertActAsync(string number, string kind, long fromClusterId, long toClusterId, string reason, DateTime now, CancellationToken ct) => db.OneAsync<long>("""
        insert into customer_cluster_act (number, kind, from_cluster_id, to_cluster_id, reason, person_id, happened_at)
        values (@number, @kind, @fromClusterId, @toClusterId, @reason, app_person_id(), @now)
        returning customer_cluster_act_id
        """, new { number, kind, fromClusterId, toClusterId, reason, now }, ct);

    /// <summary>Moves customers into another cluster, their claims with them, and writes each move down. The caller holds both clusters.</summary>
    public Task<int> MoveAsync(IReadOnlyCollection<long> customerIds, long fromClusterId, long toClusterId, long actId, string reason, bool undoes, DateTime now, CancellationToken ct) => db.ExecuteAsync("""
        with moved as (
            update end_customer set customer_cluster_id = @toClusterId
            where end_customer_id = any(@ids) and customer_cluster_id = @fromClusterId
            returning end_customer_id
        )
        insert into customer_cluster_move (end_customer_id, from_cluster_id, to_cluster_id, reason, person_id, moved_at, customer_cluster_act_id, undoes)
        select end_customer_id, @fromClusterId, @toClusterId, @reason, app_person_id(), @now, @actId, @undoes from moved
        """, new { ids = customerIds.ToArray(), fromClusterId, toClusterId, actId, reason, undoes, now }, ct);

    /// <summary>An act by its number, with the customers it moved and the clusters these stand in now.</summary>
    public Task<ClusterAct?> FindActAsync(string number, CancellationToken ct) => db.FindAsync<ClusterAct>("""
        select a.customer_cluster_act_id, a.number, a.kind, a.from_cluster_id, a.to_cluster_id, a.reason, a.happened_at, a.undone_at,
               array(select m.end_customer_id from customer_cluster_move m where m.customer_cluster_act_id = a.customer_cluster_act_id and not m.undoes order by 1) as moved_ids,
               array(select distinct c.customer_cluster_id from customer_cluster_move m join end_customer c using (end_customer_id)
                     where m.customer_cluster_act_id = a.customer_cluster_act_id and not m.undoes) as standing_in
        from customer_cluster_act a
        where a.number = @number
        """, new { number }, ct);

    /// <summary>Marks an act as undone; false when somebody was faster.</summary>
    public async Task<bool> UndoActAsync(long actId, string reason, DateTime now, CancellationToken ct) => await db.ExecuteAsync("""
        update customer_cluster_act set undone_at = @now, undone_by = app_person_id(), undo_reason = @reason
        where customer_cluster_act_id = @actId and undone_at is null
        """, new { actId, reason, now }, ct) == 1;

    /// <summary>What made a company what it is, the newest first: acts of people, and what the matcher was certain of.</summary>
    public Task<List<ClusterEvent>> HistoryAsync(long clusterId, CancellationToken ct) => db.ListAsync<ClusterEvent>("""
        select a.number, a.kind, a.to_cluster_id = @clusterId as came, a.reason, p.name as person, a.happened_at, a.undone_at, u.name as undone_by, a.undo_reason,
               array(select c.number || ' ' || c.name from customer_cluster_move m join end_customer c using (end_customer_id)
                     where m.customer_cluster_act_id = a.customer_cluster_act_id and not m.undoes order by c.end_customer_id limit 20) as customers
        from customer_cluster_act a left join person p on p.person_id = a.person_id left join person u on u.person_id = a.undone_by
        where a.from_cluster_id = @clusterId or a.to_cluster_id = @clusterId
        union all
        select null, 'matched', m.to_cluster_id = @clusterId, m.reason, p.name, m.moved_at, null, null, null, array[c.number || ' ' || c.name]
        from customer_cluster_move m join end_customer c using (end_customer_id) left join person p on p.person_id = m.person_id
        where m.customer_cluster_act_id is null and (m.to_cluster_id = @clusterId or m.from_cluster_id = @clusterId)
        order by happened_at desc
        limit 100
        """, new { clusterId }, ct);

    /// <summary>The customers of a company, of all partners.</summary>
    public Task<List<Customer>> MembersAsync(long clusterId, CancellationToken ct) => db.ListAsync<Customer>("""
        select c.end_customer_id, c.number, c.partner_id, p.number as partner_number, p.name as partner_name, p.name_latin as partner_name_latin, c.customer_cluster_id, c.name, c.other_names, c.other_name_kinds, c.former_names, c.country_code,
               c.state, c.city, c.postal_code, c.address, c.credit_code, c.vat_number, c.duns, c.domain, c.phone, c.direct_account, c.created_at, c.updated_at, c.version
        from end_customer c join partner p using (partner_id)
        where c.customer_cluster_id = @clusterId
        order by c.end_customer_id
        limit 500
        """, new { clusterId }, ct);
}

/// <summary>A merge of two companies, or a split of one.</summary>
public sealed class ClusterAct
{
    /// <summary>The key; never leaves the server.</summary>
    public long CustomerClusterActId { get; init; }

    /// <summary>The public number.</summary>
    public required string Number { get; init; }

    /// <summary><c>merge</c> or <c>split</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The cluster the customers left; never leaves the server.</summary>
    public long FromClusterId { get; init; }

    /// <summary>The cluster they came into; never leaves the server.</summary>
    public long ToClusterId { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>When.</summary>
    public DateTime HappenedAt { get; init; }

    /// <summary>When it was undone.</summary>
    public DateTime? UndoneAt { get; init; }

    /// <summary>The customers it moved; never leave the server.</summary>
    public long[] MovedIds { get; init; } = [];

    /// <summary>The clusters these stand in now; never leave the server.</summary>
    public long[] StandingIn { get; init; } = [];
}

/// <summary>Something that happened to a company.</summary>
public sealed class ClusterEvent
{
    /// <summary>The act's number; null where the matcher was certain.</summary>
    public string? Number { get; init; }

    /// <summary><c>merge</c>, <c>split</c> or <c>matched</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Customers came into this company by it; otherwise they left.</summary>
    public bool Came { get; init; }

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Who.</summary>
    public string? Person { get; init; }

    /// <summary>When.</summary>
    public DateTime HappenedAt { get; init; }

    /// <summary>When it was undone.</summary>
    public DateTime? UndoneAt { get; init; }

    /// <summary>Who undid it.</summary>
    public string? UndoneBy { get; init; }

    /// <summary>Why it was undone.</summary>
    public string? UndoReason { get; init; }

    /// <summary>The customers that moved, each with number and name.</summary>
    public string[] Customers { get; init; } = [];
}
