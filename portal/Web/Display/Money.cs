namespace Portal.Web.Display;

/// <summary>An amount in a currency, as it is shown.</summary>
/// <param name="Amount">The amount, already rounded by whoever computed it.</param>
/// <param name="Currency">Three capital letters, ISO 4217.</param>
public readonly record struct Money(decimal Amount, string Currency)
{
    /// <summary>How many digits the currency has after the point (ISO 4217).</summary>
    public static int MinorUnits(string? currency) => currency switch
    {
        "BIF" or "CLP" or "DJF" or "GNF" or "ISK" or "JPY" or "KMF" or "KRW" or "PYG" or "RWF" or "UGX" or "VND" or "VUV" or "XAF" or "XOF" or "XPF" => 0,
        "BHD" or "IQD" or "JOD" or "KWD" or "LYD" or "OMR" or "TND" => 3,
        _ => 2,
    };
}
