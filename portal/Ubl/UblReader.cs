using System.Xml.Linq;
using static Portal.Ubl.UblXml;

namespace Portal.Ubl;

/// <summary>Reads documents. What is missing is null, and told by whoever needs it; what is not known is passed over, as the standard asks of those who read.</summary>
public static class UblReader
{
    /// <summary>An order.</summary>
    public static UblOrder Order(XElement document) => new(
        Text(document, "ID") ?? "", Text(document, "SalesOrderID"), Day(document, "IssueDate") ?? default, Notes(document), Text(document, "DocumentCurrencyCode"), Party(document, "BuyerCustomerParty"), Party(document, "SellerSupplierParty"),
        Address(document.Element(Cac + "Delivery")?.Element(Cac + "DeliveryAddress")), Day(document, "Delivery", "RequestedDeliveryPeriod", "EndDate"), Number(document, "AnticipatedMonetaryTotal", "PayableAmount"),
        [.. document.Elements(Cac + "OrderLine").Select(line => Line(line.Element(Cac + "LineItem"), "RequestedDeliveryPeriod"))]);

    /// <summary>An answer to an order.</summary>
    public static UblOrderResponse Response(XElement document)
    {
        var isSimple = KindOf(document) is UblKinds.OrderResponseSimple;
        return new(
            Text(document, "ID") ?? "", Text(document, "OrderReference", "ID"), Text(document, "OrderReference", "SalesOrderID") ?? Text(document, "SalesOrderID"), Day(document, "IssueDate") ?? default,
            isSimple ? Text(document, "AcceptedIndicator") switch { "true" or "1" => "AP", "false" or "0" => "RE", _ => null } : Text(document, "OrderResponseCode"),
            isSimple ? Text(document, "RejectionNote") : Notes(document), Text(document, "DocumentCurrencyCode"), Party(document, "SellerSupplierParty"), Party(document, "BuyerCustomerParty"),
            [.. document.Elements(Cac + "OrderLine").Select(line => Line(line.Element(Cac + "LineItem"), "PromisedDeliveryPeriod") with
            {
                // Whether the seller has decided or proposes: the buyer is asked.
                Substitutes = [.. line.Elements(Cac + "SellerSubstitutedLineItem").Concat(line.Elements(Cac + "SellerProposedSubstituteLineItem")).Select(instead => Line(instead, "PromisedDeliveryPeriod"))],
            })], isSimple);
    }

    /// <summary>What was sent.</summary>
    public static UblDespatchAdvice Despatch(XElement document)
    {
        var shipment = document.Element(Cac + "Shipment");
        var delivery = shipment?.Element(Cac + "Delivery");
        var units = (shipment?.Elements(Cac + "TransportHandlingUnit") ?? []).Select(Parcel).ToList();
        var packed = units.Exists(unit => unit.Lines.Count > 0);
        return new(
            Text(document, "ID") ?? "", Text(document, "OrderReference", "ID"), Text(document, "OrderReference", "SalesOrderID"), Day(document, "IssueDate") ?? default, Party(document, document.Element(Cac + "SellerSupplierParty") is null ? "DespatchSupplierParty" : "SellerSupplierParty"),
            Party(document, document.Element(Cac + "BuyerCustomerParty") is null ? "DeliveryCustomerParty" : "BuyerCustomerParty"),
            Address(delivery?.Element(Cac + "DeliveryAddress")), Text(delivery, "CarrierParty", "PartyName", "Name"), Text(delivery, "TrackingID") ?? (packed ? null : Joined(units)),
            [.. document.Elements(Cac + "DespatchLine").Select(DespatchLine)]) { Parcels = packed ? units : [] };
    }

    static UblParcel Parcel(XElement unit)
    {
        var weight = unit.Elements(Cac + "MeasurementDimension").FirstOrDefault(dimension => Text(dimension, "AttributeID") is GrossWeight && dimension.Element(Cbc + "Measure")?.Attribute("unitCode")?.Value is "KGM");
        return new(Text(unit, "ID") ?? "", Text(unit, "ReferencedShipment", "Delivery", "CarrierParty", "PartyName", "Name"), Text(unit, "TraceID"), Number(weight, "Measure"),
            [.. unit.Elements(Cac + "HandlingUnitDespatchLine").Select(DespatchLine)]);
    }

    static UblDespatchLine DespatchLine(XElement line) =>
        new(Text(line, "ID") ?? "", Text(line, "OrderLineReference", "LineID"), Item(line.Element(Cac + "Item")), Quantity(line, "DeliveredQuantity"), Number(line, "OutstandingQuantity"))
        {
            Instances = [.. (line.Element(Cac + "Item")?.Elements(Cac + "ItemInstance") ?? []).Select(instance => new UblItemInstance(
                Text(instance, "SerialID"), Text(instance, "LotIdentification", "LotNumberID"), Day(instance, "BestBeforeDate") ?? Day(instance, "LotIdentification", "ExpiryDate"), Day(instance, "ManufactureDate")))
                .Where(instance => instance.Serial is not null || instance.Lot is not null)],
        };

    // Of units that do not say what is in them only the carrier's numbers are known.
    static string? Joined(List<UblParcel> units) => string.Join(", ", units.Select(unit => unit.TrackingNumber).OfType<string>().Distinct()) is { Length: > 0 and <= 100 } numbers ? numbers : null;

    /// <summary>An invoice or a credit note.</summary>
    public static UblInvoice Invoice(XElement document)
    {
        var isCredit = KindOf(document) is UblKinds.CreditNote;
        var own = document.Elements(Cac + "AdditionalDocumentReference").FirstOrDefault(reference => Text(reference, "DocumentType") == NumberScheme);
        return new(
            Text(document, "ID") ?? "", Text(own, "ID"), Day(document, "IssueDate") ?? default, Day(document, "DueDate"), Notes(document), Text(document, "DocumentCurrencyCode"), Text(document, "OrderReference", "ID"), Text(document, "OrderReference", "SalesOrderID"),
            Text(document, "BillingReference", "InvoiceDocumentReference", "ID"), Text(document, "DespatchDocumentReference", "ID"), Party(document, "AccountingSupplierParty"), Party(document, "AccountingCustomerParty"),
            Number(document, "LegalMonetaryTotal", "TaxExclusiveAmount") ?? Number(document, "LegalMonetaryTotal", "LineExtensionAmount"), Number(document, "TaxTotal", "TaxAmount"),
            Number(document, "LegalMonetaryTotal", "TaxInclusiveAmount") ?? Number(document, "LegalMonetaryTotal", "PayableAmount"),
            [.. (document.Element(Cac + "TaxTotal")?.Elements(Cac + "TaxSubtotal") ?? []).Select(tax => new UblTax(
                Text(tax, "TaxCategory", "ID"), Number(tax, "TaxCategory", "Percent"), Number(tax, "TaxableAmount"), Number(tax, "TaxAmount"), Text(tax, "TaxCategory", "TaxExemptionReason")))],
            [.. document.Elements(Cac + (isCredit ? "CreditNoteLine" : "InvoiceLine")).Select(line => new UblInvoiceLine(
                Text(line, "ID") ?? "", Text(line, "OrderLineReference", "LineID"), Item(line.Element(Cac + "Item")), line.Element(Cbc + (isCredit ? "CreditedQuantity" : "InvoicedQuantity")) is null ? null : Quantity(line, isCredit ? "CreditedQuantity" : "InvoicedQuantity"),
                Price(line), Number(line, "LineExtensionAmount"), Text(line.Element(Cac + "Item"), "ClassifiedTaxCategory", "ID"), Number(line.Element(Cac + "Item"), "ClassifiedTaxCategory", "Percent")))],
            isCredit);
    }

    static UblOrderLine Line(XElement? line, string period) => new(
        Text(line, "ID") ?? "", Item(line?.Element(Cac + "Item")), Quantity(line, "Quantity"), line is null ? null : Price(line), Number(line, "LineExtensionAmount"), Day(line, "Delivery", period, "EndDate"))
    {
        Status = Text(line, "LineStatusCode"),
        Note = line is null ? null : Notes(line),
    };

    // A price may be for more than one.
    static decimal? Price(XElement line) => Number(line, "Price", "PriceAmount") is { } amount ? Number(line, "Price", "BaseQuantity") is { } pieces and not 0 and not 1 ? amount / pieces : amount : null;

    static UblItem Item(XElement? item) => new(Text(item, "SellersItemIdentification", "ID"), Text(item, "StandardItemIdentification", "ID"), Text(item, "Name"));

    static UblQuantity Quantity(XElement? line, string name) => new(Number(line, name), line?.Element(Cbc + name)?.Attribute("unitCode")?.Value);

    static UblParty Party(XElement document, string role)
    {
        var party = document.Element(Cac + role)?.Element(Cac + "Party");
        var ids = (party?.Elements(Cac + "PartyIdentification") ?? []).Select(one => one.Element(Cbc + "ID")).OfType<XElement>().ToList();
        return new(ids.Find(id => id.Attribute("schemeID")?.Value == NumberScheme)?.Value.Trim(), ids.Find(id => id.Attribute("schemeID")?.Value == CodeScheme)?.Value.Trim(),
            Text(party, "PartyName", "Name") ?? Text(party, "PartyLegalEntity", "RegistrationName"), Address(party?.Element(Cac + "PostalAddress")));
    }

    static UblAddress? Address(XElement? address) => address is null ? null
        : new(Text(address, "ID"), Text(address, "StreetName"), Text(address, "CityName"), Text(address, "PostalZone"), Text(address, "CountrySubentity"), Text(address, "Country", "IdentificationCode"));

    static string? Notes(XElement from) => string.Join('\n', from.Elements(Cbc + "Note").Select(note => note.Value.Trim()).Where(note => note.Length > 0)) is { Length: > 0 } notes ? notes : null;
}
