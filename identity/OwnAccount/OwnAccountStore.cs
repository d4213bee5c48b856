using Platform.Database;

namespace Identity.OwnAccount;

/// <summary>What only the page about the own account asks.</summary>
sealed class OwnAccountStore(Db db)
{
    /// <summary>The last sign-ins and the attempts that were refused, newest first.</summary>
    public Task<List<PastSignIn>> HistoryAsync(string subject, CancellationToken ct) => db.ListAsync<PastSignIn>("""
        select happened_at, action = 'sign_in.succeeded' as succeeded, details ->> 'address' as address
        from audit_entry
        where subject_kind = 'account' and subject_number = @subject and action in ('sign_in.succeeded', 'sign_in.refused', 'sign_in.code_refused')
        order by audit_entry_id desc
        limit 10
        """, new { subject }, ct);
}

/// <summary>One attempt to sign in to an account.</summary>
sealed record PastSignIn(DateTime HappenedAt, bool Succeeded, string? Address);
