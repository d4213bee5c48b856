using System.Text;
using QRCoder;

namespace Portal.Documents.Typst;

/// <summary>Draws QR codes as files for a document or a page.</summary>
public static class QrImage
{
    /// <summary>An SVG file without a border, for paper: the page leaves the quiet zone of four modules around it (ISO/IEC 18004, 6.3.8).</summary>
    /// <param name="text">What the code says, usually an address.</param>
    public static byte[] Svg(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var drawing = new SvgQRCode(code);
        return Encoding.UTF8.GetBytes(drawing.GetGraphic(4, "#1d2733", "#ffffff", drawQuietZones: false, SvgQRCode.SizingMode.ViewBoxAttribute));
    }

    /// <summary>A PNG file, eight pixels a module, with the quiet zone.</summary>
    /// <param name="text">What the code says, usually an address.</param>
    public static byte[] Png(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var drawing = new PngByteQRCode(code);
        return drawing.GetGraphic(8);
    }
}
