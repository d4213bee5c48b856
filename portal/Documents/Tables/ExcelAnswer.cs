using Microsoft.Net.Http.Headers;
using Portal.Documents.Excel;

namespace Portal.Documents.Tables;

/// <summary>Answers a request with a list as an Excel file, row by row.</summary>
public static class ExcelAnswer
{
    /// <summary>Sends the file; the browser keeps it under the title.</summary>
    /// <param name="response">The answer; nothing has been sent yet.</param>
    /// <param name="title">What the list is called, in the reader's language.</param>
    /// <param name="author">Whose list it is.</param>
    /// <param name="now">When it was made.</param>
    /// <param name="columns">Heads and kinds.</param>
    /// <param name="rows">A value for each column.</param>
    /// <param name="ct">Stops the work.</param>
    public static Task SendExcelAsync(
        this HttpResponse response, string title, string author, DateTimeOffset now, IReadOnlyList<TableColumn> columns, IAsyncEnumerable<IReadOnlyList<object?>> rows, CancellationToken ct)
    {
        response.ContentType = TableExport.ExcelType;
        var attachment = new ContentDispositionHeaderValue("attachment");
        attachment.SetHttpFileName(FormattableString.Invariant($"{title} {now:yyyy-MM-dd}.xlsx"));
        response.Headers.ContentDisposition = attachment.ToString();
        return TableExport.WriteExcelAsync(response.Body, new ExcelBookInfo(title, author, now), columns, rows, ct);
    }
}
