namespace Portal.Orders;

/// <summary>The questions every act on an order asks first, in this order: is it there, is it mine, is it the version I saw, is it time.</summary>
static class Permission
{
    /// <summary>Why the act may not be done by the person at work, or null where it may. What has been done already counts as done.</summary>
    public static OrderOutcome? Refusal(OrderInHand? order, string act, int? version)
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

        if (OrderLifecycle.IsDone(act, order.Status))
        {
            return new OrderOutcome.Done(order.Number);
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
