using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Portal.Web;
using Portal.Web.Charts;
using Portal.Web.Display;
using Portal.Web.Lists;

namespace Browser.Tests.Gallery;

/// <summary>Pages made of the shell's parts and nothing else, so that these are tested before and apart from any feature.</summary>
[Route("gallery")]
public sealed class GalleryController : Controller
{
    static readonly ListShape Shape = new("gallery", "-amount", new Dictionary<string, string> { ["number"] = "number", ["customer"] = "customer", ["amount"] = "amount", ["until"] = "until" }, "number", ["status", "from"]);

    static readonly GalleryRow[] Rows =
    [
        .. Enumerable.Range(1, 230).Select(i => new GalleryRow(
            $"D-7K3M-9Q2X-{i:0000}", i % 3 == 0 ? $"杭州云栖科技有限公司第{i}分公司" : i % 3 == 1 ? $"Brandenburgische Bürotechnik GmbH {i}" : $"上海远见办公设备有限公司 {i}",
            1234.5m * i, i % 4 == 0 ? "EUR" : "CNY", (Tone)(i % 5), new DateOnly(2026, 1, 1).AddDays(i))),
    ];

    [HttpGet("list")]
    public ViewResult List(bool empty = false)
    {
        var query = ListQuery.Read(Request, Shape);
        var rows = Rows.Where(row => !empty && (query.Words is null || row.Customer.Contains(query.Words, StringComparison.OrdinalIgnoreCase)) && (query["status"] is null || row.Tone.ToString() == query["status"]));
        rows = query.SortColumn switch
        {
            "customer" => rows.OrderBy(row => row.Customer, StringComparer.Ordinal),
            "number" => rows.OrderBy(row => row.Number, StringComparer.Ordinal),
            "until" => rows.OrderBy(row => row.Until),
            _ => rows.OrderBy(row => row.Amount),
        };
        var all = (query.Descending ? rows.Reverse() : rows).ToList();
        return View("GalleryList", (query, new ListPage<GalleryRow>([.. all.Skip((int)query.Offset).Take(query.Limit)], all.Count)));
    }

    [HttpGet("form")]
    public ViewResult New() => View("GalleryForm", new GalleryForm { Currency = "CNY", Amount = 12345.6m, Until = new DateOnly(2026, 3, 31) });

    [HttpPost("form")]
    public IActionResult Create(GalleryForm form)
    {
        if (!ModelState.IsValid)
        {
            return View("GalleryForm", form);
        }

        this.Flash(FlashKind.Done, "Saved " + form.Customer);
        return RedirectToAction(nameof(New));
    }

    [HttpPost("act")]
    public IActionResult Act(string? reason)
    {
        this.Flash(FlashKind.Note, "Reason: " + reason);
        return RedirectToAction(nameof(New));
    }

    [HttpGet("charts")]
    public ViewResult Charts() => View("GalleryCharts");

    [HttpGet("progress")]
    public PartialViewResult Progress(int at) => PartialView("_GalleryProgress", at);
}

public sealed record GalleryRow(string Number, string Customer, decimal Amount, string Currency, Tone Tone, DateOnly Until);

public sealed class GalleryForm
{
    public static IReadOnlyList<SelectListItem> Currencies { get; } = [new("CNY 人民币", "CNY"), new("EUR", "EUR"), new("USD", "USD")];

    [StringLength(40)]
    public string Customer { get; set; } = "";

    [EmailAddress]
    public string? Email { get; set; }

    [Range(1, 1_000_000)]
    public decimal Amount { get; set; }

    public string Currency { get; set; } = "CNY";

    public int? Quantity { get; set; }

    public DateOnly? Until { get; set; }

    public bool Urgent { get; set; }

    [StringLength(2000)]
    public string? Comment { get; set; }

    public List<string> Lines { get; set; } = [];
}
