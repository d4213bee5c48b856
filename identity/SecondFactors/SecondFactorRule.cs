using Platform.Database;

namespace Identity.SecondFactors;

/// <summary>Whose sign-in takes two factors, as a company wants it.</summary>
static class SecondFactorRule
{
    /// <summary>Nobody's; whoever has a second factor shows it all the same.</summary>
    public const string Optional = "optional";

    /// <summary>That of the company's administrators.</summary>
    public const string Administrators = "administrators";

    /// <summary>Everybody's.</summary>
    public const string Everybody = "everybody";

    /// <summary>All of them, the loosest first.</summary>
    public static IReadOnlyList<string> All { get; } = [Optional, Administrators, Everybody];
}

/// <summary>
/// Ends what people of a company began with less than its rule now asks for: their sessions, and what they granted, whose refresh tokens would
/// otherwise go on for weeks. The session of whoever changes the rule stays, and shows the second factor at its next step.
/// </summary>
sealed class EndWeakSignIns(Db db, TimeProvider clock)
{
    /// <summary>Does so, in the transaction that changes the rule.</summary>
    /// <returns>How many sessions have ended.</returns>
    public Task<long> RunAsync(long tenantId, string keptSid, CancellationToken ct) => db.OneAsync<long>("""
        with required as (
            select account_id from second_factor_rule where tenant_id = @tenantId and is_required
        ), revoked as (
            update access_grant g set revoked_at = @now, revoked_because = 'second_factor_required'
            from required r
            where g.account_id = r.account_id and g.revoked_at is null and not 'mfa' = any (g.amr)
        ), ended as (
            delete from sign_in_session s using required r
            where s.account_id = r.account_id and s.sid <> @keptSid and not 'mfa' = any (s.amr)
            returning s.sid
        )
        select count(*) from ended
        """, new { tenantId, keptSid, now = clock.GetUtcNow().UtcDateTime }, ct);
}
