using System.Globalization;
using System.Xml;

namespace Portal.Documents.Excel;

/// <summary>A picture over the cells of a sheet.</summary>
/// <param name="Content">PNG or JPEG.</param>
/// <param name="Kind"><c>png</c> or <c>jpg</c>.</param>
/// <param name="Column">The column of its left edge, counted from 1.</param>
/// <param name="Row">The row of its upper edge, counted from 1.</param>
/// <param name="WidthMm">How wide.</param>
/// <param name="HeightMm">How high.</param>
/// <param name="Words">What it shows, for those who do not see it.</param>
public sealed record ExcelPicture(byte[] Content, string Kind, int Column, int Row, double WidthMm, double HeightMm, string Words)
{
    const int EmuInMm = 36000;

    /// <summary>What the file is called in the package.</summary>
    internal string FileOf(int number) => $"image{number.ToString(CultureInfo.InvariantCulture)}.{(Kind == "png" ? "png" : "jpeg")}";

    /// <summary>The drawing that holds it (ECMA-376 Part 1, 20.5).</summary>
    internal void WriteDrawing(XmlWriter writer)
    {
        const string drawing = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing";
        const string main = "http://schemas.openxmlformats.org/drawingml/2006/main";
        const string relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        var (width, height) = (Emu(WidthMm), Emu(HeightMm));
        writer.WriteStartElement("xdr", "wsDr", drawing);
        writer.WriteAttributeString("xmlns", "a", null, main);
        writer.WriteStartElement("oneCellAnchor", drawing);
        writer.WriteStartElement("from", drawing);
        writer.WriteElementString("col", drawing, Number(Column - 1));
        writer.WriteElementString("colOff", drawing, "0");
        writer.WriteElementString("row", drawing, Number(Row - 1));
        writer.WriteElementString("rowOff", drawing, "0");
        writer.WriteEndElement();
        Size("ext", drawing);
        writer.WriteStartElement("pic", drawing);
        writer.WriteStartElement("nvPicPr", drawing);
        writer.WriteStartElement("cNvPr", drawing);
        writer.WriteAttributeString("id", "2");
        writer.WriteAttributeString("name", "Logo");
        writer.WriteAttributeString("descr", ExcelSheet.Clean(Words));
        writer.WriteEndElement();
        writer.WriteStartElement("cNvPicPr", drawing);
        writer.WriteStartElement("picLocks", main);
        writer.WriteAttributeString("noChangeAspect", "1");
        writer.WriteEndElement();
        writer.WriteEndElement();
        writer.WriteEndElement();
        writer.WriteStartElement("blipFill", drawing);
        writer.WriteStartElement("blip", main);
        writer.WriteAttributeString("r", "embed", relations, "rId1");
        writer.WriteEndElement();
        writer.WriteStartElement("stretch", main);
        writer.WriteElementString("fillRect", main, "");
        writer.WriteEndElement();
        writer.WriteEndElement();
        writer.WriteStartElement("spPr", drawing);
        writer.WriteStartElement("xfrm", main);
        writer.WriteStartElement("off", main);
        writer.WriteAttributeString("x", "0");
        writer.WriteAttributeString("y", "0");
        writer.WriteEndElement();
        Size("ext", main);
        writer.WriteEndElement();
        writer.WriteStartElement("prstGeom", main);
        writer.WriteAttributeString("prst", "rect");
        writer.WriteElementString("avLst", main, "");
        writer.WriteEndElement();
        writer.WriteEndElement();
        writer.WriteEndElement();
        writer.WriteElementString("clientData", drawing, "");
        writer.WriteEndElement();
        writer.WriteEndElement();

        void Size(string name, string of)
        {
            writer.WriteStartElement(name, of);
            writer.WriteAttributeString("cx", Number(width));
            writer.WriteAttributeString("cy", Number(height));
            writer.WriteEndElement();
        }
    }

    static long Emu(double mm) => (long)Math.Round(mm * EmuInMm);

    static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
