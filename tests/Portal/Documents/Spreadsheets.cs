using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Portal.Tests.Documents;

/// <summary>Workbooks as other programs see and change them.</summary>
static class Spreadsheets
{
    /// <summary>What LibreOffice calculates in the first sheet of each book: the numbers of its cells in full precision by their address, by the book's name. One run for all of them, for starting it takes longest.</summary>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, decimal>>> RecalculatedAsync(IReadOnlyCollection<(string Name, byte[] Content)> books)
    {
        var folder = Directory.CreateTempSubdirectory("recalculated-").FullName;
        try
        {
            foreach (var (name, content) in books)
            {
                await File.WriteAllBytesAsync(Path.Combine(folder, name + ".xlsx"), content);
            }

            Directory.CreateDirectory($"{folder}/profile/user");
            await File.WriteAllTextAsync($"{folder}/profile/user/registrymodifications.xcu", """
                <?xml version="1.0" encoding="UTF-8"?>
                <oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
                <item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
                </oor:items>
                """);
            // A workbook again and no CSV, for that has cells as they are shown: an amount that is off by a hair has to be seen.
            await Programs.RunAsync("soffice",
                [$"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", $"{folder}/out", .. books.Select(book => Path.Combine(folder, book.Name + ".xlsx"))]);
            return Directory.GetFiles($"{folder}/out", "*.xlsx").ToDictionary(file => Path.GetFileNameWithoutExtension(file), Numbers, StringComparer.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A book with cells of its first sheet changed, and saved as it was otherwise.</summary>
    public static byte[] Changed(byte[] file, Action<Cell> change) => Edited(file, sheet =>
    {
        foreach (var cell in sheet.Descendants<Cell>().ToList())
        {
            change(cell);
        }
    });

    /// <summary>A book with something done to a sheet, the first unless said otherwise.</summary>
    public static byte[] Edited(byte[] file, Action<Worksheet> edit, int sheet = 0)
    {
        using var copy = new MemoryStream();
        copy.Write(file);
        using (var book = SpreadsheetDocument.Open(copy, isEditable: true))
        {
            edit(((WorksheetPart)book.WorkbookPart!.GetPartById(book.WorkbookPart.Workbook!.Sheets!.Elements<Sheet>().ElementAt(sheet).Id!)).Worksheet!);
        }

        return copy.ToArray();
    }

    /// <summary>Writes a value into a cell: a number, or a text.</summary>
    public static void Put(this Worksheet sheet, string address, object? value)
    {
        var cell = sheet.Descendants<Cell>().Single(cell => cell.CellReference!.Value == address);
        cell.RemoveAllChildren();
        cell.DataType = null;
        switch (value)
        {
            case null:
                break;
            case string text:
                cell.DataType = CellValues.InlineString;
                cell.Append(new InlineString(new Text(text)));
                break;
            default:
                cell.Append(new CellValue(Convert.ToDecimal(value, System.Globalization.CultureInfo.InvariantCulture)));
                break;
        }
    }

    /// <summary>A file of the machine with that content; whoever asked deletes it.</summary>
    public static async Task<string> FileAsync(byte[] content)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".xlsx");
        await File.WriteAllBytesAsync(path, content);
        return path;
    }

    static IReadOnlyDictionary<string, decimal> Numbers(string file)
    {
        using var book = SpreadsheetDocument.Open(file, isEditable: false);
        var sheet = ((WorksheetPart)book.WorkbookPart!.GetPartById(book.WorkbookPart.Workbook!.Sheets!.Elements<Sheet>().First().Id!)).Worksheet!;
        return sheet.Descendants<Cell>().Where(cell => cell.CellValue is not null && (cell.DataType is null || cell.DataType.Value == CellValues.Number))
            .ToDictionary(cell => cell.CellReference!.Value!, cell => decimal.Parse(cell.CellValue!.Text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }
}

/// <summary>A test that needs a module of python3; where it is missing the test says so and is skipped.</summary>
public sealed class FactWithPythonAttribute : FactAttribute
{
    public FactWithPythonAttribute(string module)
    {
        Module = module;
        if (Python.With(module) is null)
        {
            Skip = $"python3-{module} is not installed on this machine.";
        }
    }

    public string Module { get; }
}

/// <summary>The python3 that has a module: the one in the path, or the one of the operating system, whose packages it has.</summary>
public static class Python
{
    public static string? With(string module) => new[] { Programs.Find("python3"), "/usr/bin/python3" }.FirstOrDefault(python => python is not null && File.Exists(python) && Has(python, module));

    static bool Has(string python, string module)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(python, ["-c", $"import {module}"]) { UseShellExecute = false, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
