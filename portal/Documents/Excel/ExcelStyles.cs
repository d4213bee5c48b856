using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Portal.Documents.Excel;

/// <summary>The looks a book uses, each with its number, and the style sheet they make in the end.</summary>
sealed class ExcelStyles
{
    const uint FirstOwnFormat = 164; // the numbers below are Excel's own
    const int Remembered = 16;
    readonly Dictionary<ExcelLook, uint> numbers = new() { [ExcelLook.Plain] = 0 };
    readonly (ExcelLook Look, string? Format, uint Number)[] latest = new (ExcelLook, string?, uint)[Remembered];
    int next;

    /// <summary>The number of a look with a number format, its own where none is given.</summary>
    public uint NumberOf(ExcelLook look, string? format)
    {
        // The cells of a list have the same few looks, row after row; the same objects, not just equal ones.
        foreach (ref readonly var known in latest.AsSpan())
        {
            if (ReferenceEquals(known.Look, look) && ReferenceEquals(known.Format, format))
            {
                return known.Number;
            }
        }

        var whole = format is null || format == look.NumberFormat ? look : look with { NumberFormat = format };
        if (!numbers.TryGetValue(whole, out var number))
        {
            numbers[whole] = number = (uint)numbers.Count;
        }

        latest[next++ % Remembered] = (look, format, number);
        return number;
    }

    /// <summary>The style sheet.</summary>
    public Stylesheet Sheet()
    {
        var looks = numbers.OrderBy(pair => pair.Value).Select(pair => pair.Key).ToList();
        var formats = looks.Select(look => look.NumberFormat).Where(format => format.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        var fonts = looks.Select(look => (look.Bold, look.Size, look.Colour)).Distinct().ToList();
        List<string> fills = ["", "gray125", .. looks.Select(look => look.Fill).Where(fill => fill.Length > 0).Distinct(StringComparer.Ordinal)]; // Excel reserves the first two
        var borders = looks.Select(BorderOf).Prepend((Above: false, Below: false, Colour: "")).Distinct().ToList();

        var sheet = new Stylesheet();
        if (formats.Count > 0)
        {
            sheet.Append(new NumberingFormats(formats.Select((format, index) => new NumberingFormat { NumberFormatId = FirstOwnFormat + (uint)index, FormatCode = format }))
            {
                Count = (uint)formats.Count,
            });
        }

        sheet.Append(
            new Fonts(fonts.Select(font => Font(font.Bold, font.Size, font.Colour))) { Count = (uint)fonts.Count },
            new Fills(fills.Select(Fill)) { Count = (uint)fills.Count },
            new Borders(borders.Select(border => Border(border.Above, border.Below, border.Colour))) { Count = (uint)borders.Count },
            new CellStyleFormats(new CellFormat()) { Count = 1 },
            new CellFormats(looks.Select(look => new CellFormat(Alignment(look), new Protection { Locked = !look.Unlocked })
            {
                NumberFormatId = look.NumberFormat.Length == 0 ? 0 : FirstOwnFormat + (uint)formats.IndexOf(look.NumberFormat),
                FontId = (uint)fonts.IndexOf((look.Bold, look.Size, look.Colour)),
                FillId = (uint)fills.IndexOf(look.Fill),
                BorderId = (uint)borders.IndexOf(BorderOf(look)),
                FormatId = 0,
                ApplyNumberFormat = true,
                ApplyFont = true,
                ApplyFill = true,
                ApplyBorder = true,
                ApplyAlignment = true,
                ApplyProtection = true,
            })) { Count = (uint)looks.Count },
            new CellStyles(new CellStyle { Name = "Normal", FormatId = 0, BuiltinId = 0 }) { Count = 1 });
        return sheet;
    }

    static Font Font(bool bold, double size, string colour)
    {
        var font = new Font();
        if (bold)
        {
            font.Append(new Bold());
        }

        font.Append(new FontSize { Val = size }, new Color { Rgb = "FF" + colour }, new FontName { Val = "Arial" }, new FontFamilyNumbering { Val = 2 });
        return font;
    }

    static Fill Fill(string colour) => new(colour switch
    {
        "" => new PatternFill { PatternType = PatternValues.None },
        "gray125" => new PatternFill { PatternType = PatternValues.Gray125 },
        _ => new PatternFill(new ForegroundColor { Rgb = "FF" + colour }, new BackgroundColor { Indexed = 64 }) { PatternType = PatternValues.Solid },
    });

    static (bool Above, bool Below, string Colour) BorderOf(ExcelLook look) => (look.LineAbove, look.LineBelow, look.LineAbove || look.LineBelow ? look.LineColour : "");

    static Border Border(bool above, bool below, string colour) => new(
        new LeftBorder(),
        new RightBorder(),
        above ? new TopBorder(LineColour(colour)) { Style = BorderStyleValues.Thin } : new TopBorder(),
        below ? new BottomBorder(LineColour(colour)) { Style = BorderStyleValues.Thin } : new BottomBorder(),
        new DiagonalBorder());

    static Color LineColour(string colour) => new() { Rgb = "FF" + colour };

    static Alignment Alignment(ExcelLook look)
    {
        var alignment = new Alignment
        {
            Vertical = look.Top ? VerticalAlignmentValues.Top : VerticalAlignmentValues.Center,
            WrapText = look.Wrap ? BooleanValue.FromBoolean(true) : null,
        };
        if (look.Align != ExcelAlign.General)
        {
            alignment.Horizontal = look.Align switch
            {
                ExcelAlign.Left => HorizontalAlignmentValues.Left,
                ExcelAlign.Centre => HorizontalAlignmentValues.Center,
                _ => HorizontalAlignmentValues.Right,
            };
        }

        return alignment;
    }
}
