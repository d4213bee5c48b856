using Microsoft.Net.Http.Headers;
using Portal.Documents.Excel;

namespace Portal.Documents.Tables;

/// <summary>Answers a request with a list as a file, row by row.</summary>
public static class TableAnswer
{
    /// <summary>Says what comes: a workbook or CSV, and the name under which the browser keeps it.</summary>
    /// <param name="response">The answer; nothing has been sent yet.</param>
    /// <param name="fileName">The name, in any letters.</param>
    /// <param name="asExcel">A workbook, else CSV.</param>
    public static void BeginTable(this HttpResponse response, string fileName, bool asExcel)
    {
        response.ContentType = asExcel ? TableExport.ExcelType : TableExport.CsvType;
        var attachment = new ContentDispositionHeaderValue("attachment");
        attachment.SetHttpFileName(fileName);
        response.Headers.ContentDisposition = attachment.ToString();
    }

    /// <summary>Sends a list as a workbook, or as CSV where the address says <c>format=csv</c>; the browser keeps it under the title and the day.</summary>
    /// <param name="response">The answer; nothing has been sent yet.</param>
    /// <param name="title">What the list is called, in the reader's language.</param>
    /// <param name="author">Whose list it is.</param>
    /// <param name="now">When it was made.</param>
    /// <param name="columns">Heads and kinds.</param>
    /// <param name="rows">A value for each column.</param>
    /// <param name="ct">Stops the work.</param>
    public static Task SendListAsync(
        this HttpResponse response, string title, string author, DateTimeOffset now, IReadOnlyList<TableColumn> columns, IAsyncEnumerable<IReadOnlyList<object?>> rows, CancellationToken ct)
    {
        var asExcel = response.HttpContext.Request.Query["format"] != "csv";
        response.BeginTable(FormattableString.Invariant($"{title} {now:yyyy-MM-dd}.{(asExcel ? "xlsx" : "csv")}"), asExcel);
        return TableExport.WriteAsync(asExcel, response.Body, new ExcelBookInfo(title, author, now), columns, rows, ct);
    }
}
