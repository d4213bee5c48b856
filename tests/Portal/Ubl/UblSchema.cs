using System.Globalization;
using System.Xml.Linq;

namespace Portal.Tests.Ubl;

/// <summary>
/// The structure of UBL 2.1 (OASIS Standard, 4 November 2013; ISO/IEC 19845) as far as this product writes or reads it: for each document and aggregate the sequence of its children with how often each may stand,
/// as the standard's annex "UBL 2.1 model" and its schemas (xsd/maindoc, xsd/common/UBL-CommonAggregateComponents-2.1) have it. <c>!</c> once, <c>?</c> at most once, <c>*</c> any number, <c>+</c> at least once;
/// a small letter c before a name stands for cbc, a capital C for cac. Facts, written down anew; the schemas themselves are not ours to copy.
/// How to check against those: docs/operations/ubl.md.
/// </summary>
static class UblSchema
{
    const string Root = "urn:oasis:names:specification:ubl:schema:xsd:";
    const string Cac = Root + "CommonAggregateComponents-2";
    const string Cbc = Root + "CommonBasicComponents-2";

    const string Start = "cUBLVersionID? cCustomizationID? cProfileID? cProfileExecutionID? cID!";
    const string Line = "cID! cUUID? cNote*";
    const string Customer = "cCustomerAssignedAccountID? cSupplierAssignedAccountID? cAdditionalAccountID* CParty? CDeliveryContact? CAccountingContact? CBuyerContact?";
    const string Supplier = "cCustomerAssignedAccountID? cAdditionalAccountID* cDataSendingCapability? CParty? CDespatchContact? CAccountingContact? CSellerContact?";
    const string Address =
        "cID? cAddressTypeCode? cAddressFormatCode? cPostbox? cFloor? cRoom? cStreetName? cAdditionalStreetName? cBlockName? cBuildingName? cBuildingNumber? cInhouseMail? cDepartment? cMarkAttention? cMarkCare? " +
        "cPlotIdentification? cCitySubdivisionName? cCityName? cPostalZone? cCountrySubentity? cCountrySubentityCode? cRegion? cDistrict? cTimezoneOffset? CAddressLine* CCountry? CLocationCoordinate*";
    const string Period = "cStartDate? cStartTime? cEndDate? cEndTime? cDurationMeasure? cDescriptionCode* cDescription*";
    const string Party =
        "cMarkCareIndicator? cMarkAttentionIndicator? cWebsiteURI? cLogoReferenceID? cEndpointID? cIndustryClassificationCode? CPartyIdentification* CPartyName* CLanguage? CPostalAddress? CPhysicalLocation? CPartyTaxScheme* " +
        "CPartyLegalEntity* CContact? CPerson* CAgentParty? CServiceProviderParty* CPowerOfAttorney* CFinancialAccount?";
    const string DocumentReference =
        "cID! cCopyIndicator? cUUID? cIssueDate? cIssueTime? cDocumentTypeCode? cDocumentType? cXPath* cLanguageID? cLocaleCode? cVersionID? cDocumentStatusCode? cDocumentDescription* CAttachment? CValidityPeriod? CIssuerParty? " +
        "CResultOfVerification?";
    const string ItemIdentification = "cID! cExtendedID? cBarcodeSymbologyID? CPhysicalAttribute* CMeasurementDimension* CIssuerParty?";
    const string TaxCategory = "cID? cName? cPercent? cBaseUnitMeasure? cPerUnitAmount? cTaxExemptionReasonCode? cTaxExemptionReason* cTierRange? cTierRatePercent? CTaxScheme!";
    const string MonetaryTotal =
        "cLineExtensionAmount? cTaxExclusiveAmount? cTaxInclusiveAmount? cAllowanceTotalAmount? cChargeTotalAmount? cPrepaidAmount? cPayableRoundingAmount? cPayableAmount! cPayableAlternativeAmount?";
    const string Rates = "CTaxExchangeRate? CPricingExchangeRate? CPaymentExchangeRate?";

    const string LineItem =
        "cID! cSalesOrderID? cUUID? cNote* cLineStatusCode? cQuantity? cLineExtensionAmount? cTotalTaxAmount? cMinimumQuantity? cMaximumQuantity? cMinimumBackorderQuantity? cMaximumBackorderQuantity? cInspectionMethodCode? " +
        "cPartialDeliveryIndicator? cBackOrderAllowedIndicator? cAccountingCostCode? cAccountingCost? cWarrantyInformation* CDelivery* CDeliveryTerms? COriginatorParty? COrderedShipment* CPricingReference? CAllowanceCharge* CPrice? CItem! " +
        "CSubLineItem* CWarrantyValidityPeriod? CWarrantyParty? CTaxTotal* CItemPriceExtension? CLineReference*";
    const string DespatchLine = $"{Line} cLineStatusCode? cDeliveredQuantity? cBackorderQuantity? cBackorderReason* cOutstandingQuantity? cOutstandingReason* cOversupplyQuantity? COrderLineReference+ CDocumentReference* CItem! CShipment*";
    const string Shipment =
        "cID! cShippingPriorityLevelCode? cHandlingCode? cHandlingInstructions* cInformation* cGrossWeightMeasure? cNetWeightMeasure? cNetNetWeightMeasure? cGrossVolumeMeasure? cNetVolumeMeasure? cTotalGoodsItemQuantity? " +
        "cTotalTransportHandlingUnitQuantity? cInsuranceValueAmount? cDeclaredCustomsValueAmount? cDeclaredForCarriageValueAmount? cDeclaredStatisticsValueAmount? cFreeOnBoardValueAmount? cSpecialInstructions* cDeliveryInstructions* " +
        "cSplitConsignmentIndicator? cConsignmentQuantity? CConsignment* CGoodsItem* CShipmentStage* CDelivery? CTransportHandlingUnit* CReturnAddress? COriginAddress? CFirstArrivalPortLocation? CLastExitPortLocation? CExportCountry? " +
        "CFreightAllowanceCharge*";

    static readonly Dictionary<string, string> Children = new(StringComparer.Ordinal)
    {
        ["Order"] = $"{Start} cSalesOrderID? cCopyIndicator? cUUID? cIssueDate! cIssueTime? cOrderTypeCode? cNote* cRequestedInvoiceCurrencyCode? cDocumentCurrencyCode? cPricingCurrencyCode? cTaxCurrencyCode? cCustomerReference? " +
            "cAccountingCostCode? cAccountingCost? cLineCountNumeric? CValidityPeriod* CQuotationDocumentReference? COrderDocumentReference* COriginatorDocumentReference? CCatalogueReference? CAdditionalDocumentReference* CContract* " +
            "CProjectReference* CSignature* CBuyerCustomerParty! CSellerSupplierParty! COriginatorCustomerParty? CFreightForwarderParty? CAccountingCustomerParty? CDelivery* CDeliveryTerms* CPaymentMeans* " +
            $"CPaymentTerms* CTransactionConditions? CAllowanceCharge* {Rates} CDestinationCountry? CTaxTotal* CAnticipatedMonetaryTotal? COrderLine+",
        ["OrderResponse"] = $"{Start} cSalesOrderID? cCopyIndicator? cUUID? cIssueDate! cIssueTime? cOrderResponseCode? cNote* cDocumentCurrencyCode? cPricingCurrencyCode? cTaxCurrencyCode? cTotalPackagesQuantity? cGrossWeightMeasure? " +
            "cNetWeightMeasure? cNetNetWeightMeasure? cGrossVolumeMeasure? cNetVolumeMeasure? cCustomerReference? cAccountingCostCode? cAccountingCost? cLineCountNumeric? CValidityPeriod* COrderReference+ COrderDocumentReference* " +
            "COriginatorDocumentReference? CAdditionalDocumentReference* CContract* CSignature* CSellerSupplierParty! CBuyerCustomerParty! COriginatorCustomerParty? CFreightForwarderParty? CAccountingSupplierParty? " +
            $"CAccountingCustomerParty? CDelivery* CDeliveryTerms? CPaymentMeans* CPaymentTerms* CAllowanceCharge* CTransactionConditions? {Rates} CDestinationCountry? CTaxTotal* CLegalMonetaryTotal? COrderLine*",
        ["OrderResponseSimple"] = $"{Start} cCopyIndicator? cUUID? cIssueDate! cIssueTime? cNote* cAcceptedIndicator! cRejectionNote* cCustomerReference? cAccountingCostCode? cAccountingCost? COrderReference! CAdditionalDocumentReference* " +
            "CSignature* CSellerSupplierParty! CBuyerCustomerParty! COriginatorCustomerParty? CAccountingSupplierParty? CAccountingCustomerParty?",
        ["DespatchAdvice"] = $"{Start} cCopyIndicator? cUUID? cIssueDate! cIssueTime? cDocumentStatusCode? cDespatchAdviceTypeCode? cNote* cLineCountNumeric? COrderReference* CAdditionalDocumentReference* CSignature* " +
            "CDespatchSupplierParty! CDeliveryCustomerParty! CBuyerCustomerParty? CSellerSupplierParty? COriginatorCustomerParty? CShipment? CDespatchLine+",
        ["Invoice"] = $"{Start} cCopyIndicator? cUUID? cIssueDate! cIssueTime? cDueDate? cInvoiceTypeCode? cNote* cTaxPointDate? cDocumentCurrencyCode? cTaxCurrencyCode? cPricingCurrencyCode? cPaymentCurrencyCode? " +
            "cPaymentAlternativeCurrencyCode? cAccountingCostCode? cAccountingCost? cLineCountNumeric? cBuyerReference? CInvoicePeriod* COrderReference? CBillingReference* CDespatchDocumentReference* CReceiptDocumentReference* " +
            "CStatementDocumentReference* COriginatorDocumentReference* CContractDocumentReference* CAdditionalDocumentReference* CProjectReference* CSignature* CAccountingSupplierParty! CAccountingCustomerParty! CPayeeParty? " +
            $"CBuyerCustomerParty? CSellerSupplierParty? CTaxRepresentativeParty? CDelivery* CDeliveryTerms? CPaymentMeans* CPaymentTerms* CPrepaidPayment* CAllowanceCharge* {Rates} CPaymentAlternativeExchangeRate? CTaxTotal* " +
            "CWithholdingTaxTotal* CLegalMonetaryTotal! CInvoiceLine+",
        ["CreditNote"] = $"{Start} cCopyIndicator? cUUID? cIssueDate! cIssueTime? cTaxPointDate? cCreditNoteTypeCode? cNote* cDocumentCurrencyCode? cTaxCurrencyCode? cPricingCurrencyCode? cPaymentCurrencyCode? " +
            "cPaymentAlternativeCurrencyCode? cAccountingCostCode? cAccountingCost? cLineCountNumeric? cBuyerReference? CInvoicePeriod* CDiscrepancyResponse* COrderReference? CBillingReference* CDespatchDocumentReference* " +
            "CReceiptDocumentReference* CContractDocumentReference* CAdditionalDocumentReference* CStatementDocumentReference* COriginatorDocumentReference* CSignature* CAccountingSupplierParty! CAccountingCustomerParty! CPayeeParty? " +
            $"CBuyerCustomerParty? CSellerSupplierParty? CTaxRepresentativeParty? CDelivery* CDeliveryTerms* CPaymentMeans* CPaymentTerms* {Rates} CPaymentAlternativeExchangeRate? CAllowanceCharge* CTaxTotal* CLegalMonetaryTotal! " +
            "CCreditNoteLine+",
        ["OrderLine"] = "cSubstitutionStatusCode? cNote* CLineItem! CSellerProposedSubstituteLineItem* CSellerSubstitutedLineItem* CBuyerProposedSubstituteLineItem* CCatalogueLineReference? CQuotationLineReference? COrderLineReference* CDocumentReference*",
        ["LineItem"] = LineItem,
        ["SellerSubstitutedLineItem"] = LineItem,
        ["DespatchLine"] = DespatchLine,
        ["HandlingUnitDespatchLine"] = DespatchLine,
        ["InvoiceLine"] = $"{Line} cInvoicedQuantity? cLineExtensionAmount! cTaxPointDate? cAccountingCostCode? cAccountingCost? cPaymentPurposeCode? cFreeOfChargeIndicator? CInvoicePeriod* COrderLineReference* CDespatchLineReference* " +
            "CReceiptLineReference* CBillingReference* CDocumentReference* CPricingReference? COriginatorParty? CDelivery* CPaymentTerms* CAllowanceCharge* CTaxTotal* CWithholdingTaxTotal* CItem! CPrice? CDeliveryTerms? CSubInvoiceLine* " +
            "CItemPriceExtension?",
        ["CreditNoteLine"] = $"{Line} cCreditedQuantity? cLineExtensionAmount? cTaxPointDate? cAccountingCostCode? cAccountingCost? cPaymentPurposeCode? cFreeOfChargeIndicator? CInvoicePeriod* COrderLineReference* CDiscrepancyResponse* " +
            "CDespatchLineReference* CReceiptLineReference* CBillingReference* CDocumentReference* CPricingReference? COriginatorParty? CDelivery* CPaymentTerms* CTaxTotal* CAllowanceCharge* CItem? CPrice? CDeliveryTerms* CSubCreditNoteLine* " +
            "CItemPriceExtension?",
        ["ItemInstance"] = "cProductTraceID? cManufactureDate? cManufactureTime? cBestBeforeDate? cRegistrationID? cSerialID? CAdditionalItemProperty* CLotIdentification?",
        ["LotIdentification"] = "cLotNumberID? cExpiryDate? CAdditionalItemProperty*",
        ["Item"] = "cDescription* cPackQuantity? cPackSizeNumeric? cCatalogueIndicator? cName? cHazardousRiskIndicator? cAdditionalInformation* cKeyword* cBrandName* cModelName* CBuyersItemIdentification? CSellersItemIdentification? " +
            "CManufacturersItemIdentification* CStandardItemIdentification? CCatalogueItemIdentification? CAdditionalItemIdentification* CCatalogueDocumentReference? CItemSpecificationDocumentReference* COriginCountry? CCommodityClassification* " +
            "CTransactionConditions* CHazardousItem* CClassifiedTaxCategory* CAdditionalItemProperty* CManufacturerParty* CInformationContentProviderParty? COriginAddress* CItemInstance* CCertificate* CDimension*",
        ["Price"] = "cPriceAmount! cBaseQuantity? cPriceChangeReason* cPriceTypeCode? cPriceType? cOrderableUnitFactorRate? CValidityPeriod* CPriceList? CAllowanceCharge* CPricingExchangeRate?",
        ["Delivery"] = "cID? cQuantity? cMinimumQuantity? cMaximumQuantity? cActualDeliveryDate? cActualDeliveryTime? cLatestDeliveryDate? cLatestDeliveryTime? cReleaseID? cTrackingID? CDeliveryAddress? CDeliveryLocation? " +
            "CAlternativeDeliveryLocation? CRequestedDeliveryPeriod? CPromisedDeliveryPeriod? CEstimatedDeliveryPeriod? CCarrierParty? CDeliveryParty? CNotifyParty* CDespatch? CDeliveryTerms* CMinimumDeliveryUnit? CMaximumDeliveryUnit? CShipment?",
        ["Despatch"] = "cID? cRequestedDespatchDate? cRequestedDespatchTime? cEstimatedDespatchDate? cEstimatedDespatchTime? cActualDespatchDate? cActualDespatchTime? cGuaranteedDespatchDate? cGuaranteedDespatchTime? cReleaseID? cInstructions* " +
            "CDespatchAddress? CDespatchLocation? CDespatchParty? CCarrierParty? CNotifyParty* CContact? CEstimatedDespatchPeriod? CRequestedDespatchPeriod?",
        ["Shipment"] = Shipment,
        ["ReferencedShipment"] = Shipment,
        ["TransportHandlingUnit"] = "cID? cTransportHandlingUnitTypeCode? cHandlingCode? cHandlingInstructions* cHazardousRiskIndicator? cTotalGoodsItemQuantity? cTotalPackageQuantity? cDamageRemarks* cShippingMarks* cTraceID? " +
            "CHandlingUnitDespatchLine* CActualPackage* CReceivedHandlingUnitReceiptLine* CTransportEquipment* CTransportMeans* CHazardousGoodsTransit* CMeasurementDimension* CMinimumTemperature? CMaximumTemperature? CGoodsItem* " +
            "CFloorSpaceMeasurementDimension? CPalletSpaceMeasurementDimension? CShipmentDocumentReference* CStatus* CCustomsDeclaration* CReferencedShipment* CPackage*",
        ["MeasurementDimension"] = "cAttributeID! cMeasure? cDescription* cMinimumMeasure? cMaximumMeasure?",
        ["TaxTotal"] = "cTaxAmount! cRoundingAmount? cTaxEvidenceIndicator? cTaxIncludedIndicator? CTaxSubtotal*",
        ["TaxSubtotal"] = "cTaxableAmount? cTaxAmount! cCalculationSequenceNumeric? cTransactionCurrencyTaxAmount? cPercent? cBaseUnitMeasure? cPerUnitAmount? cTierRange? cTierRatePercent? CTaxCategory!",
        ["TaxScheme"] = "cID? cName? cTaxTypeCode? cCurrencyCode? CJurisdictionRegionAddress*",
        ["OrderReference"] = "cID! cSalesOrderID? cCopyIndicator? cUUID? cIssueDate? cIssueTime? cCustomerReference? cOrderTypeCode? CDocumentReference?",
        ["OrderLineReference"] = "cLineID! cSalesOrderLineID? cUUID? cLineStatusCode? COrderReference?",
        ["BillingReference"] = "CInvoiceDocumentReference? CSelfBilledInvoiceDocumentReference? CCreditNoteDocumentReference? CSelfBilledCreditNoteDocumentReference? CDebitNoteDocumentReference? CReminderDocumentReference? CAdditionalDocumentReference? " +
            "CBillingReferenceLine*",
        ["PartyIdentification"] = "cID!",
        ["PartyName"] = "cName!",
        ["PartyLegalEntity"] = "cRegistrationName? cCompanyID? cRegistrationDate? cRegistrationExpirationDate? cCompanyLegalFormCode? cCompanyLegalForm? cSoleProprietorshipIndicator? cCompanyLiquidationStatusCode? cCorporateStockAmount? " +
            "cFullyPaidSharesIndicator? CRegistrationAddress? CCorporateRegistrationScheme? CHeadOfficeParty? CShareholderParty*",
        ["Country"] = "cIdentificationCode? cName?",
        ["BuyerCustomerParty"] = Customer,
        ["AccountingCustomerParty"] = Customer,
        ["DeliveryCustomerParty"] = Customer,
        ["SellerSupplierParty"] = Supplier,
        ["AccountingSupplierParty"] = Supplier,
        ["DespatchSupplierParty"] = Supplier,
        ["Party"] = Party,
        ["CarrierParty"] = Party,
        ["PostalAddress"] = Address,
        ["DeliveryAddress"] = Address,
        ["RequestedDeliveryPeriod"] = Period,
        ["PromisedDeliveryPeriod"] = Period,
        ["AdditionalDocumentReference"] = DocumentReference,
        ["DespatchDocumentReference"] = DocumentReference,
        ["InvoiceDocumentReference"] = DocumentReference,
        ["SellersItemIdentification"] = ItemIdentification,
        ["StandardItemIdentification"] = ItemIdentification,
        ["ClassifiedTaxCategory"] = TaxCategory,
        ["TaxCategory"] = TaxCategory,
        ["LegalMonetaryTotal"] = MonetaryTotal,
        ["AnticipatedMonetaryTotal"] = MonetaryTotal,
    };

    /// <summary>What in a document is not as the standard has it; where somebody has fetched the schemas of OASIS (PARTNERPORTAL_UBL_XSD names their folder), also by those.</summary>
    public static IEnumerable<string> Flaws(XElement document)
    {
        if (Environment.GetEnvironmentVariable("PARTNERPORTAL_UBL_XSD") is { Length: > 0 } folder)
        {
            foreach (var flaw in Portal.Ubl.UblVerb.Flaws(Path.Combine(folder, "xsd", "maindoc"), document))
            {
                yield return flaw;
            }
        }

        if (document.Name.NamespaceName != Root + document.Name.LocalName + "-2")
        {
            yield return $"{document.Name} is not in its namespace";
        }

        foreach (var flaw in Within(document, document.Name.LocalName))
        {
            yield return flaw;
        }
    }

    static IEnumerable<string> Within(XElement group, string path)
    {
        if (!Children.TryGetValue(group.Name.LocalName, out var written))
        {
            return [$"{path} is not in the table"];
        }

        var rules = written.Split(' ').Select(word => (Name: XNamespace.Get(word[0] == 'c' ? Cbc : Cac) + word[1..^1], Often: word[^1])).ToList();
        var places = group.Elements().Select(child => rules.FindIndex(rule => rule.Name == child.Name)).ToList();
        return
        [
            .. group.Elements().Zip(places).Where(pair => pair.Second < 0).Select(pair => $"{path} has no {pair.First.Name.LocalName}"),
            .. places.Where(place => place >= 0).Zip(places.Where(place => place >= 0).Skip(1)).Where(pair => pair.First > pair.Second).Select(pair => $"{path}: {rules[pair.Second].Name.LocalName} stands after {rules[pair.First].Name.LocalName}"),
            .. rules.Where(rule => rule.Often is '!' or '+' && !group.Elements(rule.Name).Any()).Select(rule => $"{path} lacks {rule.Name.LocalName}"),
            .. rules.Where(rule => rule.Often is '!' or '?' && group.Elements(rule.Name).Skip(1).Any()).Select(rule => $"{path} has more than one {rule.Name.LocalName}"),
            .. group.Elements().Where(child => child.Name.NamespaceName == Cac).SelectMany(child => Within(child, $"{path}/{child.Name.LocalName}")),
            .. group.Elements().Where(child => child.Name.NamespaceName == Cbc).SelectMany(child => OfText(child, $"{path}/{child.Name.LocalName}")),
        ];
    }

    // The kinds of text: amounts name their currency and quantities their unit, dates are dates, indicators are true or false (CCTS representation terms).
    static IEnumerable<string> OfText(XElement text, string path)
    {
        var (name, value) = (text.Name.LocalName, text.Value);
        var isNumber = decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);
        if (text.HasElements || value.Length == 0)
        {
            yield return $"{path} holds no text";
        }

        if (name.EndsWith("Amount", StringComparison.Ordinal) && (!isNumber || text.Attribute("currencyID")?.Value.Length != 3))
        {
            yield return $"{path} is no amount";
        }

        if (name.EndsWith("Quantity", StringComparison.Ordinal) && (!isNumber || string.IsNullOrEmpty(text.Attribute("unitCode")?.Value)))
        {
            yield return $"{path} is no quantity";
        }

        if (name.EndsWith("Measure", StringComparison.Ordinal) && (!isNumber || string.IsNullOrEmpty(text.Attribute("unitCode")?.Value)))
        {
            yield return $"{path} is no measure";
        }

        if (name.EndsWith("Date", StringComparison.Ordinal) && !DateOnly.TryParseExact(value, "yyyy-MM-dd", out _))
        {
            yield return $"{path} is no day";
        }

        if ((name.EndsWith("Numeric", StringComparison.Ordinal) || name is "Percent") && !isNumber)
        {
            yield return $"{path} is no number";
        }

        if (name.EndsWith("Indicator", StringComparison.Ordinal) && value is not ("true" or "false"))
        {
            yield return $"{path} is neither true nor false";
        }
    }
}
