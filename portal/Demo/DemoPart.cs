namespace Portal.Demo;

/// <summary>
/// A feature's share of the demo: the brand Northlight 北光, its partners and what they do. Deterministic (the same every time,
/// apart from the day it starts from) and bilingual. Parts run in order of <see cref="Order"/> as the product itself, each in a transaction, and only on a
/// database without partners.
/// </summary>
public interface IDemoPart
{
    /// <summary>Partners 10, Catalog 20, Pricing 30, Deals 40, Stock 50, Orders 60, Quotes 70, Kpis 80.</summary>
    int Order { get; }

    /// <summary>Writes the part.</summary>
    /// <param name="today">The day the demo ends on; history lies before it.</param>
    /// <param name="ct">Stops between statements.</param>
    Task SeedAsync(DateOnly today, CancellationToken ct);
}
