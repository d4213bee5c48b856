using Portal.Customers;

namespace Portal.Deals;

/// <summary>Another feature's section on a deal's page: receipts, pipeline, attachments.</summary>
public interface IDealPart
{
    /// <summary>True for the narrow column beside the facts.</summary>
    bool IsAside { get; }

    /// <summary>Its place among the others of its column.</summary>
    int Order { get; }

    /// <summary>The section for whoever is at work; null where there is nothing to show.</summary>
    Task<ShownPart?> ShowAsync(Deal deal, CancellationToken ct);
}

/// <summary>
/// Is told in the transaction of the act whenever a deal's protection begins, lengthens or passes to another partner, once the act stands in the audit.
/// What it throws undoes the act.
/// </summary>
public interface IProtectionWitness
{
    /// <summary>A deal's protection is now as the database has it.</summary>
    Task WitnessAsync(long dealId, CancellationToken ct);
}
