namespace Portal.Ubl;

/// <summary>The units of products as UNECE Recommendation 20 names them (packages with an X before their code of Recommendation 21).</summary>
public static class UblUnits
{
    /// <summary>What stands for a unit that has no code: one.</summary>
    public const string One = "C62";

    static readonly IReadOnlyDictionary<string, string> Codes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["piece"] = "H87", ["pcs"] = "H87", ["件"] = "H87", ["个"] = "H87", ["台"] = "H87", ["each"] = "EA", ["set"] = "SET", ["套"] = "SET", ["pair"] = "PR", ["对"] = "PR", ["双"] = "PR", ["box"] = "XBX", ["箱"] = "XBX", ["盒"] = "XBX",
        ["pack"] = "XPK", ["包"] = "XPK", ["carton"] = "XCT", ["pallet"] = "XPX", ["roll"] = "XRO", ["卷"] = "XRO", ["hour"] = "HUR", ["小时"] = "HUR", ["day"] = "DAY", ["天"] = "DAY", ["month"] = "MON", ["月"] = "MON", ["year"] = "ANN", ["年"] = "ANN",
        ["kg"] = "KGM", ["g"] = "GRM", ["m"] = "MTR", ["m2"] = "MTK", ["m3"] = "MTQ", ["l"] = "LTR", ["licence"] = One, ["seat_month"] = "MON",
    };

    // Programs say one of these for a thing that is counted, whatever it is called here.
    static readonly string[] Countable = ["C62", "H87", "EA", "NMB", "PCE", "NAR"];

    /// <summary>The code of a product's unit.</summary>
    public static string Of(string? unit) => unit is not null && Codes.TryGetValue(unit.Trim(), out var code) ? code : One;

    /// <summary>Whether a code may stand for a product's unit: its own, one for things that are counted, or none at all.</summary>
    public static bool Fits(string? code, string? unit) => code is null || Countable.Contains(code) || code == Of(unit);
}
