namespace Portal.Orders;

/// <summary>Another feature's section on an order's page: what differed and how it was settled, returns, files.</summary>
public interface IOrderPart
{
    /// <summary>Its place among the others.</summary>
    int Order { get; }

    /// <summary>The section for whoever is at work; null where there is nothing to show.</summary>
    Task<OrderPart?> ShowAsync(OrderPage page, CancellationToken ct);
}

/// <summary>A section as its feature shows it.</summary>
/// <param name="View">The view.</param>
/// <param name="Model">What it shows.</param>
public sealed record OrderPart(string View, object Model);
