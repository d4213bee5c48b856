using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Platform.Database;
using Portal.Matching;

namespace Benchmarks.Claims;

/// <summary>
/// The same registration as somebody would write it by hand who knows already that nobody has the customer: cluster, customer and keys, deal and line, the look for candidates and for claims, the verdict, the
/// submission with its step, audit, figure, news, and the kept answer; prepared and sent in one batch, which is one transaction with one commit, as the portal's own role under row-level security.
/// </summary>
sealed class RawRegistrations
{
    readonly NpgsqlDataSource source;
    readonly PublicNames names;
    readonly (string Issuer, string Subject, long PartnerId)[] clients;
    readonly (long Line, long Territory, long Policy, long Listener) scope;
    int next = RegisteringClients.Unheard + 100_000_000;

    RawRegistrations(NpgsqlDataSource source, PublicNames names, (string, string, long)[] clients, (long, long, long, long) scope) => (this.source, this.names, this.clients, this.scope) = (source, names, clients, scope);

    /// <summary>Looks up once what does not change.</summary>
    public static async Task<RawRegistrations> NewAsync(NpgsqlDataSource source, NpgsqlDataSource superuser, PublicNames names, CancellationToken ct)
    {
        var programs = new List<(string, string, long)>();
        await using (var find = superuser.CreateCommand("select issuer, subject, partner_id from person where subject in ('demo-erp-huaxin', 'demo-erp-eurodist') order by subject desc"))
        await using (var reader = await find.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                programs.Add((reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
            }
        }

        await using var keys = superuser.CreateCommand("""
            select (select min(product_line_id) from product_line), (select min(territory_id) from territory), (select max(approval_policy_id) from approval_policy),
                   (select min(person_id) from person_role where role = 'deal_desk')
            """);
        await using var row = await keys.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new(source, names, [.. programs], (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)));
    }

    /// <summary>One client writes one registration.</summary>
    public async Task RegisterAsync(int client, CancellationToken ct)
    {
        var (issuer, subject, partner) = clients[client % clients.Length];
        var number = Interlocked.Increment(ref next);
        var name = string.Create(CultureInfo.InvariantCulture, $"{names.Name(number)}{number}");
        var company = new CompanyProfile([name], "CN");
        var (found, sought) = (company.Keys, company.Sought);
        var (kinds, keys) = (found.Select(key => key.Kind).ToArray(), found.Select(key => key.Key).ToArray());
        var (customer, deal, now, idempotent) = (PublicNumber.New("C"), PublicNumber.New("D"), DateTime.UtcNow, Guid.NewGuid().ToString());
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        void Add(string sql, params object[] values) => batch.BatchCommands.Add(Command(sql, values));
        Add("select enter($1, $2)", issuer, subject);
        Add("select is_taken from take_idempotent_key($1, $2)", idempotent, 0);
        Add("select pg_advisory_xact_lock(h) from (select hashtextextended(k, 7) as h from unnest($1) k order by 1) held", (object)keys);
        Add("""
            with entered as (
                insert into end_customer (number, partner_id, customer_cluster_id, name, country_code, created_by, created_at, updated_at, keys_version)
                select $1, $2, open_customer_clusters(1, $3), $4, 'CN', app_person_id(), $3, $3, $5
                returning end_customer_id, partner_id
            )
            insert into customer_key (kind, key, end_customer_id, partner_id)
            select k.kind, k.key, e.end_customer_id, e.partner_id from entered e cross join unnest($6, $7) as k (kind, key)
            """, customer, partner, now, name, MatchKey.Version, kinds, keys);
        Add("""
            with entered as (
                insert into deal (number, partner_id, end_customer_id, territory_id, amount, currency, expected_close, created_by, created_at, updated_at)
                select $1, $2, c.end_customer_id, $3, 50000, 'CNY', current_date + 60, app_person_id(), $4, $4 from end_customer c where c.number = $5
                returning deal_id, partner_id
            )
            insert into deal_product_line (deal_id, product_line_id, partner_id) select deal_id, $6, partner_id from entered
            """, deal, partner, scope.Territory, now, customer, scope.Line);
        Add("select * from customer_candidates(array_fill(0, array[cardinality($1)]), $1, $2, $3, $4, array_fill(150, array[cardinality($1)]))", sought.Select(key => key.Kind).ToArray(), sought.Select(key => key.Key).ToArray(), sought.Select(key => (float)key.Weight).ToArray(), sought.Select(key => key.Always).ToArray());
        Add("select * from claim_standing(array(select customer_cluster_id from end_customer where number = $1), array[$2], $3, null, $4, interval '30 days')", customer, scope.Line, scope.Territory, now);
        Add("""
            insert into deal_screening (deal_id, partner_id, screened_at, matcher, conflict, band, matched_fields, blocked, asked_name)
            select deal_id, partner_id, $2, 'by hand', 'none', 'none', '{}', false, $3 from deal where number = $1
            """, deal, now, name);
        Add("update deal set status = 'submitted', submitted_at = $2, updated_at = $2, version = version + 1 where number = $1", deal, now);
        Add("insert into deal_act (deal_id, partner_id, act, from_status, to_status, by_brand, person_id, happened_at) select deal_id, partner_id, 'submit', 'draft', 'submitted', false, app_person_id(), $2 from deal where number = $1", deal, now);
        Add("""
            insert into deal_approval_step (deal_id, round, step, partner_id, approval_policy_id, queue, approvers, hours, working, escalate_to, opened_at, due_at, escalate_at)
            select deal_id, 1, 1, partner_id, $3, 'deal_desk', 1, 16, true, 'brand_admin', $2, $2 + interval '2 days', $2 + interval '4 days' from deal where number = $1
            """, deal, now, scope.Policy);
        foreach (var (action, kind, about) in new[] { ("customer.added", "customer", customer), ("deal.entered", "deal", deal), ("deal.submitted", "deal", deal) })
        {
            Add("""
                insert into audit_entry (happened_at, actor, partner_ids, action, subject_kind, subject_number, details, correlation_id, hash)
                values ($1, coalesce(app_actor(), 'anonymous'), array[$2::bigint], $3, $4, $5, $6::jsonb, $7, '')
                """, now, partner, action, kind, about, "{\"name\": \"by hand\"}", "0af7651916cd43dd8448eb211c80319c");
        }

        Add("select kpi_add(array[$1::bigint], array['deals_registered'], array[null::bigint], array[brand_day($2)], array[1::numeric])", partner, now);
        Add("select tell_people(array[$1::bigint], '{}', '{}', '{}', '{}', 'deals.told.submitted', $2::jsonb, $3, $4)", scope.Listener, "[\"by hand\"]", "/deals/" + deal, now);
        Add("insert into outbox_message (kind, payload, created_at, not_before) values ('mail', $1::jsonb, $2, $2)", "{\"to\": \"desk@northlight.example\", \"subject\": \"A deal waits\"}", now);
        Add("select pg_notify('outbox_' || current_schema(), '')");
        Add("insert into idempotent_answer (caller, key, request_hash, status, headers, body, answered_at) values (app_actor(), $1, $2, 201, '{}'::jsonb, $3, $4)", idempotent, new byte[32], "{\"number\": \"by hand\"}"u8.ToArray(), now);
        await batch.ExecuteNonQueryAsync(ct);
    }

    static NpgsqlBatchCommand Command(string sql, object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value is DateTime time ? new NpgsqlParameter { Value = time, NpgsqlDbType = NpgsqlDbType.TimestampTz } : new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
