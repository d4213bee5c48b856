namespace Portal.Orders;

/// <summary>The questions every act on an order asks first, in this order: is it there, is it mine, is it the version I saw, is it time.</summary>
static class Permission
{
    /// <summary>Why the act may not be done by the person at work, or null where it may. What has been done already counts as done.</summary>
    /// <param name="order">The order; null where there is none.</param>
    /// <param name="act">The act.</param>
    /// <param name="version">The version the person saw; null where nobody looked.</param>
    /// <param name="says">True where the act says more than that it is done: what was said to another version is not taken for done.</param>
    public static OrderOutcome? Refusal(OrderInHand? order, string act, int? version, bool says = false)
    {
        if (order is null)
        {
            return new OrderOutcome.NotFound();
        }

        var sides = OrderLifecycle.Transitions.Where(transition => transition.Act == act).Select(transition => transition.By).Distinct().Where(order.IsOn).ToList();
        if (!sides.Exists(order.HasRoleOf))
        {
            return new OrderOutcome.Forbidden();
        }

        if (says && version is { } read && read != order.Version)
        {
            return new OrderOutcome.Stale(order.Version);
        }

        if (OrderLifecycle.IsDone(act, order.Status))
        {
            return new OrderOutcome.Done(order.Number) { WaitsForApproval = order.Status is OrderStatus.PendingApproval };
        }

        if (version is { } seen && seen != order.Version)
        {
            return new OrderOutcome.Stale(order.Version);
        }

        return sides.Exists(side => OrderLifecycle.Find(act, side, order.Status) is not null) ? null : new OrderOutcome.NotNow(order.Status);
    }

    /// <summary>The step the act is for the person at work; asked after <see cref="Refusal"/> said nothing.</summary>
    public static Transition Step(OrderInHand order, string act) =>
        Enum.GetValues<Side>().Where(side => order.IsOn(side) && order.HasRoleOf(side)).Select(side => OrderLifecycle.Find(act, side, order.Status)).First(step => step is not null)!;
}
