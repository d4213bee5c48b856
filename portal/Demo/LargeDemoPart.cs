namespace Portal.Demo;

/// <summary>
/// A feature's share of the large data set (<c>seed --large</c>): generated companies, products, customers, deals and orders, many enough to show how the portal
/// works when it is full. Written below the demo's own distributors, through the feature's own acts; the same every time, apart from the day it ends on.
/// </summary>
public interface ILargeDemoPart
{
    /// <summary>As <see cref="IDemoPart.Order"/>.</summary>
    int Order { get; }

    /// <summary>Writes the part.</summary>
    /// <param name="today">The day it ends on; history lies before it.</param>
    /// <param name="share">How much of it: 1 for all, a twentieth shows that it works.</param>
    /// <param name="ct">Stops between statements.</param>
    /// <returns>What was written, in words.</returns>
    Task<string> SeedAsync(DateOnly today, decimal share, CancellationToken ct);
}
