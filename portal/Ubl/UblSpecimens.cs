namespace Portal.Ubl;

/// <summary>One document of each kind with all that the portal writes, made up: for checks against the schemas of OASIS, and for whoever wants to see what comes.</summary>
public static class UblSpecimens
{
    static readonly DateOnly Day = new(2026, 3, 2);

    static readonly UblParty Buyer = new("P-BUYER", "huaxin", "华信 & Söhne", new(null, "人民路 1 号", "上海", "200001", "上海", "CN"));

    static readonly UblParty Seller = new("P-SELLER", null, "Northlight", new(null, "1 Harbour Road", "Hamburg", "20457", null, "DE"));

    static readonly UblAddress Delivery = new("AD-1", "仓库路 8 号", "苏州", "215000", "江苏", "CN");

    static readonly UblItem Desk = new("SD-140-W", "4006381333931", "Desk <140>, white");

    static readonly UblItem Tray = new("SD-TRAY", null, "Tray");

    /// <summary>An order.</summary>
    public static UblOrder Order { get; } = new("4711", "PO-7K3M-9Q2X-V4TD", Day, "before noon\nplease", "EUR", Buyer, Seller, Delivery, Day.AddDays(14), 2021.5m,
        [new("1", Desk, new(2, "H87"), 990m, 1980m, Day.AddDays(7)), new("2", Tray, new(10, "XBX"), 4.15m, 41.5m)]);

    /// <summary>An answer by line.</summary>
    public static UblOrderResponse Response { get; } = new("PO-7K3M-9Q2X-V4TD-3", "4711", "PO-7K3M-9Q2X-V4TD", Day, "CA", null, "EUR", Seller, Buyer,
        [
            new("1", Desk, new(1, "H87"), 990m, null, Day.AddDays(21)) { Status = "3", Note = "one is out of production" }, new("2", Tray, new(0, "XBX"), 4.15m) { Status = "7", Note = "not sold any more", Substitutes = [new("2", new("SD-TRAY-2", null, "Tray, new"), new(10, "XBX"), 4.5m, 45m, Day.AddDays(7))] },
        ], IsSimple: false);

    /// <summary>An answer to all of it.</summary>
    public static UblOrderResponse Simple { get; } = new("PO-7K3M-9Q2X-V4TD-3", "4711", "PO-7K3M-9Q2X-V4TD", Day, "RE", "no stock this year", null, Seller, Buyer, [], IsSimple: true);

    /// <summary>What was sent.</summary>
    public static UblDespatchAdvice Despatch { get; } = new("SH-1", "4711", "PO-7K3M-9Q2X-V4TD", Day, Seller, Buyer, Delivery, "DHL", "JD-1",
        [
            new("1", "1", Desk, new(1, "H87"), 1m) { Instances = [new("SN-0001", null)] }, new("2", "2", Tray, new(4, "XBX")) { Instances = [new(null, "L-1", Day.AddYears(1), Day.AddMonths(-1))] },
            new("3", "2", Tray, new(6, "XBX")) { Instances = [new(null, "L-2", Day.AddYears(2))] },
        ])
    {
        Parcels =
        [
            new("1", null, "JD-1", 31.5m, [new("1", "1", Desk, new(1, "H87")), new("2", "2", Tray, new(4, "XBX"))]), new("2", "UPS", "1Z-2", null, [new("1", "2", Tray, new(6, "XBX"))]),
        ],
    };

    /// <summary>An invoice with two rates.</summary>
    public static UblInvoice Invoice { get; } = new("2026-000017", "IN-1", Day, Day.AddDays(30), null, "EUR", "4711", "PO-7K3M-9Q2X-V4TD", null, "SH-1", Seller, Buyer, 2021.5m, 376.2m, 2397.7m,
        [new("S", 19m, 1980m, 376.2m, null), new("AE", 0m, 41.5m, 0m, "Reverse charge")], [new("1", "1", Desk, new(2, "H87"), 990m, 1980m, "S", 19m), new("2", "2", Tray, new(10, "XBX"), 4.15m, 41.5m, "AE", 0m)], IsCreditNote: false);

    /// <summary>A credit note of pieces and of money alone.</summary>
    public static UblInvoice CreditNote { get; } = new("2026-000003", "CN-1", Day, null, "scratched", "EUR", "4711", "PO-7K3M-9Q2X-V4TD", "2026-000017", null, Seller, Buyer, 1000m, 190m, 1190m,
        [new("S", 19m, 1000m, 190m, null)], [new("1", "1", Desk, new(1, "H87"), 990m, 990m, "S", 19m), new("2", "2", Tray, null, null, 10m, "S", 19m)], IsCreditNote: true);

    /// <summary>All of them as they are written, by kind.</summary>
    public static IReadOnlyDictionary<string, System.Xml.Linq.XElement> Written { get; } = new Dictionary<string, System.Xml.Linq.XElement>(StringComparer.Ordinal)
    {
        [UblKinds.Order] = UblWriter.Write(Order),
        [UblKinds.OrderResponse] = UblWriter.Write(Response),
        [UblKinds.OrderResponseSimple] = UblWriter.Write(Simple),
        [UblKinds.DespatchAdvice] = UblWriter.Write(Despatch),
        [UblKinds.Invoice] = UblWriter.Write(Invoice),
        [UblKinds.CreditNote] = UblWriter.Write(CreditNote),
    };
}
