using System.ComponentModel.DataAnnotations;

namespace Portal.Deals;

/// <summary>What the forms of protection and approval policies have in common: which case a version is for, from when on, and why.</summary>
public abstract class PolicyCaseForm
{
    /// <summary>The first day.</summary>
    public DateOnly? EffectiveFrom { get; set; }

    /// <summary>The level.</summary>
    public string? PartnerLevel { get; set; }

    /// <summary>The code of the line.</summary>
    public string? ProductLine { get; set; }

    /// <summary>From this amount.</summary>
    public decimal? AmountFrom { get; set; }

    /// <summary>Below this amount.</summary>
    public decimal? AmountUntil { get; set; }

    /// <summary>Nothing special from that day on.</summary>
    public bool Lapses { get; set; }

    /// <summary>Why.</summary>
    [StringLength(2000)]
    public string? Note { get; set; }

    /// <summary>The version that was opened.</summary>
    public int? Version { get; set; }
}
