using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Benchmarks.Stage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Texts;
using Portal.Documents;
using Portal.Documents.Typst;
using Portal.Quotes;

namespace Benchmarks.Documents;

/// <summary>PDFs of quotes that nobody has opened yet, by as many workers as there are processors; an equal page by wkhtmltopdf, where it is installed, by as many at a time.</summary>
static class TypesettingQuotes
{
    const double WantedPerSecondAndCore = 12;
    const double WantedTimes = 5;

    public static async Task RunAsync(RunLength length, List<Figure> figures, List<string> notes, CancellationToken ct)
    {
        var cores = Environment.ProcessorCount;
        await using var typst = new TypstWorkers(new DocumentSettings { Workers = cores }, NullLogger<TypstWorkers>.Instance);
        var texts = new Texts(new TextBook([typeof(QuoteFiles).Assembly, typeof(TextBook).Assembly]));
        using var cache = new QuoteFileCache();
        var files = new QuoteFiles(null!, new QuoteWorkbook(texts), cache, null!, typst, texts, new ConfigurationBuilder().Build(), NullLogger<QuoteFiles>.Instance);
        var (number, bytes) = (0, 0);
        async Task TypesetAsync(int client, CancellationToken token)
        {
            // Each a quote of its own: what a worker remembers of the one before is of no use to it.
            var (pdf, refusal) = await files.TypesetAsync(SampleQuotes.One(Interlocked.Increment(ref number)), "zh-CN", new DateTime(2026, 3, 2, 8, 0, 0, DateTimeKind.Utc), new(), token);
            bytes = pdf?.Length ?? throw new CannotMeasureException($"No PDF was made: {refusal}.");
        }

        await Load.RunAsync(cores, TimeSpan.FromSeconds(length.IsQuick ? 3 : 10), TypesetAsync, ct);
        var (taken, html) = (Taken.Nothing, Taken.Nothing);
        var other = Programs.Find("wkhtmltopdf");
        var folder = Directory.CreateTempSubdirectory("partnerportal-benchmark-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "quote.html"), Html(SampleQuotes.One(1)), ct);
            for (var round = 0; round < length.Rounds; round++)
            {
                taken += await Load.RunAsync(cores, length.Round, TypesetAsync, ct);
                html += other is null ? Taken.Nothing : await Load.RunAsync(cores, length.Round,
                    (client, token) => Programs.RunAsync(other, ["--quiet", "--enable-local-file-access", Path.Combine(folder, "quote.html"), Path.Combine(folder, $"{client}.pdf")], token), ct);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        figures.Add(Figure.High("cold_pdf_per_second_and_core", taken.PerSecond / cores, WantedPerSecondAndCore));
        figures.Add(Figure.Low("cold_pdf_p95_ms", taken.Percentile(0.95)));
        if (other is not null)
        {
            figures.Add(Figure.High("cold_pdf_times_wkhtmltopdf", taken.PerSecond / html.PerSecond, WantedTimes));
        }

        notes.Add(string.Create(CultureInfo.InvariantCulture, $"pdf: {SampleQuotes.Lines} lines in Chinese and English, {bytes / 1024} KB, {cores} workers; {(other is null ? "wkhtmltopdf is not installed, it was not compared" : $"wkhtmltopdf {html.PerSecond:0.0} a second")}"));
    }

    static string Html(QuoteContent quote)
    {
        string Text(string text) => WebUtility.HtmlEncode(text);
        var page = new StringBuilder("<!DOCTYPE html><html lang='zh-CN'><meta charset='utf-8'><style>body{font:10pt 'Noto Sans SC',Arial}table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #999;padding:4px;text-align:left}thead{display:table-header-group}</style>");
        page.Append(CultureInfo.InvariantCulture, $"<h1>报价单 {Text(quote.Number)}</h1><p>{Text(quote.Seller.Name)}<br>{Text(string.Join(' ', quote.Seller.Address))}</p><p>{Text(quote.Customer.Name)}<br>{Text(string.Join(' ', quote.Customer.Address))}</p>");
        page.Append("<table><thead><tr><th>序号<th>SKU<th>产品<th>数量<th>价格<th>折扣<th>单价<th>金额</thead>");
        foreach (var line in quote.Lines)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{line.Number}<td>{Text(line.Sku)}<td>{Text(line.NameZh)}<td>{line.Quantity:N0}<td>{line.Price:N2}<td>{line.Discount:P0}<td>{line.UnitPrice:N2}<td>{line.Amount:N2}");
        }

        return page.Append(CultureInfo.InvariantCulture, $"</table><p>不含税合计 {quote.NetTotal:N2}</p><p>税额 {quote.TaxTotal:N2}</p><p><b>总计 {quote.Currency} {quote.GrandTotal:N2}</b></p><p>{Text(quote.Terms ?? "")}</p></html>").ToString();
    }
}
