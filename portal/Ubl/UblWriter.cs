using System.Text;
using System.Xml.Linq;
using static Portal.Ubl.UblXml;

namespace Portal.Ubl;

/// <summary>Writes documents as UBL 2.1 wants them: the elements of each group in the order of its schema.</summary>
public static class UblWriter
{
    const string Vat = "VAT";

    /// <summary>An order.</summary>
    public static XElement Write(UblOrder order) => Document(UblKinds.Order,
    [
        Say("ID", order.Id), Say("SalesOrderID", order.SalesOrderId), Say("IssueDate", order.IssuedOn), Say("Note", order.Note), Say("DocumentCurrencyCode", order.Currency), Say("LineCountNumeric", (decimal)order.Lines.Count),
        Side("BuyerCustomerParty", Party(order.Buyer)), Side("SellerSupplierParty", Party(order.Seller)),
        Group("Delivery", Address("DeliveryAddress", order.Delivery), Group("RequestedDeliveryPeriod", Say("EndDate", order.RequestedOn))),
        Group("AnticipatedMonetaryTotal", Amount("LineExtensionAmount", order.Total, order.Currency), Amount("PayableAmount", order.Total, order.Currency)),
        .. order.Lines.Select(line => Group("OrderLine", Line(line, order.Currency, "RequestedDeliveryPeriod"))),
    ]);

    /// <summary>An answer to an order.</summary>
    public static XElement Write(UblOrderResponse response) => response.IsSimple
        ? Document(UblKinds.OrderResponseSimple,
        [
            Say("ID", response.Id), Say("IssueDate", response.IssuedOn), Say("AcceptedIndicator", response.Code is "RE" ? "false" : "true"), Say("RejectionNote", response.Note),
            Reference(response.OrderId, response.SalesOrderId), Side("SellerSupplierParty", Party(response.Seller)), Side("BuyerCustomerParty", Party(response.Buyer)),
        ])
        : Document(UblKinds.OrderResponse,
        [
            Say("ID", response.Id), Say("SalesOrderID", response.SalesOrderId), Say("IssueDate", response.IssuedOn), Say("OrderResponseCode", response.Code), Say("Note", response.Note), Say("DocumentCurrencyCode", response.Currency),
            Say("LineCountNumeric", (decimal)response.Lines.Count), Reference(response.OrderId, response.SalesOrderId),
            Side("SellerSupplierParty", Party(response.Seller)), Side("BuyerCustomerParty", Party(response.Buyer)),
            .. response.Lines.Select(line => Group("OrderLine",
                [Line(line, response.Currency, "PromisedDeliveryPeriod"), .. line.Substitutes.Select(instead => Line(instead, response.Currency, "PromisedDeliveryPeriod", "SellerSubstitutedLineItem"))])),
        ]);

    /// <summary>What was sent.</summary>
    public static XElement Write(UblDespatchAdvice advice) => Document(UblKinds.DespatchAdvice,
    [
        Say("ID", advice.Id), Say("IssueDate", advice.IssuedOn), Say("LineCountNumeric", (decimal)advice.Lines.Count), Reference(advice.OrderId, advice.SalesOrderId),
        Side("DespatchSupplierParty", Party(advice.Seller)), Side("DeliveryCustomerParty", Party(advice.Buyer)),
        Group("Shipment", [Say("ID", advice.Id), Group("Delivery",
            Say("TrackingID", advice.TrackingNumber), Address("DeliveryAddress", advice.Delivery), Group("CarrierParty", Group("PartyName", Say("Name", advice.Carrier))), Group("Despatch", Say("ActualDespatchDate", advice.IssuedOn))), .. advice.Parcels.Select(Parcel)]),
        .. advice.Lines.Select(line => Line(line, "DespatchLine")),
    ]);

    /// <summary>An invoice or a credit note.</summary>
    public static XElement Write(UblInvoice invoice) => invoice.IsCreditNote
        ? Document(UblKinds.CreditNote,
        [
            Say("ID", invoice.Id), Say("IssueDate", invoice.IssuedOn), Say("CreditNoteTypeCode", "381"), Say("Note", invoice.Note), Say("DocumentCurrencyCode", invoice.Currency), Say("LineCountNumeric", (decimal)invoice.Lines.Count),
            Reference(invoice.OrderId, invoice.SalesOrderId), Group("BillingReference", Group("InvoiceDocumentReference", Say("ID", invoice.InvoiceId))), Own(invoice.Number),
            .. Books(invoice), .. invoice.Lines.Select(line => Line(line, invoice.Currency, "CreditNoteLine", "CreditedQuantity")),
        ])
        : Document(UblKinds.Invoice,
        [
            Say("ID", invoice.Id), Say("IssueDate", invoice.IssuedOn), Say("DueDate", invoice.DueOn), Say("InvoiceTypeCode", "380"), Say("Note", invoice.Note), Say("DocumentCurrencyCode", invoice.Currency),
            Say("LineCountNumeric", (decimal)invoice.Lines.Count), Reference(invoice.OrderId, invoice.SalesOrderId), Group("DespatchDocumentReference", Say("ID", invoice.ShipmentId)), Own(invoice.Number),
            .. Books(invoice), .. invoice.Lines.Select(line => Line(line, invoice.Currency, "InvoiceLine", "InvoicedQuantity")),
        ]);

    /// <summary>A document as bytes, UTF-8 without a mark: the same at every download.</summary>
    public static byte[] Bytes(XElement document) => Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + document.ToString() + "\n");

    static IEnumerable<XElement?> Books(UblInvoice invoice) =>
    [
        Side("AccountingSupplierParty", Party(invoice.Seller)), Side("AccountingCustomerParty", Party(invoice.Buyer)),
        Group("TaxTotal",
            [Amount("TaxAmount", invoice.Tax, invoice.Currency), .. invoice.Taxes.Select(tax => Group("TaxSubtotal",
                Amount("TaxableAmount", tax.Taxable, invoice.Currency), Amount("TaxAmount", tax.Amount, invoice.Currency), Category("TaxCategory", tax.Category, tax.Percent, tax.Reason)))]),
        Group("LegalMonetaryTotal", Amount("LineExtensionAmount", invoice.Net, invoice.Currency), Amount("TaxExclusiveAmount", invoice.Net, invoice.Currency), Amount("TaxInclusiveAmount", invoice.Gross, invoice.Currency),
            Amount("PayableAmount", invoice.Gross, invoice.Currency)),
    ];

    static XElement? Line(UblOrderLine line, string? currency, string period, string name = "LineItem") => Group(name,
        Say("ID", line.Id), Say("Note", line.Note), Say("LineStatusCode", line.Status), Quantity("Quantity", line.Quantity), Amount("LineExtensionAmount", line.Amount, currency),
        Group("Delivery", Group(period, Say("EndDate", line.Day))), Group("Price", Amount("PriceAmount", line.UnitPrice, currency)), Item(line.Item));

    static XElement? Line(UblDespatchLine line, string name) => Group(name,
        Say("ID", line.Id), Quantity("DeliveredQuantity", line.Delivered), Say("OutstandingQuantity", line.Outstanding, ("unitCode", line.Delivered.Unit)), LineReference(line.OrderLineId), Item(line.Item, null, line.Instances));

    static XElement? Parcel(UblParcel parcel) => Group("TransportHandlingUnit",
        [
            Say("ID", parcel.Id), Say("TraceID", parcel.TrackingNumber), .. parcel.Lines.Select(line => Line(line, "HandlingUnitDespatchLine")),
            parcel.WeightKg is null ? null : Group("MeasurementDimension", Say("AttributeID", GrossWeight), Say("Measure", parcel.WeightKg, ("unitCode", "KGM"))),
            parcel.Carrier is null ? null : Group("ReferencedShipment", Say("ID", parcel.Id), Group("Delivery", Group("CarrierParty", Group("PartyName", Say("Name", parcel.Carrier))))),
        ]);

    static XElement? Line(UblInvoiceLine line, string? currency, string name, string quantity) => Group(name,
        Say("ID", line.Id), Quantity(quantity, line.Quantity), Amount("LineExtensionAmount", line.Net, currency), LineReference(line.OrderLineId), Item(line.Item, Category("ClassifiedTaxCategory", line.Category, line.Percent, null)),
        Group("Price", Amount("PriceAmount", line.UnitPrice, currency)));

    static XElement? Item(UblItem item, XElement? tax = null, IReadOnlyList<UblItemInstance>? instances = null) => Group("Item",
        [
            Say("Name", item.Name), Group("SellersItemIdentification", Say("ID", item.Sku)), Group("StandardItemIdentification", Say("ID", item.Gtin, ("schemeID", GtinScheme))), tax,
            .. (instances ?? []).Select(instance => Group("ItemInstance",
                Say("ManufactureDate", instance.MadeOn), Say("BestBeforeDate", instance.BestBefore), Say("SerialID", instance.Serial), Group("LotIdentification", Say("LotNumberID", instance.Lot)))),
        ]);

    static XElement? Category(string name, string? category, decimal? percent, string? reason) => category is null ? null
        : Group(name, Say("ID", category), Say("Percent", percent), Say("TaxExemptionReason", reason), Group("TaxScheme", Say("ID", Vat)));

    static XElement? Party(UblParty party) => Group("Party",
        Group("PartyIdentification", Say("ID", party.Number, ("schemeID", NumberScheme))), Group("PartyIdentification", Say("ID", party.Code, ("schemeID", CodeScheme))),
        Group("PartyName", Say("Name", party.Name)), Address("PostalAddress", party.Address), Group("PartyLegalEntity", Say("RegistrationName", party.Name)));

    static XElement? Address(string name, UblAddress? address) => address is null ? null : Group(name,
        Say("ID", address.Id), Say("StreetName", address.Street), Say("CityName", address.City), Say("PostalZone", address.PostalCode), Say("CountrySubentity", address.State), Group("Country", Say("IdentificationCode", address.Country)));

    static XElement? Reference(string? order, string? salesOrder) => Group("OrderReference", Say("ID", order), Say("SalesOrderID", salesOrder));

    static XElement? LineReference(string? line) => Group("OrderLineReference", Say("LineID", line));

    static XElement? Own(string? number) => Group("AdditionalDocumentReference", Say("ID", number), number is null ? null : Say("DocumentType", NumberScheme));
}
