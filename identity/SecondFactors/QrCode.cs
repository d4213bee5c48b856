using System.Globalization;
using System.Text;
using QRCoder;

namespace Identity.SecondFactors;

/// <summary>A QR code as a picture that the content security policy lets pass: an SVG in a data address, without any style.</summary>
static class QrCode
{
    /// <summary>The address of the picture.</summary>
    public static string Picture(string content)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(content, QRCodeGenerator.ECCLevel.M, forceUtf8: true);
        return "data:image/svg+xml;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(Draw(code.ModuleMatrix)));
    }

    static string Draw(List<System.Collections.BitArray> rows)
    {
        // The matrix has a margin of its own.
        var size = rows.Count;
        var path = new StringBuilder();
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                if (rows[y][x])
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
                }
            }
        }

        return $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\"><rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path d=\"{path}\"/></svg>";
    }
}
