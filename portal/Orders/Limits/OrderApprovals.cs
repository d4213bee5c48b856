using Platform.Database;

namespace Portal.Orders;

/// <summary>Reads and ends the approvals of orders.</summary>
public sealed class OrderApprovals(Db db, TimeProvider clock)
{
    /// <summary>That the person at work may decide on the approval <c>a</c> of the order <c>o</c>.</summary>
    internal const string Deciders = """
        a.asked_by <> app_person_id()
        and (a.approver_id = app_person_id()
             or (app_has_role('partner_admin')
                 and not exists (select from purchase_limit l where l.person_id = app_person_id() and l.per_order < o.total_amount)))
        """;

    /// <summary>The approval that an order waits for, of an order that was taken.</summary>
    public Task<OpenApproval> OpenAsync(long purchaseOrderId, CancellationToken ct) => db.OneAsync<OpenApproval>($"""
        select a.order_approval_id, a.asked_by, a.approver_id, a.asked_by = app_person_id() as is_mine, {Deciders} as may_decide
        from order_approval a
        join purchase_order o on o.purchase_order_id = a.purchase_order_id
        where a.purchase_order_id = @purchaseOrderId and a.outcome is null
        """, new { purchaseOrderId }, ct);

    /// <summary>Ends it.</summary>
    public Task EndAsync(OpenApproval approval, string outcome, string? reason, CancellationToken ct) => db.ExecuteAsync("""
        update order_approval
        set outcome = @outcome, reason = @reason, decided_by = app_person_id(), decided_at = @now
        where order_approval_id = @OrderApprovalId
        """, new { approval.OrderApprovalId, outcome, reason, now = clock.GetUtcNow().UtcDateTime }, ct);

    /// <summary>The approvals of an order as its page shows them, the newest first; nothing for the seller.</summary>
    public Task<List<ApprovalRow>> OfOrderAsync(long purchaseOrderId, CancellationToken ct) => db.ListAsync<ApprovalRow>($"""
        select asked.name as asked_by, approver.name as approver, a.because, a.limit_amount, a.amount, a.asked_at, a.outcome, decided.name as decided_by, a.decided_at, a.reason,
               a.outcome is null and a.asked_by = app_person_id() as is_mine, a.outcome is null and {Deciders} as may_decide
        from order_approval a
        join purchase_order o on o.purchase_order_id = a.purchase_order_id
        left join person asked on asked.person_id = a.asked_by
        left join person approver on approver.person_id = a.approver_id
        left join person decided on decided.person_id = a.decided_by
        where a.purchase_order_id = @purchaseOrderId
        order by a.order_approval_id desc
        """, new { purchaseOrderId }, ct);

    /// <summary>How many orders wait for the word of the person at work.</summary>
    public Task<long> WaitingAsync(CancellationToken ct) => db.OneAsync<long>($"""
        select count(*)
        from order_approval a
        join purchase_order o on o.purchase_order_id = a.purchase_order_id and o.buyer_id = app_partner_id() and o.status = 'pending_approval'
        where a.outcome is null and {Deciders}
        """, null, ct);
}

/// <summary>An approval that is waited for.</summary>
/// <param name="OrderApprovalId">The key.</param>
/// <param name="AskedBy">Who wrote the order.</param>
/// <param name="ApproverId">Who was asked; null for the administrators.</param>
/// <param name="IsMine">True where the person at work wrote the order.</param>
/// <param name="MayDecide">True where the person at work may decide.</param>
public sealed record OpenApproval(long OrderApprovalId, long AskedBy, long? ApproverId, bool IsMine, bool MayDecide);

/// <summary>An approval on the page of its order.</summary>
public sealed record ApprovalRow(
    string? AskedBy, string? Approver, string Because, decimal LimitAmount, decimal Amount, DateTime AskedAt, string? Outcome, string? DecidedBy, DateTime? DecidedAt, string? Reason, bool IsMine, bool MayDecide);
