using System.Text.Json;
using System.Xml.Linq;
using Portal.Ubl;
using Portal.Web;

namespace Portal.Tests.Ubl;

/// <summary>Documents as such: what is written is as the standard has it, and is read back as it was.</summary>
public sealed class WritingDocuments
{
    public static TheoryData<string> Kinds => [.. UblSpecimens.Written.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_document_has_its_elements_in_the_order_and_number_of_the_standard(string kind) => Assert.Equal([], UblSchema.Flaws(UblSpecimens.Written[kind]));

    [Fact]
    public void What_is_written_is_read_back_as_it_was()
    {
        Assert.Equal(Told(UblSpecimens.Order), Told(UblReader.Order(Again(UblKinds.Order))));
        Assert.Equal(Told(UblSpecimens.Response), Told(UblReader.Response(Again(UblKinds.OrderResponse))));
        Assert.Equal(Told(UblSpecimens.Simple), Told(UblReader.Response(Again(UblKinds.OrderResponseSimple))));
        Assert.Equal(Told(UblSpecimens.Despatch), Told(UblReader.Despatch(Again(UblKinds.DespatchAdvice))));
        Assert.Equal(Told(UblSpecimens.Invoice), Told(UblReader.Invoice(Again(UblKinds.Invoice))));
        Assert.Equal(Told(UblSpecimens.CreditNote), Told(UblReader.Invoice(Again(UblKinds.CreditNote))));
    }

    [Fact]
    public void A_side_that_may_not_be_seen_any_more_leaves_its_place_and_signs_that_no_file_can_hold_are_left_out()
    {
        var order = UblWriter.Write(UblSpecimens.Order with { Buyer = new(null, null, null), Note = "Pallet\u0001 A \ud83d\ude9a\ud800" });

        Assert.Equal([], UblSchema.Flaws(order));
        // half a letter reads as the sign for what cannot be read
        Assert.Equal("Pallet A \ud83d\ude9a\ufffd", UblXml.Read(System.Text.Encoding.UTF8.GetString(UblWriter.Bytes(order))).Element(UblXml.Cbc + "Note")!.Value);
    }

    [Fact]
    public void The_table_finds_what_is_missing_twice_or_in_the_wrong_place()
    {
        XNamespace cbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
        var document = new XElement(UblSpecimens.Written[UblKinds.Invoice]);
        document.Element(cbc + "ID")!.Remove();
        document.Add(new XElement(cbc + "IssueDate", "2026-01-01"), new XElement(cbc + "Painted", "red"));
        document.Descendants(cbc + "TaxAmount").First().Attribute("currencyID")!.Remove();

        Assert.Equal(["Invoice has no Painted", "Invoice: IssueDate stands after InvoiceLine", "Invoice lacks ID", "Invoice has more than one IssueDate", "Invoice/TaxTotal/TaxAmount is no amount"], UblSchema.Flaws(document).Distinct());
    }

    [Fact]
    public async Task The_command_holds_documents_against_schemas_that_somebody_fetched()
    {
        // A schema of our own of the same name stands for those of OASIS, which are not ours to copy: it knows a document of one element.
        var folder = Directory.CreateTempSubdirectory("ubl-schemas");
        Directory.CreateDirectory(Path.Combine(folder.FullName, "xsd", "maindoc"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "xsd", "maindoc", "UBL-Order-2.1.xsd"), """
            <xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:oasis:names:specification:ubl:schema:xsd:Order-2" elementFormDefault="qualified">
              <xsd:element name="Order"><xsd:complexType><xsd:sequence><xsd:any namespace="##other" processContents="skip" maxOccurs="2"/></xsd:sequence></xsd:complexType></xsd:element>
            </xsd:schema>
            """);
        var small = Path.Combine(folder.FullName, "small.xml");
        await File.WriteAllTextAsync(small, """<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"><a xmlns="urn:x"/></Order>""");
        var large = Path.Combine(folder.FullName, "large.xml");
        await File.WriteAllBytesAsync(large, UblWriter.Bytes(UblSpecimens.Written[UblKinds.Order]));
        using var output = new StringWriter();

        Assert.Equal(0, await new UblVerb().RunAsync([folder.FullName, small], "", output, default));
        Assert.Equal(1, await new UblVerb().RunAsync([folder.FullName, small, large], "", output, default));
        Assert.Contains("1 valid, 1 not", output.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<UsageException>(() => new UblVerb().RunAsync([Path.Combine(folder.FullName, "nothing")], "", output, default));
        folder.Delete(recursive: true);
    }

    static XElement Again(string kind) => UblXml.Read(System.Text.Encoding.UTF8.GetString(UblWriter.Bytes(UblSpecimens.Written[kind])));

    static string Told(object document) => JsonSerializer.Serialize(document, document.GetType());
}
